"""What a service does on an event, with a commit of its own."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from shared.events.base import Event
from shared.eventsourcing.decider import Command
from shared.signing.cloudevents import Envelope


class Do(NamedTuple):
    """A command for one of the service's own streams.

    `expected`: at which sequence the stream must still stand, since something in the command is
    bound to it, such as sealed data to their event.
    """

    stream: str
    command: Command
    expected: int | None = None


@dataclass(frozen=True)
class Reaction:
    """`do` names the commands that follow from an event; pure.

    The cause of each commit is the event, the reaction's name and the target stream, so that
    each takes effect once. A reaction of several effects acts on one event that names them all.
    """

    name: str
    topic: str
    on: tuple[type[Event], ...]
    do: Callable[[Envelope, Any], Iterable[Do]]
    version: int = 1
