"""Views: rows that a service keeps only to answer queries, folded from events."""

from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass
from typing import Any

import orjson
from pydantic import JsonValue

from shared.events.base import Event
from shared.kernel.ports import Row, Store, scan_all
from shared.signing.cloudevents import Envelope

Part = dict[str, JsonValue]


@dataclass(frozen=True)
class View:
    """Rows made of parts: a part is what one stream contributes to one row.

    `keys` says to which rows an event contributes; `fold` makes the stream's part of such a row
    from its earlier part (None: there is none; answering None takes it away) and the event. It
    reads nothing else, so that applying events twice or streams in another order changes nothing.
    A changed fold needs a higher `version`: the view is then folded anew at start-up.
    """

    name: str
    topic: str
    on: tuple[type[Event], ...]
    keys: Callable[[Envelope, Any], Iterable[str]]
    fold: Callable[[Part | None, Envelope, Any], Part | None]
    version: int = 1

    @property
    def table(self) -> str:
        return f"view.{self.name}"


def part_key(row: str, stream: str) -> str:
    """The key of a part: neither a row's key nor a stream holds a space."""
    return f"{row} {stream}"


class Parts:
    """The parts that a run of events folds into: read once, folded in memory, written once."""

    def __init__(self, store: Store, views: Iterable[View]) -> None:
        self._store = store
        self._views: dict[type[Event], list[View]] = {}
        for view in views:
            for event in view.on:
                self._views.setdefault(event, []).append(view)
        self._parts: dict[tuple[str, str], Part | None] = {}
        self._rows: dict[tuple[str, str], Row] = {}

    async def load(self, events: Iterable[tuple[Envelope, Event]]) -> None:
        """Reads the parts that these events will be folded into."""
        wanted: dict[str, set[str]] = {}
        for envelope, event in events:
            for view in self._views.get(type(event), ()):
                for key in view.keys(envelope, event):
                    wanted.setdefault(view.table, set()).add(part_key(key, envelope.subject))
        for table, keys in wanted.items():
            for key, row in (await self._store.get(table, list(keys))).items():
                self._parts[table, key] = orjson.loads(row.body) if row.body else None
                self._rows.pop((table, key), None)

    def fold(self, envelope: Envelope, event: Event) -> None:
        """Folds the event into its parts; the caller has loaded those of an earlier run."""
        for view in self._views.get(type(event), ()):
            for row in view.keys(envelope, event):
                place = view.table, part_key(row, envelope.subject)
                part = view.fold(self._parts.get(place), envelope, event)
                self._parts[place] = part
                body = None if part is None else orjson.dumps(part, option=orjson.OPT_SORT_KEYS)
                self._rows[place] = Row(*place, envelope.sequence, body)

    def rows(self) -> list[Row]:
        """What has changed since the parts were loaded."""
        return list(self._rows.values())


async def parts_of(store: Store, view: View, prefix: str) -> AsyncIterator[tuple[str, str, Part]]:
    """The parts of the rows whose key begins with prefix: row key, stream, part."""
    async for row in scan_all(store, view.table, prefix):
        if row.body is not None:
            key, _, stream = row.key.rpartition(" ")
            yield key, stream, orjson.loads(row.body)


async def rows_of(store: Store, view: View, prefix: str, after: str, limit: int) -> dict[str, Any]:
    """A page of a view whose rows have one part each: {"items": [...], "next": cursor}."""
    found = await store.scan(view.table, prefix, after, limit + 1)
    items = []
    for row in found[:limit]:
        if row.body is not None:
            key, _, stream = row.key.rpartition(" ")
            items.append(
                {"key": key, "stream": stream, "sequence": row.sequence, **orjson.loads(row.body)}
            )
    return {"items": items, **({"next": found[limit - 1].key} if len(found) > limit else {})}
