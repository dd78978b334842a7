"""Events, streams and instants found on the log by the names that people give them."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from apps.audit.history import History, Stream, stream_of
from shared.events.values import WITA, end_of_day
from shared.kernel.ports import LogRecord
from shared.signing.cloudevents import Envelope

_TICK = timedelta(microseconds=1)


class NotFound(Exception):
    """Nothing authentic on the log, or more than one thing, has this name."""


def is_named(envelope: Envelope, name: str) -> bool:
    """Return whether this names the event's stream: in full, as kind/id, or only by the id."""
    subject = envelope.subject
    return name in (subject, f"{envelope.source}/{subject}", subject.partition("/")[2])


async def find_event(history: History, name: str) -> tuple[LogRecord, Envelope]:
    """Find the event of this name or at this place; a stream's name stands for its last event.

    Raises NotFound and Unavailable.
    """
    events, lasts = [], {}
    async for place, envelope in history.read():
        at = f"{place.topic}/{place.partition}/{place.offset}"
        if name in (envelope.ref, envelope.id, at):
            events.append((place, envelope))
        elif is_named(envelope, name):
            lasts[stream_of(envelope)] = (place, envelope)
    found = events or list(lasts.values())
    if len(found) != 1:
        raise _not_one(f"no authentic event {name}", name, [e.ref for _, e in found])
    return found[0]


def only_one(streams: Mapping[Stream, object], name: str) -> Stream:
    """Return the stream that was meant. Raises NotFound."""
    if len(streams) != 1:
        raise _not_one(f"no authentic stream {name} at that instant", name, map(str, streams))
    return next(iter(streams))


def _not_one(none: str, name: str, found: Iterable[str]) -> NotFound:
    if any_of := ", ".join(found):
        return NotFound(f"{name} may be any of {any_of}: give the whole name")
    return NotFound(f"there is {none} on the log")


async def find_instant(history: History, when: str) -> datetime:
    """Read an ISO 8601 instant, or take that of an event's commit: just after the event.

    A time without a zone is WITA; a day is its end in WITA. Raises NotFound and Unavailable.
    """
    try:
        return end_of_day(date.fromisoformat(when)) - _TICK
    except ValueError:
        pass
    try:
        time = datetime.fromisoformat(when)
    except ValueError:
        _, envelope = await find_event(history, when)
        return envelope.time
    return time if time.tzinfo else time.replace(tzinfo=WITA)
