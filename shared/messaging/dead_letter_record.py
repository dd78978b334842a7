"""The record of dead letters: parked, redriven and discarded, as events on the own topic.

A rebuilt store thus holds and skips the same records.
"""

from collections.abc import Sequence
from typing import assert_never

from shared.events.base import Positive, Value
from shared.events.delivery import RecordDiscarded, RecordParked, RecordRedriven
from shared.eventsourcing.decider import Command, Context, Decider, State, StreamRef, replaced
from shared.eventsourcing.refusal import Refused


class Park(Command):
    """Record that a record could not be applied."""

    record: RecordParked


class Redrive(Command):
    """Try a dead letter, and those behind it, again."""

    sequence: Positive


class Discard(Command):
    """Skip a dead letter and try those behind it."""

    sequence: Positive
    reason: str


DeadLetterCommand = Park | Redrive | Discard
DeadLetterEvent = RecordParked | RecordRedriven | RecordDiscarded


class Waiting(Value):
    """A dead letter; `redriven`: an operator has asked to try it again."""

    record: RecordParked
    redriven: bool = False


class Parked(State):
    """`parked/<source>/<subject>`: the records of a foreign stream that could not be applied."""

    waiting: dict[int, Waiting] = {}
    discarded: tuple[int, ...] = ()


def _known(state: Parked, sequence: int) -> RecordParked:
    if sequence not in state.waiting:
        raise Refused("not-parked", status=404, sequence=sequence)
    return state.waiting[sequence].record


def _decide(
    state: Parked, command: DeadLetterCommand, context: Context
) -> Sequence[DeadLetterEvent]:
    match command:
        case Park():
            return [command.record]
        case Redrive(sequence=sequence):
            record = _known(state, sequence)
            return [RecordRedriven(source=record.source, subject=record.subject, sequence=sequence)]
        case Discard(sequence=sequence, reason=reason):
            record = _known(state, sequence)
            return [
                RecordDiscarded(
                    source=record.source, subject=record.subject, sequence=sequence, reason=reason
                )
            ]
        case _:
            assert_never(command)


def _evolve(state: Parked, event: DeadLetterEvent) -> Parked:
    match event:
        case RecordParked():
            waiting = {**state.waiting, event.sequence: Waiting(record=event)}
        case RecordRedriven():
            waiting = replaced(state.waiting, event.sequence, redriven=True)
        case RecordDiscarded():
            waiting = {n: each for n, each in state.waiting.items() if n != event.sequence}
            return Parked(waiting=waiting, discarded=(*state.discarded, event.sequence))
        case _:
            assert_never(event)
    return state.model_copy(update={"waiting": waiting})


PARKED = Decider("parked", Parked(), _decide, _evolve)


def parked_stream(source: str, subject: str) -> StreamRef[Parked, DeadLetterCommand]:
    """Name the record of the dead letters of a foreign stream."""
    return PARKED.stream(f"{source}/{subject}")
