"""A request that may be answered, as the routes of a service get it."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from starlette.requests import Request

from shared.eventsourcing.decider import C, S, StreamRef
from shared.web.authentication import CITIZENS, Identity, Role
from shared.web.problems import unknown
from shared.web.resources import Resources

# Whoever asks without a token, where a route allows it: a citizen who can prove nothing yet.
PUBLIC = Identity("public", frozenset({Role.CITIZEN}), CITIZENS, "")


@dataclass(frozen=True, slots=True)
class RequestContext:
    """A request that may be answered: who asks, and what the path says.

    When `dry`, what is prepared will be tried and not kept: preparing it must leave no trace.
    """

    service: Resources
    identity: Identity
    actor: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    request_id: UUID
    dry: bool = False

    async def state(self, stream: StreamRef[S, C]) -> S:
        """Return the state of an own stream. Raises ProblemError 404 without one."""
        return (await self.versioned(stream))[0]

    async def versioned(self, stream: StreamRef[S, C]) -> tuple[S, int]:
        """Return the state and the sequence it stands at. Raises ProblemError 404 without one."""
        state, sequence = await self.service.command_handler.state(stream)
        if not sequence:
            raise unknown(stream.kind, stream.id)
        return state, sequence

    async def snapshot(self, stream: StreamRef[S, C]) -> S:
        """Return the state of a stream that a command names; the initial one without events."""
        state, _ = await self.service.command_handler.state(stream)
        return state


def asking(
    service: Resources,
    request: Request,
    identity: Identity,
    actor: str,
    id_: UUID,
    dry: bool = False,
) -> RequestContext:
    path, query = request.path_params, request.query_params
    return RequestContext(service, identity, actor, path, query, id_, dry)
