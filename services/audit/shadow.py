"""What a service's rows must be, folded from the log alone."""

from collections.abc import Iterator
from typing import NamedTuple

import orjson

from shared.committer import STATES, Head, state_row
from shared.digests import row_hash
from shared.envelope import Envelope
from shared.events.base import Event
from shared.ports import Row
from shared.service import Definition, Landscape
from shared.stream import AnyDecider
from shared.views import Part, View, part_key


class Folded(NamedTuple):
    """A row as it must be at a sequence of its stream."""

    table: str
    key: str
    sequence: int
    hash: str


class Shadow:
    """One service rebuilt in memory: its states from its own topic, its views from all."""

    def __init__(self, definition: Definition, landscape: Landscape) -> None:
        self._definition, self._landscape = definition, landscape
        self._deciders: dict[str, AnyDecider] = {d.kind: d for d in definition.deciders}
        self._heads: dict[str, Head] = {}
        self._views: dict[tuple[str, type[Event]], list[View]] = {}
        self._parts: dict[tuple[str, str], Part | None] = {}
        for view in definition.all_views:
            for event in view.on:
                self._views.setdefault((view.topic, event), []).append(view)

    def take(self, topic: str, envelope: Envelope, event: Event) -> Iterator[Folded]:
        """The rows that change with the next event of a stream."""
        if topic == self._definition.topic:
            yield from self._state(envelope, event)
        for view in self._views.get((topic, type(event)), ()):
            for row in view.keys(envelope, event):
                place = view.table, part_key(row, envelope.subject)
                part = view.fold(self._parts.get(place), envelope, event)
                self._parts[place] = part
                body = None if part is None else orjson.dumps(part)
                found = Row(*place, envelope.sequence, body)
                yield Folded(*place, envelope.sequence, row_hash(found))

    def _state(self, envelope: Envelope, event: Event) -> Iterator[Folded]:
        decider = self._deciders.get(envelope.subject.partition("/")[0])
        if decider is None:
            return
        head = self._heads.get(envelope.subject, Head(decider.initial))
        state = decider.evolve(head.state, event)
        head = Head(state, envelope.sequence, envelope.hash, envelope.time)
        self._heads[envelope.subject] = head
        # Only a commit's last state is ever stored.
        if envelope.sequence == envelope.first + envelope.count - 1:
            row = state_row(decider, envelope.subject, head)
            yield Folded(STATES, envelope.subject, envelope.sequence, row_hash(row))
