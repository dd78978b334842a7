"""A log in memory, told event by event: what the tests of the past read."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta

from apps.audit.history import History
from shared.events.base import Event
from shared.kernel.ports import LogRecord, Record
from shared.signing.cloudevents import GENESIS, Draft, Envelope, freeze, read, sign_group
from tests.toy import World

START = datetime(2026, 8, 17, 2, tzinfo=UTC)


class Told:
    """The two counting services' log. It reads as a Log does."""

    def __init__(self) -> None:
        self.world = World()
        self.records: dict[str, list[Record]] = {topic: [] for topic in self.world.topics}
        self._lasts: dict[tuple[str, str], Envelope] = {}

    def tell(
        self,
        service: str,
        subject: str,
        *events: Event,
        at: float,
        cause: Envelope | None = None,
        actor: str = "somebody",
        commit: tuple[int, int] | None = None,
    ) -> Envelope:
        """A commit, so many seconds after START; its last event. `commit` is what it claims to be
        of, where that is not what it is."""
        definition = next(d for d in self.world.definitions if d.name == service)
        last = self._lasts.get((service, subject))
        first, prevhash = (last.sequence + 1, last.hash) if last else (1, GENESIS)
        start, count = commit or (first, len(events))
        request = f"{service}-{subject.replace('/', '-')}-{start}"
        records, hashes = [], []
        for sequence, event in enumerate(events, first):
            draft = Draft(
                source=definition.source,
                type=self.world.topology.catalogue.type_of(service, type(event)),
                subject=subject,
                time=START + timedelta(seconds=at),
                sequence=sequence,
                first=start,
                count=count,
                cause=f"cause/{request}",
                fingerprint="",
                correlation=cause.correlation if cause else request,
                causation=cause.ref if cause else f"request/{request}",
                actor="system" if cause else actor,
                prevhash=prevhash,
                data=event.data(),
            )
            record, prevhash = freeze(draft, self.world.signers[service].keyid)
            records.append(record)
            hashes.append(prevhash)
        self.records[definition.topic] += sign_group(self.world.signers[service], records, hashes)
        envelope = read(records[-1])
        self._lasts[service, subject] = envelope
        return envelope

    @property
    def history(self) -> History:
        return History(self, self.world.definitions, self.world.trust)  # type: ignore[arg-type]

    async def ends(self, topic: str) -> dict[int, int]:
        return {0: len(self.records[topic])}

    async def read(
        self, topic: str, partition: int, start: int, end: int
    ) -> AsyncGenerator[list[LogRecord], None]:
        records = enumerate(self.records[topic][start:end], start)
        yield [LogRecord(topic, partition, offset, record) for offset, record in records]
