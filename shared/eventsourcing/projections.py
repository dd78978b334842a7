"""Projections: rows that a service keeps only to answer queries, folded from events."""

from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

import orjson
from pydantic import JsonValue

from shared.events.base import Event, Topic
from shared.eventsourcing.policies import annotated_events, topic_of
from shared.kernel.ports import Row, Store, scan_all
from shared.signing.cloudevents import Envelope

Part = dict[str, JsonValue]
Order = Callable[[str, str, Part], str | None]
E = TypeVar("E", bound=Event)


def _unordered(row: str, stream: str, part: Part) -> None:
    return None


@dataclass(frozen=True, kw_only=True)
class Projection(Generic[E]):
    """Rows made of parts: a part is the contribution of one stream to one row.

    `keys` says to which rows an event contributes; `fold` makes the stream's part of such a row
    from its earlier part (None: there is none; answering None takes it away) and the event. It
    reads nothing else, so that applying events twice or streams in another order changes nothing.
    `order` makes of a row's key, a stream and its part the text by which `ordered_parts` reads
    them, unique in the projection; a part without one is not in those pages.
    `on` are the events, `topic` is theirs. Raise `version` when `keys`, `fold` or `order` changes:
    the rows are then folded anew at start-up.
    """

    name: str
    topic: Topic
    on: tuple[type[E], ...]
    keys: Callable[[Envelope, E], Iterable[str]]
    fold: Callable[[Part | None, Envelope, E], Part | None]
    order: Order = _unordered
    version: int = 1

    @property
    def table(self) -> str:
        return f"view.{self.name}"


AnyProjection = Projection[Any]


def projection(
    name: str,
    keys: Callable[[Envelope, E], Iterable[str]],
    fold: Callable[[Part | None, Envelope, E], Part | None],
    *,
    order: Order = _unordered,
    version: int = 1,
    topic: Topic | None = None,
) -> Projection[E]:
    """Make a projection of the events with which the parameter `event` of `keys` is annotated.

    `topic` is the topic of those events unless given. Raises ValueError for several topics.
    """
    on = annotated_events(keys)
    return Projection(
        name=name,
        topic=topic or topic_of(on),
        on=on,
        keys=keys,
        fold=fold,
        order=order,
        version=version,
    )


def part_key(row: str, stream: str) -> str:
    """Return the key of a part: neither a row's key nor a stream's name holds a space."""
    return f"{row} {stream}"


_PartKey = tuple[str, str]


class Parts:
    """The parts that a run of events folds into: read once, folded in memory, written once."""

    def __init__(self, store: Store, projections: Iterable[AnyProjection]) -> None:
        self._store = store
        self._projections: dict[type[Event], list[AnyProjection]] = {}
        for each in projections:
            for event in each.on:
                self._projections.setdefault(event, []).append(each)
        self._parts: dict[_PartKey, Part | None] = {}
        self._stored: dict[_PartKey, int] = {}
        self._rows: dict[_PartKey, Row] = {}

    def keys(self, envelope: Envelope, event: Event) -> list[tuple[AnyProjection, str, _PartKey]]:
        """Return the rows and parts that an event contributes to. Raises what a projection does."""
        return [
            (each, row, (each.table, part_key(row, envelope.subject)))
            for each in self._projections.get(type(event), ())
            for row in each.keys(envelope, event)
        ]

    async def load(self, events: Iterable[tuple[Envelope, Event]]) -> None:
        """Read the parts that these events will be folded into."""
        wanted: dict[str, set[str]] = {}
        for envelope, event in events:
            for _, _, (table, key) in self.keys(envelope, event):
                wanted.setdefault(table, set()).add(key)
        for table, keys in wanted.items():
            for key, row in (await self._store.get(table, list(keys))).items():
                self._parts[table, key] = orjson.loads(row.body) if row.body else None
                self._stored[table, key] = row.sequence
                self._rows.pop((table, key), None)

    def fold(self, envelope: Envelope, event: Event) -> None:
        """Fold the event into all its parts, or raise what a projection raises and into none.

        The caller has loaded those of an earlier run. A stored part that has the event already,
        since a run was cut off before its marks, stays as it is.
        """
        folded: dict[_PartKey, tuple[Part | None, Row]] = {}
        for each, row, place in self.keys(envelope, event):
            if self._stored.get(place, 0) < envelope.sequence:
                part = each.fold(self._parts.get(place), envelope, event)
                body, order = None, None
                if part is not None:
                    body = orjson.dumps(part, option=orjson.OPT_SORT_KEYS)
                    order = each.order(row, envelope.subject, part)
                folded[place] = part, Row(*place, envelope.sequence, body, None, order)
        for place, (part, changed) in folded.items():
            self._parts[place], self._rows[place] = part, changed

    def rows(self) -> list[Row]:
        """Return the rows that have changed since the parts were loaded."""
        return list(self._rows.values())


async def parts_of(
    store: Store, projection: AnyProjection, prefix: str
) -> AsyncIterator[tuple[str, str, Part]]:
    """Yield (row key, stream, part) of the rows whose key begins with the prefix."""
    async for row in scan_all(store, projection.table, prefix):
        if row.body is not None:
            key, _, stream = row.key.rpartition(" ")
            yield key, stream, orjson.loads(row.body)


class OrderedPart(NamedTuple):
    """A part with its place in the order of its projection."""

    order: str
    row: str
    stream: str
    part: Part


async def ordered_parts(
    store: Store, projection: AnyProjection, prefix: str, after: str, limit: int
) -> list[OrderedPart]:
    """Return parts whose order begins with the prefix and is above `after`, ascending."""
    found = []
    for row in await store.page(projection.table, prefix, after, limit):
        key, _, stream = row.key.rpartition(" ")
        found.append(OrderedPart(row.order or "", key, stream, orjson.loads(row.body or b"{}")))
    return found


async def rows_of(
    store: Store, projection: AnyProjection, prefix: str, after: str, limit: int
) -> dict[str, Any]:
    """Return a page of a projection whose rows have one part each.

    The page is {"items": [...], "next": cursor}, without `next` on the last.
    """
    found = await store.scan(projection.table, prefix, after, limit + 1)
    items = []
    for row in found[:limit]:
        if row.body is not None:
            key, _, stream = row.key.rpartition(" ")
            items.append(
                {"key": key, "stream": stream, "sequence": row.sequence, **orjson.loads(row.body)}
            )
    return {"items": items, **({"next": found[limit - 1].key} if len(found) > limit else {})}
