"""One reading of the log, from where the index ends: every record judged, every row folded."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import aclosing, closing

from pydantic import ValidationError

from apps.audit.acts import Acts
from apps.audit.causation import Causation
from apps.audit.coverage import IndexedStreams
from apps.audit.expected_state import ExpectedState
from apps.audit.index import Index, Table
from apps.audit.live import Live
from apps.audit.reading import Ends, Opened, checked, merged, opened
from apps.audit.signatures import Signatures
from apps.audit.trees import Notes, Trees
from shared.events.base import Event, UnknownVersion
from shared.events.delivery import EventsAcknowledged, RecordDiscarded
from shared.kernel import strict_json
from shared.kernel.ports import Log, LogRecord
from shared.kernel.topology import Topology
from shared.runtime.definition import Definition
from shared.signing.attestation import BadAct
from shared.signing.cloudevents import Claim, Envelope, Unauthentic, attribute, wrong_signature
from shared.signing.stream_chains import Problem, StreamChains, stream_name
from shared.signing.trust_store import TrustStore

Progress = Callable[[str, int, int], None]
Discarded = tuple[str, str, str, int]
_SAVE = 20_000


class StartOver(Exception):
    """A record that was folded turns out to be discarded: all from the beginning, knowing it."""


class LogPass:
    """Follows all topics together; `problems` is what does not hold so far.

    `discarded` are the records that a service has given up: service, source, subject, sequence.
    """

    def __init__(
        self,
        log: Log,
        trust: TrustStore,
        definitions: Mapping[str, Definition],
        index: Index,
        notes: Notes,
        discarded: set[Discarded],
        progress: Progress,
    ) -> None:
        self._log, self._trust, self._index, self._progress = log, trust, index, progress
        self._landscape = Topology.of([each.owner for each in definitions.values()])
        self._owners = self._landscape.owners
        self._names: dict[str, str] = {d.topic: d.name for d in definitions.values()}
        self._discarded = discarded
        self.streams = IndexedStreams(index)
        self.chains = {t: StreamChains(o, trust, self.streams) for t, o in self._owners.items()}
        self.expected = {name: ExpectedState(d, index) for name, d in definitions.items()}
        self.causes = Causation(
            definitions.values(), self.expected, self.streams, index, self._landscape.catalogue
        )
        self.acts = Acts(trust, index)
        self.trees = Trees(notes, self._owners, index)
        self._counted: Table[int] = index.table(
            "counts", lambda _, body: int(body), lambda count: str(count).encode()
        )
        self._met = {topic: self._counted.get(topic) or 0 for topic in self._owners}
        self.unchecked: list[str] = []
        self._problems: list[Problem] = []
        self._lives: Mapping[str, Live] = {}
        self._ends: Ends = {}
        self.starts: Ends = {}
        self._done: dict[str, int] = {}

    @property
    def problems(self) -> list[Problem]:
        chains = [p for each in self.chains.values() for p in each.problems]
        return [*self._problems, *chains, *self.causes.problems, *self.trees.problems]

    async def follow(self, settled: Ends, ends: Ends, lives: Mapping[str, Live]) -> None:
        """Read up to `settled`, compare the services' rows, and read on up to `ends`.

        Raises StartOver.
        """
        self._ends = ends
        self.starts = self.trees.starts(ends)
        self._done = {t: sum(p.values()) for t, p in self.starts.items()}
        left = sum(sum(p.values()) for p in ends.values()) - sum(self._done.values())
        with closing(Signatures(self._trust, left)) as signatures:
            await self._read(self.starts, settled, signatures)
            for service, live in lives.items():
                live.settled(self.expected[service])
            self._lives = lives
            await self._read(self.trees.starts(ends), ends, signatures)

    async def _read(self, starts: Ends, ends: Ends, signatures: Signatures) -> None:
        async with aclosing(checked(merged(self._log, starts, ends), signatures)) as batches:
            async for batch, signed in batches:
                for record in batch:
                    self._take(record, signed)
                self._told()

    def _told(self) -> None:
        self.streams.put()
        for topic, done in self._done.items():
            self._progress(topic, done, sum(self._ends[topic].values()))
        if self._index.waiting > _SAVE:
            self.save()

    def save(self) -> None:
        """Keep what was proven, unless something does not hold or waits for a missing record."""
        if not (self.problems or any(stream.early for stream in self.streams.values())):
            self.trees.put()
            for topic, count in self._met.items():
                self._counted.put(topic, count)
            self._index.save()

    # -- one record -----------------------------------------------------------------------------

    def _take(self, record: Opened, signed: Mapping[Claim, bool]) -> None:
        place = record.place
        self.trees.take(place)
        self._done[place.topic] += 1
        chains = self.chains[place.topic]
        try:
            if record.envelope is None or record.claim is None:
                raise record.error or Unauthentic("header", "it can't be read")
            owners = self._owners[place.topic]
            attribute(place, record.envelope, record.claim, owners, self._trust)
            if not signed[record.claim]:
                raise wrong_signature()
        except Unauthentic as error:
            chains.problem(place, error.code, str(error))
            return
        for found, envelope in chains.follow(place, record.envelope):
            self.streams.touch(stream_name(envelope))
            self._met[place.topic] += envelope.sequence == 1
            self._event(found, envelope)

    def _event(self, place: LogRecord, envelope: Envelope) -> None:
        owner = self._names[place.topic]
        if not envelope.type.startswith(f"sinergi.{owner}."):
            self._problem(place, "type", f"{envelope.id}: {envelope.type} is not of this topic")
            return
        event = self._decode(place, envelope)
        if event is None:
            self.causes.unknown.add(envelope.ref)
            return
        if envelope.sequence == envelope.first:
            self.causes.effect(owner, place, envelope)
        self.causes.caused(place, envelope, event)
        self._act(place, envelope, event)
        if isinstance(event, RecordDiscarded):
            self._discard(owner, event)
        self._fold(place.topic, envelope, event)
        if isinstance(event, EventsAcknowledged):
            self.causes.receipt(owner, event)
            self._receipt(place, envelope, event)

    def _decode(self, place: LogRecord, envelope: Envelope) -> Event | None:
        try:
            kind = self._landscape.catalogue.find(envelope.type)
        except UnknownVersion:
            kind = None
        if kind is None:
            unknown = f"{envelope.ref}: this program does not know {envelope.type}"
            self.unchecked.append(unknown)
            return None
        try:
            event = kind.of(envelope.data)
            # What this program would write in ASCII is strict; what another wrote may still be.
            if not envelope.data.isascii() or event.data() != envelope.data:
                strict_json.loads(envelope.data)
            return event.upcast()
        except ValidationError as error:
            first = error.errors()[0]
            why = f"{envelope.id}: {'.'.join(map(str, first['loc']))}: {first['msg']}"
            self._problem(place, "schema", why)
        except strict_json.NotStrict as error:
            self._problem(place, "json", f"{envelope.id}: {error}")
        return None

    def _act(self, place: LogRecord, envelope: Envelope, event: Event) -> None:
        try:
            self.acts.check(place, envelope, event, self.streams[stream_name(envelope)].before)
        except BadAct as error:
            self._problem(place, f"act-{error.code}", f"{envelope.id}: {error}")

    def _discard(self, service: str, event: RecordDiscarded) -> None:
        name = service, event.source, event.subject, event.sequence
        if name not in self._discarded:
            self._discarded.add(name)
            if self.streams[f"{event.source} {event.subject}"].sequence >= event.sequence:
                raise StartOver

    def _fold(self, topic: str, envelope: Envelope, event: Event) -> None:
        record = envelope.source, envelope.subject, envelope.sequence
        for service, expected in self.expected.items():
            if self._discarded and (service, *record) in self._discarded:
                continue
            live = self._lives.get(service)
            for row in expected.take(topic, envelope, event):
                if live is not None:
                    live.moved(row)

    def _receipt(self, place: LogRecord, envelope: Envelope, event: EventsAcknowledged) -> None:
        ends = self._ends.get(event.topic, {})
        for partition, offset in event.offsets.items():
            if offset > (end := ends.get(int(partition), 0)):
                why = (
                    f"{envelope.id}: {envelope.source} has acknowledged {offset} records of"
                    f" {event.topic}/{partition}, and there are {end}"
                )
                self._problem(place, "truncated", why)

    def counts(self) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
        """Return by topic the records and the streams there are, and those read in this pass."""
        fresh = {t: n - sum(self.starts[t].values()) for t, n in self._done.items()}
        return dict(self._done), dict(self._met), fresh

    # -- the end --------------------------------------------------------------------------------

    async def finish(self, more: Iterable[Problem]) -> list[str]:
        """Note what is missing, once all was read; return what is still to come, for a person.

        `more` are problems found elsewhere.
        """
        some = next(iter(self.chains.values()))
        gaps = list(some.gaps())
        self._problems += gaps
        await self._judge_far()
        waiting, unapplied = [], []
        for due in self.causes.finish():
            if self.causes.excused(due):
                continue
            if self.causes.acknowledged(due):
                unapplied.append(due)
            else:
                waiting.append(due)
        if unapplied and not (self.problems or list(more)):
            for due in await self.causes.never_right(self._log, unapplied):
                self.causes.unapplied(due)
        await self.trees.finish(self._log, self.starts, self._ends)
        return self.causes.waiting(waiting)

    async def _judge_far(self) -> None:
        """Check that repeats of events long past are the same as those."""
        wanted: dict[tuple[str, int], list[tuple[LogRecord, Envelope]]] = {}
        partitions = set()
        for chains in self.chains.values():
            for place, envelope in chains.far:
                wanted.setdefault((stream_name(envelope), envelope.sequence), []).append(
                    (place, envelope)
                )
                partitions.add((place.topic, place.partition))
        for topic, partition in partitions:
            end = self._ends[topic][partition]
            async for batch in self._log.read(topic, partition, 0, end):
                for first in filter(None, (opened(place).envelope for place in batch)):
                    for place, envelope in wanted.pop((stream_name(first), first.sequence), ()):
                        if envelope.hash != first.hash:
                            why = f"another {envelope.id} than before"
                            self._problem(place, "fork", why)

    def _problem(self, place: LogRecord, code: str, why: str) -> None:
        self._problems.append(Problem(place.topic, place.partition, place.offset, code, why))
