"""Dead letters: how a record is parked, what is known of it, and what an operator may do."""

from typing import TypedDict

import orjson

from shared.events.delivery import RecordParked
from shared.eventsourcing.command_handler import CommandHandler
from shared.eventsourcing.idempotency import Cause
from shared.eventsourcing.policies import AnyDispatch, Dispatch
from shared.eventsourcing.states import STATES
from shared.kernel import metrics
from shared.kernel.logs import log
from shared.kernel.ports import LogRecord, Row, Store, scan_all
from shared.messaging.dead_letter_record import Discard, Park, Parked, Redrive, parked_stream
from shared.messaging.delivery import Delivery, Stopped
from shared.signing.cloudevents import format_time
from shared.signing.record_codec import pack_records, unpack_records

PARKED = "parked"


class Letter(TypedDict):
    """A dead letter as its row keeps it: where the record stands, and why it waits.

    `parked_at` is when it first could not be applied. `waits_for` is the own stream whose next
    commit a deferred one waits for, `waits_at` the sequence at which that stream stood. `record` is
    the packed record in hex.
    """

    source: str
    subject: str
    sequence: int
    type: str
    topic: str
    partition: int
    offset: int
    reason: str
    detail: str
    parked_at: str
    waits_for: str | None
    waits_at: int
    record: str


class ListedLetter(Letter):
    """A dead letter with its row's key."""

    key: str


def letters_of(topic: str, partition: int, stream: str = "") -> str:
    """Return how the keys of a partition's dead letters begin, or of one stream in it."""
    return f"{topic}/{partition} {stream} " if stream else f"{topic}/{partition} "


def stream_of(key: str) -> str:
    """Return the stream of a dead letter's key: its source and subject."""
    return key.partition(" ")[2].rpartition(" ")[0]


def letter_of(row: Row) -> Letter:
    """Return the dead letter that a row keeps."""
    letter: Letter = orjson.loads(row.body or b"{}")
    return letter


def place_of(letter: Letter) -> LogRecord:
    """Return the record of a dead letter, as it stands on the log."""
    (record,) = unpack_records(bytes.fromhex(letter["record"]))
    return LogRecord(letter["topic"], letter["partition"], letter["offset"], record)


class DeadLetters:
    """The parked records of one service, over all topics.

    A stream with a parked record is held: its later records are parked behind it. Park, redrive
    and discard are events on the service's own topic, so that a rebuilt store holds and skips the
    same records.
    """

    def __init__(self, service: str, store: Store, command_handler: CommandHandler) -> None:
        self._service, self._store, self._command_handler = service, store, command_handler
        self._states: dict[str, Parked] = {}

    async def load(self) -> None:
        """Read what was ever said of parked records."""
        async for row in scan_all(self._store, STATES, "parked/"):
            source, _, subject = row.key.removeprefix("parked/").partition("/")
            await self.read(f"{source} {subject}")

    async def read(self, stream: str) -> int:
        """Read what has been said of a stream's records; return how often anything was."""
        source, _, subject = stream.partition(" ")
        self._states[stream], times = await self._command_handler.state(
            parked_stream(source, subject)
        )
        return times

    # -- asked by the subscriber ----------------------------------------------------------------

    def discarded(self, stream: str, sequence: int) -> bool:
        state = self._states.get(stream)
        return state is not None and sequence in state.discarded

    def redriven(self, stream: str, sequence: int) -> bool:
        """Return whether an operator has asked to try the record again."""
        state = self._states.get(stream)
        waiting = state.waiting.get(sequence) if state else None
        return waiting is not None and waiting.redriven

    def known(self, stream: str, sequence: int) -> RecordParked | None:
        """Return the record as it was parked, when it has neither been redriven nor discarded."""
        state = self._states.get(stream)
        waiting = state.waiting.get(sequence) if state else None
        return waiting.record if waiting and not waiting.redriven else None

    async def park(self, delivery: Delivery, why: Stopped, earlier: Row | None = None) -> Row:
        """Return the row that holds the record; the event that says so is durable on return.

        `earlier` is its row, when it was parked before.
        """
        metrics.parked.labels(self._service, delivery.place.topic, why.reason).inc()
        log.warning(
            "%s: parked %s (%s): %s",
            self._service, delivery.envelope.ref, why.reason, why.detail,
        )  # fmt: skip
        # A gap says nothing of this record: the missing one will arrive, or is named by itself.
        if why.reason != "gap":
            await self._say_parked(delivery, why)
        at = await self._sequence(why.waits_for) if why.waits_for else 0
        return self.row(delivery, why, at, earlier)

    def row(self, delivery: Delivery, why: Stopped, at: int = 0, earlier: Row | None = None) -> Row:
        """Return the row that holds a record, without saying so."""
        envelope, place = delivery.envelope, delivery.place
        now = format_time(self._command_handler.now())
        body: Letter = {
            "source": envelope.source,
            "subject": envelope.subject,
            "sequence": envelope.sequence,
            "type": envelope.type,
            "topic": place.topic,
            "partition": place.partition,
            "offset": place.offset,
            "reason": why.reason,
            "detail": why.detail,
            "parked_at": letter_of(earlier)["parked_at"] if earlier else now,
            "waits_for": why.waits_for,
            "waits_at": at,
            "record": pack_records([place.record]).hex(),
        }
        prefix = letters_of(place.topic, place.partition, delivery.stream)
        sequence = earlier.sequence + 1 if earlier else 1
        return Row(PARKED, f"{prefix}{envelope.sequence:016d}", sequence, orjson.dumps(body))

    async def _sequence(self, stream: str) -> int:
        """Return at which sequence an own stream stands."""
        return (await self._command_handler.state(self._command_handler.ref(stream)))[1]

    async def _say_parked(self, delivery: Delivery, why: Stopped) -> None:
        envelope, place = delivery.envelope, delivery.place
        # After a redrive the same record may be parked once more.
        times = await self.read(delivery.stream)
        if self.known(delivery.stream, envelope.sequence):
            return
        stream = parked_stream(envelope.source, envelope.subject)
        record = RecordParked(
            source=envelope.source,
            subject=envelope.subject,
            sequence=envelope.sequence,
            topic=place.topic,
            partition=place.partition,
            offset=place.offset,
            reason=why.reason,
        )
        cause = Cause(
            key=f"event/{envelope.ref}/park>{stream}@{times}",
            correlation=envelope.correlation,
            id=envelope.ref,
            not_before=min(envelope.time, self._command_handler.now()),
        )
        await self._command_handler.handle(stream, Park(record=record), cause)
        await self.read(delivery.stream)

    # -- asked by an operator -------------------------------------------------------------------

    async def list(self, after: str = "", limit: int = 100) -> list[ListedLetter]:
        """Return a page of dead letters, ordered by their keys."""
        rows = await self._store.scan(PARKED, after=after, limit=limit)
        return [ListedLetter(key=row.key, **letter_of(row)) for row in rows]

    def redrive(self, source: str, subject: str, sequence: int) -> AnyDispatch:
        """Ask to try the record, and those behind it, again; the next look at it will."""
        return Dispatch(parked_stream(source, subject), Redrive(sequence=sequence))

    def discard(self, source: str, subject: str, sequence: int, reason: str) -> AnyDispatch:
        """Ask to skip the record and to try those behind it; the next look at it will."""
        return Dispatch(parked_stream(source, subject), Discard(sequence=sequence, reason=reason))
