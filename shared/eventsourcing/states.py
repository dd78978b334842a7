"""States of streams: the head of a stream in memory, and the row that keeps it in the store."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import orjson

from shared.events.base import Catalogue
from shared.eventsourcing.decider import AnyDecider, State
from shared.kernel.clock import instant, micros
from shared.kernel.ports import Commit, Row
from shared.signing.cloudevents import GENESIS, read

STATES = "states"

S = TypeVar("S", bound=State)


@dataclass(frozen=True, slots=True)
class Head:
    """A stream's state after its last event. `first` is that of its last commit."""

    state: Any
    sequence: int = 0
    first: int = 0
    hash: str = GENESIS
    time: datetime | None = None


def fold_commit(catalogue: Catalogue, decider: AnyDecider, head: Head, commit: Commit) -> Head:
    """Return the head after this commit's events."""
    state = head.state
    for record in commit.records:
        envelope = read(record)
        event = catalogue.find(envelope.type)
        if event is not None:
            state = decider.fold(state, event.of(envelope.data).upcast())
    return Head(state, commit.last, commit.first, commit.hash, commit.time)


def state_row(decider: AnyDecider, stream: str, head: Head) -> Row:
    """Return the row that keeps the head of a stream, which has events."""
    due = decider.due(head.state)
    assert head.time is not None  # noqa: S101 - a stream with events has a time
    body = orjson.dumps(
        {
            "fold": decider.version,
            "first": head.first,
            "hash": head.hash,
            "time": micros(head.time),
            "state": orjson.Fragment(head.state.__pydantic_serializer__.to_json(head.state)),
        }
    )
    return Row(STATES, stream, head.sequence, body, micros(due) if due else None)


def stored_head(decider: AnyDecider, row: Row | None) -> Head:
    """Return the head that a row keeps.

    It is the initial one where there is no row, or one that another version of the decider made.
    """
    if row is None or row.body is None or is_outdated(decider, row):
        return Head(decider.initial)
    stored = orjson.loads(row.body)
    state = stored_state(decider.initial, row)
    return Head(state, row.sequence, stored["first"], stored["hash"], instant(stored["time"]))


def stored_state(initial: S, row: Row) -> S:
    """Return the state in a row, as an instance of the initial state's class."""
    stored = orjson.loads(row.body or b"{}")["state"]
    return type(initial).model_validate_json(orjson.dumps(stored))


def is_outdated(decider: AnyDecider, row: Row) -> bool:
    """Return True when another version of the decider folded the row."""
    return bool(orjson.loads(row.body or b"{}")["fold"] != decider.version)
