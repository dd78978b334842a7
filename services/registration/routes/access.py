"""Access to the training centre's routes: who may use them, and for whom they must act."""

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from pydantic import BaseModel, JsonValue

from services.registration.agency import BLK_PASER
from shared.eventsourcing.decider import State
from shared.eventsourcing.policies import AnyDispatch
from shared.web.authentication import Role
from shared.web.request_context import RequestContext
from shared.web.router import Api

OFFICERS = (Role.BLK_OFFICER,)
APPLICANTS = (Role.BLK_OFFICER, Role.CITIZEN)
CITIZENS = (Role.CITIZEN,)
ANYBODY = tuple(Role)

B = TypeVar("B", bound=BaseModel)
Prepare = Callable[[RequestContext, B], Awaitable[AnyDispatch]]


def add_command(
    api: Api,
    path: str,
    body: type[B],
    prepare: Prepare[B],
    summary: str,
    *,
    roles: Iterable[Role] = OFFICERS,
) -> None:
    """Add a command to which officers must act for the centre."""
    api.command("POST", path, body, roles, prepare, summary, agency=BLK_PASER)


def without(*names: str) -> Callable[[str, State], dict[str, JsonValue]]:
    """Return what shows a state without these fields."""

    def show(id_: str, state: State) -> dict[str, JsonValue]:
        return state.model_dump(mode="json", exclude_none=True, exclude=set(names))

    return show
