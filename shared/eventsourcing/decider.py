"""Deciders: how an aggregate decides and how its state follows from events. No clock, no I/O."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from types import UnionType
from typing import Any, Generic, TypeVar, get_args, get_type_hints

from shared.events.base import Event, Value


class Command(Value):
    """A request to an aggregate; often the body of an HTTP request."""


class State(Value):
    """An aggregate's state, folded from its events. Each field has its value before the first."""


class Timeout(Command):
    """The instant that the stream itself had set (`Decider.due`) has come."""

    due: datetime


@dataclass(frozen=True, slots=True)
class Context:
    """Facts that a decision may use beside its command and state.

    `now` is the instant that will be recorded, `actor` the pseudonym of the person who asks and
    `agency` the URN they act for (both "system" for policies and timers).
    """

    now: datetime
    actor: str = "system"
    agency: str = "system"


# A command is a request, or an event that the aggregate takes as it is.
Input = Command | Event

S = TypeVar("S", bound=State)
C = TypeVar("C", bound=Input)
E = TypeVar("E", bound=Event)
K = TypeVar("K")
V = TypeVar("V", bound=Value)


def replaced(items: Mapping[K, V], key: K, /, **changes: object) -> dict[K, V]:
    """Return the items with these fields of one of them changed; all as they are without it."""
    found = items.get(key)
    return {**items} if found is None else {**items, key: found.model_copy(update=changes)}


@dataclass(frozen=True, slots=True)
class StreamRef(Generic[S, C]):
    """One stream, known by the aggregate it is of: its state is an S and it takes commands C.

    Made by `Decider.stream` only, so that a kind is spelt in one place. `str()` gives the name
    under which the stream is stored and published, `kind/id`.
    """

    kind: str
    id: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.id}"


@dataclass(frozen=True)
class Decider(Generic[S, C, E]):
    """One kind of stream, named `kind/id`.

    `decide` turns a command of the closed union C into events of the closed union E, or raises
    Refused (in a policy's dispatch also NotYet); no events mean that there is nothing to do.
    `evolve` is the only way the state changes, live and in replay alike; it has an answer for every
    state and every event of E, also for those that `decide` would not have brought together: an
    event about something that the state does not know leaves it as it is, or is noted as it stands.
    `due` is when the stream wants a `Timeout`; what that brings must move it. Raise `version` when
    `evolve` or the state changes, so that stored states are folded anew.

    Both functions match on their union and end in `assert_never`: the type checker names a command
    or an event without an arm.
    """

    kind: str
    initial: S
    decide: Callable[[S, C, Context], Sequence[E]]
    evolve: Callable[[S, E], S]
    due: Callable[[S], datetime | None] = lambda state: None
    version: int = 1

    def stream(self, id: str) -> StreamRef[S, C]:
        """Name a stream of this kind."""
        return StreamRef(self.kind, id)

    @cached_property
    def commands(self) -> frozenset[type[Input]]:
        """The members of C, read from the signature of `decide`."""
        return _members(self.decide, 1)

    @cached_property
    def events(self) -> frozenset[type[Input]]:
        """The members of E, read from the signature of `evolve`."""
        return _members(self.evolve, 1)

    def fold(self, state: S, event: Event) -> S:
        """Evolve the state by an event of E; leave it as it is for any other event.

        A record that its owner signed for the wrong stream must not stop a replay.
        """
        if isinstance(event, tuple(self.events)):
            return self.evolve(state, event)  # type: ignore[arg-type]
        return state


AnyDecider = Decider[Any, Any, Any]
AnyStream = StreamRef[Any, Any]


def _members(function: Callable[..., object], position: int) -> frozenset[type[Input]]:
    """Return the classes that a parameter's annotation names, be it one class or a union."""
    hints = [hint for name, hint in get_type_hints(function).items() if name != "return"]
    return members_of(hints[position])


def members_of(annotation: Any) -> frozenset[type[Any]]:
    """Return the classes that an annotation names: one class, or the members of a union."""
    return frozenset(get_args(annotation) if isinstance(annotation, UnionType) else [annotation])
