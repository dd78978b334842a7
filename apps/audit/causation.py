"""Check that every reaction has its cause, and that every event had its reactions."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

import orjson

from apps.audit.expected_state import ExpectedState
from apps.audit.index import Index, Table
from shared.events.base import Catalogue, Event
from shared.events.delivery import EventsAcknowledged
from shared.eventsourcing.decider import AnyDecider, Context, Input, State
from shared.eventsourcing.idempotency import event_key
from shared.eventsourcing.policies import AnyPolicy
from shared.eventsourcing.refusal import NotYet, Refused
from shared.kernel.clock import instant, micros
from shared.kernel.ports import Log, LogRecord
from shared.messaging.dead_letter_record import Parked, parked_stream
from shared.messaging.delivery_receipts import Receipts
from shared.runtime.definition import Definition
from shared.signing.cloudevents import Envelope, format_time, read
from shared.signing.stream_chains import Problem, Streams

_PREFIX = "event/"


class Due(NamedTuple):
    """A reaction that an event calls for, until the commit that it led to has been met."""

    service: str
    reaction: str
    topic: str
    partition: int
    offset: int
    source: str
    subject: str
    sequence: int
    time: datetime
    target: str

    @property
    def ref(self) -> str:
        return f"{self.source}/{self.subject}/{self.sequence}"


class Causation:
    """Follows causes through all topics, read in the order of their recorded times.

    `unknown` are events of which it can't be said what they lead to.
    """

    def __init__(
        self,
        definitions: Iterable[Definition],
        expected: Mapping[str, ExpectedState],
        streams: Streams,
        index: Index,
        catalogue: Catalogue,
    ) -> None:
        self._catalogue = catalogue
        self._expected, self._streams = expected, streams
        self._reactions: dict[tuple[str, type[Event]], list[tuple[str, AnyPolicy]]] = {}
        self._names: dict[str, set[str]] = {}
        self._sources = {d.name: d.source for d in definitions}
        self._topics = {d.name: d.topic for d in definitions}
        for definition in definitions:
            self._names[definition.name] = {r.name for r in definition.policies}
            for reaction in definition.policies:
                for event in reaction.on:
                    found = self._reactions.setdefault((reaction.topic, event), [])
                    found.append((definition.name, reaction))
        self._due: Table[Due] = index.table("due", _load_due, _dump_due)
        self._met: Table[bytes] = index.table("met", lambda _, body: body, bytes)
        self._commands: dict[str, Input] = {}
        self._early: dict[str, tuple[LogRecord, Envelope]] = {}
        self._judged: dict[tuple[str, str], Mapping[str, int]] = {}
        self.unknown: set[str] = set()
        self.problems: list[Problem] = []

    # -- events and their effects ---------------------------------------------------------------

    def caused(self, place: LogRecord, envelope: Envelope, event: Event) -> None:
        """Note the effects that an event calls for."""
        for service, reaction in self._reactions.get((place.topic, type(event)), ()):
            for dispatch in reaction.react(envelope, event):
                target, command = str(dispatch.stream), dispatch.command
                key = f"{service} {event_key(envelope, reaction.name, target)}"
                if self._early.pop(key, None) is None:
                    due = Due(
                        service,
                        reaction.name,
                        place.topic,
                        place.partition,
                        place.offset,
                        envelope.source,
                        envelope.subject,
                        envelope.sequence,
                        envelope.time,
                        target,
                    )
                    self._due.put(key, due)
                    self._commands[key] = command

    def effect(self, service: str, place: LogRecord, envelope: Envelope) -> None:
        """Take up the first event of a commit that an event led to."""
        if not envelope.cause.startswith(_PREFIX):
            return
        key = f"{service} {envelope.cause}"
        self._commands.pop(key, None)
        if not self._due.remove(key):
            if self._met.get(key) is not None:
                self._problem(place, "cause", f"{envelope.id}: {envelope.cause} took effect before")
                return
            self._early[key] = (place, envelope)
        self._met.put(key, b"")

    def receipt(self, service: str, event: EventsAcknowledged) -> None:
        """Forget the effects that were acknowledged one receipt ago and rightly did nothing."""
        before = self._judged.get((service, event.topic))
        self._judged[service, event.topic] = event.offsets
        if before is None:
            return
        for key, _, due in [*self._due.scan(f"{service} ")]:
            reached = due.topic == event.topic and due.offset < before.get(str(due.partition), 0)
            if reached and self._rightly_nothing(key, due):
                self._due.remove(key)
                self._commands.pop(key, None)

    # -- the end --------------------------------------------------------------------------------

    def finish(self) -> Iterator[Due]:
        """Yield the effects that are still due: each may rightly have done nothing at the time."""
        for key, (place, envelope) in self._early.items():
            reaction = envelope.cause.removeprefix(_PREFIX).removeprefix(envelope.causation)
            name = reaction.strip("/").partition(">")[0]
            if not self._happened(envelope.causation):
                why = f"{envelope.id}: its cause {envelope.causation} is not on the log"
                self._problem(place, "cause", why)
            elif (
                name in self._names[key.partition(" ")[0]]
                and envelope.causation not in self.unknown
            ):
                why = f"{envelope.id}: {envelope.causation} does not lead to it"
                self._problem(place, "cause", why)
        for _, _, due in self._due.scan():
            yield due

    def _happened(self, ref: str) -> bool:
        stream, _, sequence = ref.rpartition("/")
        source, _, subject = stream.partition("/")
        return sequence.isdigit() and int(sequence) <= self._streams[f"{source} {subject}"].sequence

    def acknowledged(self, due: Due) -> bool:
        """Return whether the service has said that it has applied the event."""
        return due.offset < self._consuming(due).acknowledged.get(str(due.partition), 0)

    def excused(self, due: Due) -> bool:
        """Return whether the service need not have reacted: the event is older than the reaction,
        or its record was parked."""
        offsets = self._consuming(due).activations.get(due.reaction)
        if offsets is None or due.offset < offsets.get(str(due.partition), 0):
            return True
        head = self._expected[due.service].head(str(parked_stream(due.source, due.subject)))
        if head is None:
            return False
        state = head.state
        assert isinstance(state, Parked)  # noqa: S101 - the stream's kind says so
        waits = any(sequence <= due.sequence for sequence in state.waiting)
        return waits or due.sequence in state.discarded

    async def never_right(self, log: Log, dues: Iterable[Due]) -> list[Due]:
        """Return those for which no state that the target has ever had makes nothing right."""
        wrong: list[Due] = []
        services: dict[str, dict[str, list[tuple[Due, Input]]]] = {}
        for due in dues:
            targets = services.setdefault(due.service, {})
            targets.setdefault(due.target, []).append((due, await self._command(log, due)))
        for service, targets in services.items():
            wrong += await self._never(log, service, targets)
        return wrong

    async def _never(
        self, log: Log, service: str, targets: Mapping[str, list[tuple[Due, Input]]]
    ) -> list[Due]:
        expected, states = self._expected[service], dict[str, State]()
        open_: dict[str, list[tuple[Due, Input]]] = {}

        def judge(target: str, some: list[tuple[Due, Input]], state: State) -> None:
            decider = expected.decider(target)
            assert decider is not None  # noqa: S101 - reactions are for the service's own streams
            states[target] = state
            open_[target] = [
                (due, command)
                for due, command in some
                if not nothing_to_do(decider, state, command, due.time)
            ]

        for target, some in targets.items():
            decider = expected.decider(target)
            assert decider is not None  # noqa: S101 - as above
            judge(target, some, decider.initial)
        topic = self._topics[service]
        for partition, end in (await log.ends(topic)).items():
            async for batch in log.read(topic, partition, 0, end):
                for place in batch:
                    target = (place.record.key or b"").decode("ascii", "replace")
                    if open_.get(target) and (decider := expected.decider(target)):
                        state = decider.fold(states[target], self._event_of(read(place.record)))
                        judge(target, open_[target], state)
        return [due for some in open_.values() for due, _ in some]

    async def _command(self, log: Log, due: Due) -> Input:
        key = f"{due.service} event/{due.ref}/{due.reaction}>{due.target}"
        if (known := self._commands.get(key)) is not None:
            return known
        batches = log.read(due.topic, due.partition, due.offset, due.offset + 1)
        (place,) = [place async for batch in batches for place in batch]
        envelope = read(place.record)
        event = self._event_of(envelope)
        for _, reaction in self._reactions[due.topic, type(event)]:
            if reaction.name == due.reaction:
                for dispatch in reaction.react(envelope, event):
                    if str(dispatch.stream) == due.target:
                        command: Input = dispatch.command
                        return command
        raise AssertionError(f"{due.ref} called for {due.reaction} when it was read first")

    def _event_of(self, envelope: Envelope) -> Event:
        kind = self._catalogue.find(envelope.type)
        assert kind is not None  # noqa: S101 - it was decoded before
        return kind.of(envelope.data).upcast()

    def unapplied(self, due: Due) -> None:
        self.problems.append(
            Problem(
                due.topic,
                due.partition,
                due.offset,
                "unapplied",
                f"{due.ref}: published by {due.source}, acknowledged by"
                f" {self._sources[due.service]}, never applied: {due.reaction} on {due.target}",
            )
        )

    def waiting(self, dues: Iterable[Due]) -> list[str]:
        """Return a line for each service and publisher of what the service has not acknowledged."""
        lines = []
        groups: dict[tuple[str, str], list[Due]] = {}
        for due in dues:
            groups.setdefault((due.source, self._sources[due.service]), []).append(due)
        for (publisher, service), some in sorted(groups.items()):
            oldest = min(some, key=lambda due: due.time)
            line = (
                f"{oldest.ref}: published by {publisher}, not yet acknowledged by {service} since"
                f" {format_time(oldest.time)} ({oldest.reaction})"
            )
            more = f", nor are {len(some) - 1} later ones" if len(some) > 1 else ""
            lines.append(line + more)
        return lines

    def _consuming(self, due: Due) -> Receipts:
        head = self._expected[due.service].head(f"consumer/{due.topic}")
        state = head.state if head else Receipts()
        assert isinstance(state, Receipts)  # noqa: S101 - the stream's kind says so
        return state

    def _rightly_nothing(self, key: str, due: Due) -> bool:
        offsets = self._consuming(due).activations.get(due.reaction, {})
        if due.offset < offsets.get(str(due.partition), 0):
            return True
        expected, command = self._expected[due.service], self._commands.get(key)
        head, decider = expected.head(due.target), expected.decider(due.target)
        if command is None or decider is None:
            return False
        return nothing_to_do(decider, head.state if head else decider.initial, command, due.time)

    def _problem(self, place: LogRecord, code: str, why: str) -> None:
        self.problems.append(Problem(place.topic, place.partition, place.offset, code, why))


def nothing_to_do(decider: AnyDecider, state: State, command: Input, time: datetime) -> bool:
    """Return whether the command has no effect on a stream in this state."""
    try:
        return not decider.decide(state, command, Context(time))
    except (Refused, NotYet):
        return False


def _dump_due(due: Due) -> bytes:
    return orjson.dumps((*due[:8], micros(due.time), *due[9:]))


def _load_due(_: str, body: bytes) -> Due:
    service, reaction, topic, partition, offset, source, subject, sequence, time, target = (
        orjson.loads(body)
    )
    return Due(
        service,
        reaction,
        topic,
        partition,
        offset,
        source,
        subject,
        sequence,
        instant(time),
        target,
    )
