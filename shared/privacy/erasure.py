"""Erasure: a service destroys private data because one of its own events says so."""

from typing import Any, Protocol

from shared.events.base import Event
from shared.signing.cloudevents import Envelope


class Erasure(Protocol):
    """Destroys private data after the fact: the event is committed, then its words are true.

    Both methods may be repeated, and raise Unavailable when they have not finished.
    """

    on: tuple[type[Event], ...]

    async def carry_out(self, envelope: Envelope, event: Any) -> None:
        """Called with each of the service's own events of these types, before it counts as
        applied; a replay calls it again."""

    async def repeat(self) -> None:
        """Called at start, before anything is served: a crash may have come between an event and
        its effect, and a restored backup may hold again what was destroyed."""
