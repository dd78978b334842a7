"""A request that may be answered, as the routes of a service get it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from starlette.requests import Request

from shared.runtime.service import Service
from shared.web.authentication import CITIZENS, Identity, Role
from shared.web.problems import unknown

# Whoever asks without a token, where a route allows it: a citizen who can prove nothing yet.
PUBLIC = Identity("public", frozenset({Role.CITIZEN}), CITIZENS, "")


@dataclass(frozen=True, slots=True)
class Ask:
    """A request that may be answered: who asks, from which address, and what the path says.

    When `dry`, what is prepared will be tried and not kept: preparing it must leave no trace.
    """

    service: Service
    identity: Identity
    actor: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    request_id: UUID
    client: str = ""
    dry: bool = False

    async def state(self, stream: str) -> Any:
        """The state of one of this service's streams. Raises ProblemError 404 without one."""
        return (await self.versioned(stream))[0]

    async def versioned(self, stream: str) -> tuple[Any, int]:
        """The state and the sequence that it stands at. Raises ProblemError 404 without one."""
        state, sequence = await self.service.committer.state(stream)
        if not sequence:
            kind, _, id_ = stream.partition("/")
            raise unknown(kind, id_)
        return state, sequence

    async def snapshot(self, stream: str) -> Any:
        """The state of a stream that a command names; its initial state when there is none."""
        state, _ = await self.service.committer.state(stream)
        return state


def asking(
    service: Service, request: Request, identity: Identity, actor: str, id_: UUID, dry: bool = False
) -> Ask:
    client = request.client.host if request.client else ""
    path, query = request.path_params, request.query_params
    return Ask(service, identity, actor, path, query, id_, client, dry)
