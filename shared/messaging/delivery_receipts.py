"""Delivery receipts: the stream in which a service says how far it has applied a topic."""

from collections.abc import Sequence
from typing import assert_never

from shared.events.base import Count, Positive
from shared.events.delivery import (
    Activation,
    EventsAcknowledged,
    ReactionsActivated,
)
from shared.eventsourcing.decider import Command, Context, Decider, State, StreamRef


class Activate(Command):
    """Record from which offsets these policies run."""

    topic: str
    activations: tuple[Activation, ...]


class Acknowledge(Command):
    """Record up to which offsets all is applied, and by which policies."""

    topic: str
    offsets: dict[str, Count]
    reactions: dict[str, Positive]
    parked: Count


ReceiptCommand = Activate | Acknowledge
ReceiptEvent = ReactionsActivated | EventsAcknowledged


class Receipts(State):
    """`consumer/<topic>`: from which offsets policies run, and up to where all is applied."""

    activations: dict[str, dict[str, Count]] = {}
    acknowledged: dict[str, Count] = {}


def _decide(state: Receipts, command: ReceiptCommand, context: Context) -> Sequence[ReceiptEvent]:
    match command:
        case Activate():
            new = tuple(a for a in command.activations if a.reaction not in state.activations)
            return [ReactionsActivated(topic=command.topic, activations=new)] if new else []
        case Acknowledge():
            if command.offsets == state.acknowledged:
                return []
            return [EventsAcknowledged(**command.model_dump())]
        case _:
            assert_never(command)


def _evolve(state: Receipts, event: ReceiptEvent) -> Receipts:
    match event:
        case ReactionsActivated():
            new = {a.reaction: a.offsets for a in event.activations}
            return state.model_copy(update={"activations": state.activations | new})
        case EventsAcknowledged():
            return state.model_copy(update={"acknowledged": event.offsets})
        case _:
            assert_never(event)


RECEIPTS = Decider("consumer", Receipts(), _decide, _evolve)


def receipts_of(topic: str) -> StreamRef[Receipts, ReceiptCommand]:
    """Name the stream of a topic's receipts."""
    return RECEIPTS.stream(topic)
