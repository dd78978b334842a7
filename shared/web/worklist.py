"""Inboxes: what waits for a role now, opened and closed by events; a table, not a computation."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple

from shared.events.base import Event, Topic
from shared.eventsourcing.projections import AnyProjection, Part, Projection, ordered_parts
from shared.kernel.ports import Store, in_turns
from shared.kernel.sentences import in_all
from shared.signing.cloudevents import Envelope, format_time
from shared.web.authentication import Identity, Role


def _nothing(event: Any) -> None:
    return None


def _whole(event: Any) -> str:
    return ""


def _never(event: Any) -> bool:
    return False


# What stands for no item and no agency in keys and orders.
_WHOLE = _ANYBODY = "-"
_HIGHEST = "\U0010ffff"
# Rows of before had no order.
_ORDERED = 1


def _order(item: str, stream: str, part: Part) -> str:
    """Return by which an inbox is read: whose it is, since when it waits."""
    return f"{part['agency'] or _ANYBODY} {part['since']} {stream} {item}"


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
                yield self.item(event) or _WHOLE

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
            order=_order,
            version=self.version + _ORDERED,
        )


class _Waiting(NamedTuple):
    """An open task; those of an inbox come in this order."""

    since: str
    stream: str
    task: str
    item: str

    @classmethod
    def cursor(cls, text: str) -> "_Waiting":
        """Return the task after which a page begins; every text is one."""
        since, stream, task, item = (text.split(" ", 3) + [""] * 4)[:4]
        return cls(since, stream, task, item)

    def before(self, task: str) -> str:
        """Return what is below the orders of all tasks of a kind that come after this one."""
        end = self.item if task == self.task else "" if task > self.task else _HIGHEST
        return f"{self.since} {self.stream} {end}"


async def inbox(
    store: Store,
    topic: Topic,
    waits: Sequence[Task],
    identity: Identity,
    limit: int,
    after: str = "",
) -> tuple[list[dict[str, Any]], str | None]:
    """Return a page of what waits for somebody of these roles and this agency, oldest first.

    With it comes the `after` of the next page, None on the last. However much waits, a page is
    merged from a page of each kind of task.
    """
    last = _Waiting.cursor(after)
    found: list[tuple[_Waiting, Task, Part]] = []
    for each in waits:
        if each.role not in identity.roles:
            continue
        for whose in (_ANYBODY, identity.agency):
            begin = f"{whose} {last.before(each.name)}" if after else ""
            view = each.projection(topic)
            for _, item, stream, part in await ordered_parts(
                store, view, f"{whose} ", begin, limit + 1
            ):
                since = str(part["since"])
                found.append((_Waiting(since, stream, each.name, item), each, part))
            await asyncio.sleep(0)
    found.sort(key=itemgetter(0))
    page = [_told(*task) async for task in in_turns(found[:limit])]
    return page, " ".join(found[limit - 1][0]) if len(found) > limit else None


def _told(waiting: _Waiting, task: Task, part: Part) -> dict[str, Any]:
    return {
        "task": task.name,
        "since": part["since"],
        **({"deadline": part["deadline"]} if part["deadline"] else {}),
        "stream": waiting.stream,
        **({"item": waiting.item} if waiting.item != _WHOLE else {}),
        "command": task.command.replace("{id}", waiting.stream.partition("/")[2]),
        **in_all(f"task.{task.name}", {}),
    }
