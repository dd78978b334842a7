"""Inboxes: what waits for a role now, opened and closed by events; a table, not a computation."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared.events.base import Event, Topic
from shared.eventsourcing.projections import AnyProjection, Part, Projection, parts_of
from shared.kernel.ports import Store
from shared.kernel.sentences import in_all
from shared.signing.cloudevents import Envelope, format_time
from shared.web.authentication import Identity, Role


def _nothing(event: Any) -> None:
    return None


def _whole(event: Any) -> str:
    return ""


def _never(event: Any) -> bool:
    return False


@dataclass(frozen=True)
class Task:
    """A task: which events of a stream open it, which end it, whose it is and what ends it.

    The catalogue says it as `task.<name>`. `command` is the request that ends it, with {id} for the
    stream's id. `item` tells several tasks of one stream apart, and is asked of opening and closing
    events alike. An event for which `unless` holds neither opens nor closes. With `agency` only its
    officers see the task; without, all who have the role. Who changes what opens, closes or tells a
    task raises `version`.
    """

    name: str
    role: Role
    command: str
    opens: tuple[type[Event], ...]
    closes: tuple[type[Event], ...]
    deadline: Callable[[Any], datetime | None] = _nothing
    agency: Callable[[Any], str | None] = _nothing
    item: Callable[[Any], str] = _whole
    unless: Callable[[Any], bool] = _never
    version: int = 1

    def __post_init__(self) -> None:
        # Citizens have no agency to tell whose a task is: each would see everybody's.
        if self.role is Role.CITIZEN:
            raise ValueError("what waits for a citizen is told by the citizen's own route")

    def projection(self, topic: Topic) -> AnyProjection:
        """Yield a row for each item, a part for each stream that has such a task open."""

        def keys(envelope: Envelope, event: Event) -> Iterable[str]:
            if not self.unless(event):
                yield self.item(event) or "-"

        def fold(part: Part | None, envelope: Envelope, event: Event) -> Part | None:
            if not isinstance(event, self.opens):
                return None
            deadline = self.deadline(event)
            return {
                "since": format_time(envelope.time),
                "deadline": format_time(deadline) if deadline else None,
                "agency": self.agency(event),
            }

        return Projection(
            name=f"inbox-{self.name}",
            topic=topic,
            on=(*self.opens, *self.closes),
            keys=keys,
            fold=fold,
            version=self.version,
        )


async def tasks(
    store: Store, topic: Topic, waits: Sequence[Task], identity: Identity
) -> list[dict[str, Any]]:
    """Return what waits for somebody of these roles and this agency, oldest first."""
    found = []
    for each in waits:
        if each.role not in identity.roles:
            continue
        async for item, stream, part in parts_of(store, each.projection(topic), ""):
            if part["agency"] not in (None, identity.agency):
                continue
            found.append(
                {
                    "task": each.name,
                    "since": part["since"],
                    **({"deadline": part["deadline"]} if part["deadline"] else {}),
                    "stream": stream,
                    **({"item": item} if item != "-" else {}),
                    "command": each.command.replace("{id}", stream.partition("/")[2]),
                    **in_all(f"task.{each.name}", {}),
                }
            )
    return sorted(found, key=lambda task: (task["since"], task["stream"], task["task"]))
