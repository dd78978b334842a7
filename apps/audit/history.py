"""The log as an auditor may use it: authentic events, each once, in order per stream."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import NamedTuple

from pydantic import ValidationError

from apps.composition.system import SERVICES, reading_log, trust_file
from shared.events.base import Event, UnknownVersion
from shared.eventsourcing.decider import AnyDecider
from shared.kernel.ports import Log, LogRecord
from shared.kernel.settings import Settings
from shared.kernel.topology import Topology
from shared.messaging.dead_letter_record import PARKED
from shared.messaging.delivery_receipts import RECEIPTS
from shared.runtime.definition import Definition
from shared.signing.cloudevents import Envelope
from shared.signing.key_history import KeyHistory
from shared.signing.stream_chains import Problem, StreamChains
from shared.signing.trust_store import TrustStore, read_roots


class Stream(NamedTuple):
    """A stream's identity everywhere; `str` is how people and the log write it."""

    source: str
    subject: str

    def __str__(self) -> str:
        return f"{self.source}/{self.subject}"


def stream_of(envelope: Envelope) -> Stream:
    return Stream(envelope.source, envelope.subject)


def causing_event(envelope: Envelope) -> tuple[Stream, int] | None:
    """Return the event that led to this one; None when a request, a timer or a start did."""
    # Agencies are URNs; no other cause is named by one.
    if not envelope.causation.startswith("urn:"):
        return None
    stream, _, sequence = envelope.causation.rpartition("/")
    source, _, subject = stream.partition("/")
    return Stream(source, subject), int(sequence)


def may_be_early(envelope: Envelope) -> bool:
    """Return whether the event may be recorded before its cause.

    A record from the future is parked, which is recorded before its own time comes."""
    return envelope.subject.startswith("parked/")


class History:
    """The log up to where it ended when it was first read; every later reading ends there, too.

    `problems` is what the readings found not to hold, complete once one is over.
    """

    def __init__(self, log: Log, definitions: Iterable[Definition], trust: TrustStore) -> None:
        self._log, self._trust = log, trust
        self.definitions: dict[str, Definition] = {d.topic: d for d in definitions}
        self._landscape = Topology.of([each.owner for each in self.definitions.values()])
        self._deciders = {
            (topic, decider.kind): decider
            for topic, definition in self.definitions.items()
            for decider in (*definition.deciders, RECEIPTS, PARKED)
        }
        self._ends: dict[str, dict[int, int]] = {}
        self._problems: dict[Problem, None] = {}

    @property
    def problems(self) -> list[Problem]:
        return list(self._problems)

    async def read(self, topic: str | None = None) -> AsyncIterator[tuple[LogRecord, Envelope]]:
        """Yield authentic events topic by topic, or of only one. Raises Unavailable."""
        for name, owners in self._landscape.owners.items():
            if topic not in (None, name):
                continue
            if name not in self._ends:
                self._ends[name] = await self._log.ends(name)
            chains = StreamChains(owners, self._trust)
            for partition, end in self._ends[name].items():
                async for batch in self._log.read(name, partition, 0, end):
                    for place in batch:
                        for found in chains.take(place):
                            yield found
            self._problems |= dict.fromkeys((*chains.problems, *chains.gaps()))

    def decider(self, place: LogRecord, envelope: Envelope) -> AnyDecider | None:
        """Return the decider of the event's stream; None for a kind that is unknown here."""
        return self._deciders.get((place.topic, envelope.subject.partition("/")[0]))

    def event(self, place: LogRecord, envelope: Envelope) -> Event | None:
        """Return the event in its newest version; None, and a problem, when that fails."""
        try:
            kind = self._landscape.catalogue.find(envelope.type)
        except UnknownVersion:
            kind = None
        if kind is None:
            self._problem(place, "type", f"this program does not know {envelope.type}")
            return None
        try:
            return kind.of(envelope.data).upcast()
        except ValidationError as error:
            first = error.errors()[0]
            why = f"{envelope.id}: {'.'.join(map(str, first['loc']))}: {first['msg']}"
            self._problem(place, "schema", why)
            return None

    def _problem(self, place: LogRecord, code: str, why: str) -> None:
        self._problems[Problem(place.topic, place.partition, place.offset, code, why)] = None


@asynccontextmanager
async def history_of(settings: Settings) -> AsyncIterator[History]:
    """Open the history on the log that the settings name, believed by their trust list.

    Raises BadKey and Unavailable.
    """
    keys = KeyHistory(read_roots(trust_file(settings)))
    async with reading_log(settings) as log:
        await keys.refresh(log)
        yield History(log, SERVICES.values(), keys.trust)
