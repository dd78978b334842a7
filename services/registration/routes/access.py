"""Who may use the training centre's routes."""

from typing import Any

from shared.web.authentication import Role

OFFICERS = (Role.BLK_OFFICER,)
APPLICANTS = (Role.BLK_OFFICER, Role.CITIZEN)
CITIZENS = (Role.CITIZEN,)
ANYBODY = tuple(Role)


def without(*names: str) -> Any:
    """Shows a state without these fields."""

    def show(id_: str, state: Any) -> dict[str, Any]:
        shown: dict[str, Any] = state.model_dump(mode="json", exclude_none=True, exclude=set(names))
        return shown

    return show
