"""Who may use the training centre's routes."""

from typing import Any

from shared.identity import Role

OFFICERS = (Role.BLK_OFFICER,)
REGISTRARS = (Role.BLK_OFFICER, Role.CITIZEN)
STAFF = tuple(role for role in Role if role is not Role.CITIZEN)
ANYBODY = tuple(Role)


def without(*names: str) -> Any:
    """Shows a state without these fields."""

    def show(id_: str, state: Any) -> dict[str, Any]:
        shown: dict[str, Any] = state.model_dump(mode="json", exclude_none=True, exclude=set(names))
        return shown

    return show
