"""Policies (process managers): the commands that follow from an event."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from inspect import signature
from typing import Any, Generic, TypeVar, get_type_hints, overload

from shared.events.base import Event, Topic, is_id
from shared.eventsourcing.decider import AnyStream, C, Input, StreamRef, members_of
from shared.signing.cloudevents import Envelope

E = TypeVar("E", bound=Event)


@dataclass(frozen=True, slots=True)
class AnyDispatch:
    """A command for one of the service's own streams.

    `expected` is the sequence at which the stream must still stand, where something in the command
    is bound to it, such as personal data encrypted for one event.
    """

    stream: AnyStream
    command: Input
    expected: int | None = None


@dataclass(frozen=True, slots=True)
class Dispatch(AnyDispatch, Generic[C]):
    """A command of a kind that the stream takes.

    Functions answer an AnyDispatch, never a Dispatch of Any: the type checker would infer from
    that answer that any command fits any stream.
    """

    stream: StreamRef[Any, C]
    command: C


Dispatches = Iterable[AnyDispatch]


@dataclass(frozen=True, kw_only=True)
class Policy(Generic[E]):
    """Handle events and dispatch commands in response; pure.

    `react` returns the commands that follow from an event. The cause of each commit is the event,
    the policy's name and the target stream, so that each takes effect once. A policy of several
    effects acts on one event that names them all. It answers whatever the events' schemas admit: a
    senseless event with nothing, or with a command that is refused. `on` are the events, `topic` is
    theirs.
    """

    name: str
    topic: Topic
    on: tuple[type[E], ...]
    react: Callable[[Envelope, E], Dispatches]
    version: int = 1

    def __call__(self, envelope: Envelope, event: E) -> Dispatches:
        return self.react(envelope, event)


AnyPolicy = Policy[Any]
React = Callable[[Envelope, E], Dispatches]


@overload
def policy(react: React[E], /) -> Policy[E]: ...


@overload
def policy(
    *, version: int = 1, topic: Topic | None = None, name: str | None = None
) -> Callable[[React[E]], Policy[E]]: ...


def policy(
    react: React[E] | None = None,
    /,
    *,
    version: int = 1,
    topic: Topic | None = None,
    name: str | None = None,
) -> Policy[E] | Callable[[React[E]], Policy[E]]:
    """Make a function a policy; it is named after the function, in kebab case.

    The function takes `(envelope, event)`; the event's annotation, one class or a union, says to
    which events it reacts. `topic` is the topic of those events unless given. An event of a stream
    whose id no command could name leads to nothing. Raises ValueError for events of several topics.
    """

    def made(function: React[E]) -> Policy[E]:
        def react_(envelope: Envelope, event: E) -> Dispatches:
            named = is_id(envelope.subject.partition("/")[2])
            return function(envelope, event) if named else ()

        on = annotated_events(function)
        return Policy(
            name=name or getattr(function, "__name__", "").replace("_", "-"),
            topic=topic or topic_of(on),
            on=on,
            react=react_,
            version=version,
        )

    return made if react is None else made(react)


def annotated_events(function: Callable[..., object]) -> tuple[type[Any], ...]:
    """Return the events that the parameter `event` is annotated with, in a stable order."""
    if "event" not in signature(function).parameters:
        raise TypeError(f"{function!r} must have a parameter `event` with its events as annotation")
    members = members_of(get_type_hints(function)["event"])
    return tuple(sorted(members, key=lambda event: event.__qualname__))


def topic_of(events: Iterable[type[Event]]) -> Topic:
    """Return the one topic that these events are published on. Raises ValueError."""
    topics = {event.published_on for event in events}
    if len(topics) != 1:
        raise ValueError(f"events of one topic are needed, these are of {sorted(topics)}")
    return topics.pop()
