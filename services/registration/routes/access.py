"""Access to the training centre's routes: who may use them, and for whom they must act."""

from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

from pydantic import BaseModel

from services.registration.agency import BLK_PASER
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
    description: str = "",
    indonesian: str = "",
) -> None:
    """Add a command for which officers must act for the centre.

    `description` and `indonesian` tell people what it does; the first is the docstring of
    `prepare`, or of the body, unless given.
    """
    api.command(
        "POST",
        path,
        body,
        roles,
        prepare,
        summary,
        agency=BLK_PASER,
        description=description,
        indonesian=indonesian,
    )
