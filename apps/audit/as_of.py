"""States as they were at an instant, over all services: an effect never without its cause."""

from dataclasses import dataclass
from datetime import datetime

from apps.audit.history import History, Stream, causing_event, may_be_early, stream_of
from apps.audit.lookup import is_named
from shared.eventsourcing.decider import State
from shared.kernel.ports import LogRecord
from shared.signing.cloudevents import Envelope, format_time


class Cut:
    """The events recorded at or before an instant, taken one by one.

    Since recorded times grow along every stream and from cause to effect, such a cut holds with
    each event all that led to it, whatever the clocks said. That is not believed but checked.
    """

    def __init__(self, until: datetime) -> None:
        self.until = until
        self._reached: dict[Stream, Envelope] = {}
        # Only the causes that have not been met yet, each with one effect.
        self._awaited: dict[tuple[Stream, int], str] = {}
        self._violations: list[str] = []

    def take(self, envelope: Envelope) -> bool:
        """Take the next event of a stream; return whether it is in the cut."""
        if envelope.time > self.until:
            return False
        stream = stream_of(envelope)
        before = self._reached.get(stream)
        if envelope.sequence != (before.sequence if before else 0) + 1:
            self._violations.append(f"{envelope.ref} is older than the events before it")
        self._reached[stream] = envelope
        self._awaited.pop((stream, envelope.sequence), None)
        cause = causing_event(envelope)
        if cause and not self._holds(*cause) and not may_be_early(envelope):
            self._awaited.setdefault(cause, envelope.ref)
        return True

    def _holds(self, stream: Stream, sequence: int) -> bool:
        last = self._reached.get(stream)
        return last is not None and last.sequence >= sequence

    def violations(self) -> list[str]:
        """Return what contradicts the cut's consistency, once all events have been taken."""
        return [
            *self._violations,
            *(
                f"{effect} is there without its cause {stream}/{sequence}"
                for (stream, sequence), effect in self._awaited.items()
            ),
            *(
                f"{last.ref} is the last of a commit that goes on later"
                for last in self._reached.values()
                if last.sequence != last.first + last.count - 1
            ),
        ]


@dataclass(frozen=True, slots=True)
class Standing:
    """A stream's state, and the last event that is in it. `state` None: its fold is not known."""

    service: str
    envelope: Envelope
    state: State | None

    def shown(self) -> dict[str, object]:
        """Return what is written as JSON."""
        return {
            "service": self.service,
            "source": self.envelope.source,
            "stream": self.envelope.subject,
            "sequence": self.envelope.sequence,
            "time": format_time(self.envelope.time),
            "hash": self.envelope.hash,
            "state": self.state.model_dump(mode="json") if self.state else None,
        }


class Folding:
    """Streams' states, folded event by event."""

    def __init__(self, history: History) -> None:
        self._history = history
        self.streams: dict[Stream, Standing] = {}

    def take(self, place: LogRecord, envelope: Envelope) -> None:
        stream = stream_of(envelope)
        decider = self._history.decider(place, envelope)
        before = self.streams.get(stream)
        state = before.state if before else decider.initial if decider else None
        event = self._history.event(place, envelope)
        if decider and event:
            state = decider.fold(state, event)
        service = self._history.definitions[place.topic].name
        self.streams[stream] = Standing(service, envelope, state)


@dataclass(frozen=True, slots=True)
class Moment:
    """The states at an instant, and what does not hold on the log that they come from."""

    states: dict[Stream, Standing]
    violations: list[str]


async def as_of(
    history: History, until: datetime, name: str | None = None, service: str | None = None
) -> Moment:
    """Fold all states at the instant, or only those of streams of this name or service.

    Raises Unavailable.
    """
    cut, folding = Cut(until), Folding(history)
    async for place, envelope in history.read():
        if (
            cut.take(envelope)
            and service in (None, history.definitions[place.topic].name)
            and (name is None or is_named(envelope, name))
        ):
            folding.take(place, envelope)
    return Moment(folding.streams, cut.violations())
