"""Streams: how an aggregate decides and how its state follows from events. No clock, no I/O."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
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
