"""The rows that a service must have, folded from the log alone."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import orjson

from apps.audit.index import Index, Table
from shared.events.base import Event
from shared.eventsourcing.decider import AnyDecider
from shared.eventsourcing.projections import AnyProjection, Part, part_key
from shared.eventsourcing.states import STATES, Head, state_row
from shared.kernel.clock import instant, micros
from shared.kernel.ports import Row
from shared.runtime.definition import Definition
from shared.signing.cloudevents import Envelope
from shared.web.digests import row_hash


class ExpectedRow(NamedTuple):
    """A row as it must be at a sequence of its stream."""

    table: str
    key: str
    sequence: int
    row: Callable[[], Row]

    @property
    def hash(self) -> str:
        return row_hash(self.row())


class Standing(NamedTuple):
    """A stream's head; `whole`: it is the last event of its commit, as a stored row is."""

    head: Head
    whole: bool


class ExpectedState:
    """One service rebuilt beside it: its states from its own topic, its views from all."""

    def __init__(self, definition: Definition, index: Index) -> None:
        self._topic, name = definition.topic, definition.name
        self._deciders: dict[str, AnyDecider] = {d.kind: d for d in definition.deciders}
        self._heads: Table[Standing] = index.table(f"heads_{name}", self._load_head, _dump_head)
        self._parts: Table[Part | None] = index.table(
            f"parts_{name}", lambda _, body: orjson.loads(body), orjson.dumps
        )
        self._views: dict[tuple[str, type[Event]], list[AnyProjection]] = {}
        for view in definition.all_projections:
            for event in view.on:
                self._views.setdefault((view.topic, event), []).append(view)

    def take(self, topic: str, envelope: Envelope, event: Event) -> Iterator[ExpectedRow]:
        """Take the next event of a stream; yield the rows that change with it."""
        if topic == self._topic and (state := self._state(envelope, event)) is not None:
            yield state
        for view in self._views.get((topic, type(event)), ()):
            table = view.table
            for row in view.keys(envelope, event):
                key = part_key(row, envelope.subject)
                place = f"{table} {key}"
                # A stream's first event finds no part of its stream to build on.
                before = self._parts.get(place) if envelope.sequence > 1 else None
                part = view.fold(before, envelope, event)
                self._parts.put(place, part, envelope.sequence)
                yield _part(table, key, envelope.sequence, part)

    def head(self, stream: str) -> Head | None:
        """Return the stream's state by now; None before its first event."""
        standing = self._heads.get(stream)
        return standing.head if standing else None

    def decider(self, stream: str) -> AnyDecider | None:
        return self._deciders.get(stream.partition("/")[0])

    def rows(self) -> Iterator[ExpectedRow]:
        """Yield all rows as they are by now, but none within a commit that is to go on."""
        for stream, sequence, standing in self._heads.scan():
            decider = self.decider(stream)
            if decider is not None and standing.whole:
                yield _state(decider, stream, sequence, standing.head)
        for key, sequence, part in self._parts.scan():
            table, _, place = key.partition(" ")
            yield _part(table, place, sequence, part)

    def _state(self, envelope: Envelope, event: Event) -> ExpectedRow | None:
        decider = self.decider(envelope.subject)
        if decider is None:
            return None
        before = self._heads.get(envelope.subject) if envelope.sequence > 1 else None
        state = decider.fold(before.head.state if before else decider.initial, event)
        head = Head(state, envelope.sequence, envelope.first, envelope.hash, envelope.time)
        # Only a commit's last state is ever stored.
        whole = envelope.sequence == envelope.first + envelope.count - 1
        self._heads.put(envelope.subject, Standing(head, whole), envelope.sequence)
        return _state(decider, envelope.subject, envelope.sequence, head) if whole else None

    def _load_head(self, stream: str, body: bytes) -> Standing:
        decider = self._deciders[stream.partition("/")[0]]
        stored = orjson.loads(body)
        state = type(decider.initial).model_validate_json(orjson.dumps(stored["state"]))
        head = Head(
            state, stored["sequence"], stored["first"], stored["hash"], instant(stored["time"])
        )
        return Standing(head, stored["whole"])


def _dump_head(standing: Standing) -> bytes:
    head, whole = standing
    assert head.time is not None  # noqa: S101 - a stream with events has a time
    return orjson.dumps(
        {
            "sequence": head.sequence,
            "first": head.first,
            "hash": head.hash,
            "time": micros(head.time),
            "whole": whole,
            "state": orjson.Fragment(head.state.__pydantic_serializer__.to_json(head.state)),
        }
    )


def _state(decider: AnyDecider, stream: str, sequence: int, head: Head) -> ExpectedRow:
    return ExpectedRow(STATES, stream, sequence, lambda: state_row(decider, stream, head))


def _part(table: str, key: str, sequence: int, part: Part | None) -> ExpectedRow:
    body = None if part is None else orjson.dumps(part)
    return ExpectedRow(table, key, sequence, lambda: Row(table, key, sequence, body))
