"""A stream's changes between two instants, field by field, and the events that made them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, TypedDict

from apps.audit.as_of import Cut, Folding, Standing
from apps.audit.history import History, stream_of
from apps.audit.lookup import is_named, only_one
from shared.kernel.ports import LogRecord
from shared.signing.cloudevents import Envelope, format_time


class Change(NamedTuple):
    """A field by its dotted path, with its values as JSON; () where there was no such field."""

    path: str
    before: object
    after: object

    def shown(self) -> dict[str, object]:
        """Return what is written as JSON; a value that there was not is left out."""
        return {name: value for name, value in self._asdict().items() if value != ()}


class ShownDifference(TypedDict):
    """A difference as it is written as JSON."""

    before: dict[str, object] | None
    after: dict[str, object]
    changes: list[dict[str, object]]
    events: list[dict[str, object]]


@dataclass(frozen=True, slots=True)
class Difference:
    """The difference of two instants of a stream; `before` None: it had not begun."""

    before: Standing | None
    after: Standing
    changes: list[Change]
    events: list[tuple[LogRecord, Envelope]]
    violations: list[str]

    def shown(self) -> ShownDifference:
        """Return what is written as JSON."""
        return {
            "before": self.before.shown() if self.before else None,
            "after": self.after.shown(),
            "changes": [change.shown() for change in self.changes],
            "events": [
                {
                    "ref": envelope.ref,
                    "type": envelope.type,
                    "time": format_time(envelope.time),
                    "causation": envelope.causation,
                    "actor": envelope.actor,
                    "topic": place.topic,
                    "partition": place.partition,
                    "offset": place.offset,
                }
                for place, envelope in self.events
            ],
        }


async def difference(
    history: History,
    since: datetime,
    until: datetime,
    name: str,
    service: str | None = None,
) -> Difference:
    """Of the stream of this name. Raises NotFound and Unavailable."""
    cut, folding, events = Cut(until), Folding(history), []
    before = {}
    async for place, envelope in history.read():
        if (
            cut.take(envelope)
            and service in (None, history.definitions[place.topic].name)
            and is_named(envelope, name)
        ):
            folding.take(place, envelope)
            if envelope.time <= since:
                before[stream_of(envelope)] = folding.streams[stream_of(envelope)]
            else:
                events.append((place, envelope))
    stream = only_one(folding.streams, name)
    earlier, later = before.get(stream), folding.streams[stream]
    changes = list(_changes(_fields(earlier), _fields(later)))
    return Difference(earlier, later, changes, events, cut.violations())


def _fields(standing: Standing | None) -> dict[str, object]:
    if standing is None or standing.state is None:
        return {}
    return dict(flat(standing.state.model_dump(mode="json")))


def flat(value: object, path: str = "") -> Iterator[tuple[str, object]]:
    """Yield JSON's innermost values by their dotted paths; an empty list or object is a value."""
    if value and isinstance(value, dict):
        inner: Iterable[tuple[object, object]] = value.items()
    elif value and isinstance(value, list):
        inner = enumerate(value)
    else:
        yield path, value
        return
    for name, below in inner:
        yield from flat(below, f"{path}.{name}" if path else str(name))


def _changes(before: dict[str, object], after: dict[str, object]) -> Iterator[Change]:
    for path in dict.fromkeys((*before, *after)):
        was, is_ = before.get(path, ()), after.get(path, ())
        if was != is_:
            yield Change(path, was, is_)
