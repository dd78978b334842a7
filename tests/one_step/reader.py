"""Reader: somebody who may borrow books."""

from collections.abc import Sequence
from typing import assert_never

from shared.eventsourcing.decider import Command, Context, Decider, State, StreamRef
from shared.eventsourcing.refusal import Refused
from tests.one_step.events import ReaderJoined


class Join(Command):
    """Become a reader."""


class Reader(State):
    """One reader's standing."""

    joined: bool = False


ReaderCommand = Join
ReaderEvent = ReaderJoined


def decide(state: Reader, command: ReaderCommand, context: Context) -> Sequence[ReaderEvent]:
    match command:
        case Join():
            if state.joined:
                raise Refused("joined")
            return [ReaderJoined()]
        case _:
            assert_never(command)


def evolve(state: Reader, event: ReaderEvent) -> Reader:
    match event:
        case ReaderJoined():
            return state.model_copy(update={"joined": True})
        case _:
            assert_never(event)


READER = Decider("reader", Reader(), decide, evolve)


def reader_stream(id: str) -> StreamRef[Reader, ReaderCommand]:
    """Name the stream of one reader."""
    return READER.stream(id)
