"""Deciders: how an aggregate decides and how its state follows from events. No clock, no I/O."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
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


class Refused(Exception):
    """A rule says no; nothing is stored.

    `rule` is a stable code, `en` and `id` say what is wrong and how to mend it, `field` names the
    offending input where there is one, `status` is the HTTP status (409: the state forbids it,
    422: the input does, 403: this person may not, 404: there is no such thing).
    """

    def __init__(
        self, rule: str, en: str, id: str, *, field: str | None = None, status: int = 409
    ) -> None:
        super().__init__(f"{rule}: {en}")
        self.rule, self.en, self.id, self.field, self.status = rule, en, id, field, status


class NotYet(Exception):
    """A reaction's precondition has not arrived; it is tried again when `stream` has moved."""

    def __init__(self, stream: str) -> None:
        super().__init__(f"waits for {stream}")
        self.stream = stream


# A command is a request, or an event that the aggregate takes as it is.
Input = Command | Event

S = TypeVar("S", bound=State)
C = TypeVar("C", bound=Input)
E = TypeVar("E", bound=Event)


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
    `evolve` is the only way the state changes, live and in replay alike; it never refuses an event
    of E. `due` is when the stream wants a `Timeout`. Raise `version` when `evolve` or the state
    changes, so that stored states are folded anew.

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


def unexpected(command: Command) -> Refused:
    """For the last arm of a `match` over commands: this stream does not know the command."""
    return Refused(
        "illegal-step",
        f"{type(command).__name__} is not possible here.",
        f"{type(command).__name__} tidak dapat dilakukan di sini.",
    )


def refuse_unless(
    status: str | None,
    allowed: Collection[str],
    words: Mapping[Any, tuple[str, str]],
    en: str,
    id: str,
    field: str | None = None,
) -> None:
    """Refused unless something stands at one of these; `words` say each status, `en` and `id` what
    it is: "proposal", "Proposal ini". None is the status of what there is not.
    """
    if status is None:
        raise Refused("not-found", f"There is no such {en}.", f"{id} tidak ada.", status=404)
    if status not in allowed:
        is_en, is_id = words[status]
        must_en = " or ".join(words[each][0] for each in allowed)
        must_id = " atau ".join(words[each][1] for each in allowed)
        raise Refused(
            "illegal-step",
            f"The {en} is {is_en}; this step needs one that is {must_en}.",
            f"{id} {is_id}; langkah ini memerlukan yang {must_id}.",
            field=field,
        )


def refuse_empty(items: Sequence[object], field: str) -> None:
    """Refused unless there is at least one item."""
    if not items:
        raise Refused(
            "no-items",
            "List at least one item.",
            "Sebutkan sedikitnya satu peralatan.",
            field=field,
            status=422,
        )


def refuse_repeated(names: Iterable[str], field: str) -> None:
    """Refused when an item is listed twice; `field` is the list's name."""
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name in seen:
            raise Refused(
                "repeated-item",
                "This item is listed twice. Put everything about it on one line.",
                "Peralatan ini tercantum dua kali. Tulis semuanya pada satu baris.",
                field=f"{field}.{index}.item",
                status=422,
            )
        seen.add(name)
