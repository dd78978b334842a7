"""An event's causes and all its effects, over all agencies."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypedDict

from apps.audit.history import History, Stream, causing_event, may_be_early, stream_of
from apps.audit.lookup import find_event
from shared.kernel.ports import LogRecord
from shared.signing.cloudevents import Envelope, format_time


@dataclass(slots=True, eq=False)
class Step:
    """A commit: the events that one cause produced on one stream.

    `effects` are the commits that each of them led to, by sequence, in order of time.
    """

    service: str
    events: list[tuple[LogRecord, Envelope]]
    effects: "dict[int, list[Step]]" = field(default_factory=dict)

    @property
    def first(self) -> Envelope:
        return self.events[0][1]

    def delay(self, cause: "Step | None") -> timedelta | None:
        """Return how long after its cause it was recorded; None for what no event led to."""
        return self.first.time - cause.first.time if cause else None


class ShownTrace(TypedDict):
    """A trace as it is written as JSON."""

    event: str
    origin: str
    correlation: str
    events: list[dict[str, object]]


@dataclass(frozen=True, slots=True)
class Trace:
    """The commits from the request or timer down to an event's, and all that followed from it.

    What else an earlier commit led to is left out. `event` is the ref that was asked for;
    `services` are the titles of all services, whether they have a part in it or not;
    `violations` are the events of the story whose cause is not before them.
    """

    event: str
    root: Step
    services: Mapping[str, str]
    violations: list[str]

    @property
    def origin(self) -> str:
        """The request or timer: `request/<id>`, `timer/<stream>/<instant>`."""
        return self.root.first.causation

    @property
    def events(self) -> list[Envelope]:
        return [envelope for step, _, _ in self.steps() for _, envelope in step.events]

    def steps(self) -> list[tuple[Step, Step | None, int]]:
        """Return each commit with the one that led to it and its depth; a cause before effects."""
        return list(_walk(self.root, None, 0))

    def shown(self) -> ShownTrace:
        """Return what is written as JSON: all events, a cause before its effects."""
        return {
            "event": self.event,
            "origin": self.origin,
            "correlation": self.root.first.correlation,
            "events": [
                {
                    "ref": envelope.ref,
                    "service": step.service,
                    "type": envelope.type,
                    "time": format_time(envelope.time),
                    "delay_seconds": delay.total_seconds() if delay is not None else None,
                    "depth": depth,
                    "causation": envelope.causation,
                    "actor": envelope.actor,
                    "commit": f"{envelope.first}:{envelope.count}",
                    "topic": place.topic,
                    "partition": place.partition,
                    "offset": place.offset,
                }
                for step, cause, depth in self.steps()
                for delay in [step.delay(cause)]
                for place, envelope in step.events
            ],
        }


def _walk(step: Step, cause: Step | None, depth: int) -> Iterator[tuple[Step, Step | None, int]]:
    yield step, cause, depth
    for effects in step.effects.values():
        for effect in effects:
            yield from _walk(effect, step, depth + 1)


def event_name(envelope: Envelope) -> str:
    """Return `ApplicantRegistered` of `sinergi.registration.ApplicantRegistered.v1`."""
    return envelope.type.split(".")[-2]


def in_words(delay: timedelta | None) -> str:
    """Write it as short as people want: `+12 ms`, `+3.4 s`, `+2 days, 1:02:03`; empty for None."""
    if delay is None:
        return ""
    if delay < timedelta(seconds=1):
        return f"+{delay.total_seconds() * 1000:.0f} ms"
    if delay < timedelta(minutes=1):
        return f"+{delay.total_seconds():.1f} s"
    return f"+{timedelta(seconds=round(delay.total_seconds()))}"


async def trace(history: History, name: str) -> Trace:
    """Trace an event, by its name or place, or a stream's last one.

    Reads the log twice and keeps only what belongs to the story. Raises NotFound and Unavailable.
    """
    _, wanted = await find_event(history, name)
    commits: dict[tuple[Stream, int], Step] = {}
    # What follows from an event keeps its correlation, through all agencies.
    async for place, envelope in history.read():
        if envelope.correlation == wanted.correlation:
            service = history.definitions[place.topic].name
            commit = stream_of(envelope), envelope.first
            commits.setdefault(commit, Step(service, [])).events.append((place, envelope))
    steps = sorted(commits.values(), key=lambda step: step.first.time)
    root, violations = _story(wanted, steps)
    titles = {d.name: d.title for d in history.definitions.values()}
    return Trace(wanted.ref, root, titles, violations)


def _story(wanted: Envelope, steps: Sequence[Step]) -> tuple[Step, list[str]]:
    by_event: dict[tuple[Stream, int], Step] = {}
    causes: dict[Step, tuple[Step, int]] = {}
    violations = []
    # In order of time, so that no event can be among its own effects.
    for step in steps:
        if found := causing_event(step.first):
            if cause := by_event.get(found):
                cause.effects.setdefault(found[1], []).append(step)
                causes[step] = cause, found[1]
            elif not may_be_early(step.first):
                violations.append(
                    f"{step.first.ref} has no cause before it: {step.first.causation}"
                )
        by_event |= {(stream_of(e), e.sequence): step for _, e in step.events}
    root = by_event[stream_of(wanted), wanted.sequence]
    while above := causes.get(root):
        cause, sequence = above
        cause.effects = {sequence: [root]}
        root = cause
    return root, violations
