"""Streams about delivery itself: what a service reacts to, has acknowledged, and has parked."""

from collections.abc import Sequence

from shared.events.base import Count, Event, Positive, Value
from shared.events.delivery import (
    Activation,
    EventsAcknowledged,
    ReactionsActivated,
    RecordDiscarded,
    RecordParked,
    RecordRedriven,
)
from shared.eventsourcing.decider import Command, Context, Decider, State
from shared.eventsourcing.refusal import Refused, unexpected


class Activate(Command):
    topic: str
    activations: tuple[Activation, ...]


class Acknowledge(Command):
    topic: str
    offsets: dict[str, Count]
    reactions: dict[str, Positive]
    parked: Count


class Consuming(State):
    """`consumer/<topic>`: from which offsets reactions run, and up to where all is applied."""

    activations: dict[str, dict[str, Count]] = {}
    acknowledged: dict[str, Count] = {}


def _decide_consuming(state: Consuming, command: Command, context: Context) -> Sequence[Event]:
    match command:
        case Activate():
            new = tuple(a for a in command.activations if a.reaction not in state.activations)
            return [ReactionsActivated(topic=command.topic, activations=new)] if new else []
        case Acknowledge():
            if command.offsets == state.acknowledged:
                return []
            return [EventsAcknowledged(**command.model_dump())]
    raise unexpected(command)


def _evolve_consuming(state: Consuming, event: Event) -> Consuming:
    match event:
        case ReactionsActivated():
            new = {a.reaction: a.offsets for a in event.activations}
            return state.model_copy(update={"activations": state.activations | new})
        case EventsAcknowledged():
            return state.model_copy(update={"acknowledged": event.offsets})
    return state


CONSUMING = Decider("consumer", Consuming(), _decide_consuming, _evolve_consuming)


class Park(Command):
    record: RecordParked


class Redrive(Command):
    sequence: Positive


class Discard(Command):
    sequence: Positive
    reason: str


class Waiting(Value):
    record: RecordParked
    redriven: bool = False


class Parked(State):
    """`parked/<source>/<subject>`: the records of a foreign stream that could not be applied."""

    waiting: dict[int, Waiting] = {}
    discarded: tuple[int, ...] = ()


def parked_stream(source: str, subject: str) -> str:
    return f"parked/{source}/{subject}"


def _known(state: Parked, sequence: int) -> RecordParked:
    if sequence not in state.waiting:
        raise Refused("not-parked", status=404, sequence=sequence)
    return state.waiting[sequence].record


def _decide_parked(state: Parked, command: Command, context: Context) -> Sequence[Event]:
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
    raise unexpected(command)


def _evolve_parked(state: Parked, event: Event) -> Parked:
    waiting = dict(state.waiting)
    match event:
        case RecordParked():
            waiting[event.sequence] = Waiting(record=event)
        case RecordRedriven():
            waiting[event.sequence] = Waiting(record=waiting[event.sequence].record, redriven=True)
        case RecordDiscarded():
            del waiting[event.sequence]
            return Parked(waiting=waiting, discarded=(*state.discarded, event.sequence))
    return state.model_copy(update={"waiting": waiting})


PARKED = Decider("parked", Parked(), _decide_parked, _evolve_parked)
DECIDERS = (CONSUMING, PARKED)
