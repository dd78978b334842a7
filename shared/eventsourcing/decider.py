"""Streams: how an aggregate decides and how its state follows from events. No clock, no I/O."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from shared.events.base import Event, Value


class Command(Value):
    """What somebody asks for; the body of a request."""


class State(Value):
    """What a stream's events have made of it. Every field has a default: the state before them."""


class Timeout(Command):
    """The instant that the stream itself had set (`Decider.due`) has come."""

    due: datetime


@dataclass(frozen=True, slots=True)
class Context:
    """What a decision may know beside its command and state.

    `now` is the instant that will be recorded, `actor` the opaque name of who asks and `agency`
    the URN they act for (both "system" for reactions and timers).
    """

    now: datetime
    actor: str = "system"
    agency: str = "system"


S = TypeVar("S", bound=State)


@dataclass(frozen=True)
class Decider(Generic[S]):
    """One kind of stream, named `kind/id`.

    `decide` turns a command into events or raises Refused (or NotYet, in a reaction); no events
    means that there is nothing to do. `evolve` is the only way the state changes, live and in
    replay alike; it never refuses an event that was once decided. `due` is when the stream wants
    a `Timeout`. A changed `evolve` or state needs a higher `version`, so that stored states are
    folded anew.
    """

    kind: str
    initial: S
    decide: Callable[[S, Command, Context], Sequence[Event]]
    evolve: Callable[[S, Event], S]
    due: Callable[[S], datetime | None] = lambda state: None
    version: int = 1


AnyDecider = Decider[Any]
