"""Records that wait: who parks them, when they are tried again, and what an operator may do."""

import asyncio
import contextlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol, TypedDict

import orjson

from shared.events.delivery import RecordParked
from shared.eventsourcing.command_handler import CommandHandler
from shared.eventsourcing.idempotency import Cause
from shared.eventsourcing.policies import AnyDispatch, Dispatch
from shared.eventsourcing.states import STATES
from shared.kernel import metrics
from shared.kernel.backoff import Backoff
from shared.kernel.logs import log
from shared.kernel.ports import LogRecord, Row, Store, Unavailable, scan_all
from shared.messaging.dead_letter_record import Discard, Park, Parked, Redrive, parked_stream
from shared.messaging.delivery import Delivery, Mark, Stopped
from shared.signing.record_codec import pack_records, unpack_records

PARKED = "parked"
_PAUSE = 0.25
_LEASE = 5.0
_RUN = 200


class Letter(TypedDict):
    """A dead letter as its row keeps it: where the record stands, and why it waits.

    `waits_for` is the own stream whose next commit a deferred one waits for, `waits_at` the
    sequence at which that stream stood. `record` is the packed record in hex.
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
    waits_for: str | None
    waits_at: int
    record: str


class ListedLetter(Letter):
    """A dead letter with its row's key."""

    key: str


class Redelivery(Protocol):
    """The subscriber of a topic, as far as dead letters are applied again through it."""

    def open(self, place: LogRecord) -> Delivery:
        """Return the record, authenticated and decoded. Raises Unauthentic."""

    async def apply_again(self, stream: str, deliveries: Sequence[Delivery]) -> int:
        """Apply dead letters of one stream in order; return how many. Raises Stopped."""

    async def mark(self, stream: str) -> Mark:
        """Return the last applied event of a stream."""


class DeadLetters:
    """The parked records of one service, over all topics.

    A stream with a parked record is held: its later records are parked behind it. What waits for
    something (a gap, another stream, an upgrade) goes on by itself when that has come; the rest
    when an operator redrives or discards it. Park, redrive and discard are events on the
    service's own topic, so that a rebuilt store holds and skips the same records.
    """

    def __init__(
        self, service: str, store: Store, command_handler: CommandHandler, holder: str
    ) -> None:
        self._service, self._store, self._command_handler = service, store, command_handler
        self._holder = holder
        self._held: set[str] = set()
        self._states: dict[str, Parked] = {}
        self._wake = asyncio.Event()

    async def load(self) -> None:
        """Read what is parked; before the first record is applied."""
        async for row in scan_all(self._store, PARKED, ""):
            self._held.add(_stream(row.key))
        async for row in scan_all(self._store, STATES, "parked/"):
            source, _, subject = row.key.removeprefix("parked/").partition("/")
            state, _ = await self._command_handler.state(parked_stream(source, subject))
            self._states[f"{source} {subject}"] = state
        metrics.waiting.labels(self._service).set(len(self._held))

    # -- asked by the consumer ------------------------------------------------------------------

    def holds(self, stream: str) -> bool:
        return stream in self._held

    def discarded(self, stream: str, sequence: int) -> bool:
        state = self._states.get(stream)
        return state is not None and sequence in state.discarded

    def known(self, stream: str, sequence: int) -> RecordParked | None:
        """Return the record as it was parked, when it has neither been redriven nor discarded."""
        state = self._states.get(stream)
        waiting = state.waiting.get(sequence) if state else None
        return waiting.record if waiting and not waiting.redriven else None

    async def refresh(self, streams: Iterable[str]) -> None:
        """Look whether another replica has let go of streams that are held here."""
        for stream in self._held.intersection(streams):
            if not await self._store.scan(PARKED, f"{stream} ", limit=1):
                self._held.discard(stream)

    async def park(self, delivery: Delivery, why: Stopped) -> Row:
        """Return the row that holds the record; the event that says so is durable on return."""
        metrics.parked.labels(self._service, delivery.place.topic, why.reason).inc()
        log.warning(
            "%s: parked %s (%s): %s",
            self._service, delivery.envelope.ref, why.reason, why.detail,
        )  # fmt: skip
        # A gap says nothing of this record: the missing one will arrive, or is named by itself.
        if why.reason != "gap":
            await self._say_parked(delivery, why)
        return await self._waiting_row(delivery, why)

    def row(self, delivery: Delivery, why: Stopped, sequence: int = 1, at: int = 0) -> Row:
        envelope, place = delivery.envelope, delivery.place
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
            "waits_for": why.waits_for,
            "waits_at": at,
            "record": pack_records([place.record]).hex(),
        }
        key = f"{delivery.stream} {envelope.sequence:016d}"
        return Row(PARKED, key, sequence, orjson.dumps(body))

    async def _waiting_row(self, delivery: Delivery, why: Stopped, sequence: int = 1) -> Row:
        at = await self._sequence(why.waits_for) if why.waits_for else 0
        return self.row(delivery, why, sequence, at)

    async def _sequence(self, stream: str) -> int:
        """Return at which sequence an own stream stands."""
        return (await self._command_handler.state(self._command_handler.ref(stream)))[1]

    async def _say_parked(self, delivery: Delivery, why: Stopped) -> None:
        envelope, place = delivery.envelope, delivery.place
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
        # After a redrive the same record may be parked once more.
        _, times = await self._command_handler.state(stream)
        known = self.known(delivery.stream, envelope.sequence)
        if known is None:
            cause = Cause(
                key=f"event/{envelope.ref}/park>{stream}@{times}",
                correlation=envelope.correlation,
                id=envelope.ref,
                not_before=min(envelope.time, self._command_handler.now()),
            )
            await self._command_handler.handle(stream, Park(record=record), cause)
            self._states[delivery.stream], _ = await self._command_handler.state(stream)

    def added(self, rows: Iterable[Row]) -> None:
        """The rows are stored: their streams are held."""
        held = {_stream(row.key) for row in rows if row.table == PARKED}
        if held:
            self._held |= held
            metrics.waiting.labels(self._service).set(len(self._held))
            self._wake.set()

    # -- asked by an operator -------------------------------------------------------------------

    async def list(self, after: str = "", limit: int = 100) -> list[ListedLetter]:
        """Return a page of dead letters, ordered by their keys."""
        rows = await self._store.scan(PARKED, after=after, limit=limit)
        return [ListedLetter(key=row.key, **_letter(row)) for row in rows]

    def redrive(self, source: str, subject: str, sequence: int) -> AnyDispatch:
        """Ask to try the record, and those behind it, again; the next look at it will."""
        return Dispatch(parked_stream(source, subject), Redrive(sequence=sequence))

    def discard(self, source: str, subject: str, sequence: int, reason: str) -> AnyDispatch:
        """Ask to skip the record and to try those behind it; the next look at it will."""
        return Dispatch(parked_stream(source, subject), Discard(sequence=sequence, reason=reason))

    # -- going on -------------------------------------------------------------------------------

    async def run(self, subscribers: Mapping[str, Redelivery]) -> None:
        """Try held streams again until cancelled; one replica at a time does."""
        backoff = Backoff()
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_PAUSE):
                    await self._wake.wait()
            self._wake.clear()
            try:
                if self._held and await self._store.lease("dead_letters", self._holder, _LEASE):
                    for stream in sorted(self._held):
                        while await self._go_on(stream, subscribers):
                            pass
                    metrics.waiting.labels(self._service).set(len(self._held))
                backoff.reset()
            except Unavailable as error:
                log.warning("%s: parked records wait: %s", self._service, error)
                await backoff.wait()

    async def _go_on(self, stream: str, subscribers: Mapping[str, Redelivery]) -> bool:
        """Apply what can be applied of a held stream; return whether there may be more."""
        rows = await self._store.scan(PARKED, f"{stream} ", limit=_RUN)
        if not rows:
            self._held.discard(stream)
            return False
        bodies = [_letter(row) for row in rows]
        subscriber = subscribers[bodies[0]["topic"]]
        first = subscriber.open(_place(bodies[0]))
        if not await self._may(stream, bodies[0], first, subscriber):
            return False
        deliveries = [first]
        for body in bodies[1:]:
            if body["reason"] not in ("behind", "gap"):
                break
            deliveries.append(subscriber.open(_place(body)))
        try:
            done = await subscriber.apply_again(stream, deliveries)
        except Stopped as why:
            if why.reason == bodies[0]["reason"] == "gap":
                return False
            if why.reason != "gap":
                await self._say_parked(first, why)
            await self._store.put([await self._waiting_row(first, why, rows[0].sequence + 1)])
            return False
        await self._store.delete(PARKED, [row.key for row in rows[:done]])
        return True

    async def _may(
        self, stream: str, body: Letter, first: Delivery, subscriber: Redelivery
    ) -> bool:
        """Return whether the stream's first parked record may be tried now."""
        sequence, reached = body["sequence"], (await subscriber.mark(stream)).sequence
        if sequence > reached + 1:
            return False
        source, subject = first.envelope.source, first.envelope.subject
        state, _ = await self._command_handler.state(parked_stream(source, subject))
        self._states[stream] = state
        if sequence <= reached or self.discarded(stream, sequence):
            return True
        match body["reason"]:
            case "behind" | "gap":
                return True
            case "deferred":
                waits_for = body["waits_for"]
                return not waits_for or await self._sequence(waits_for) > body["waits_at"]
            case "version":
                return first.problem is None
        waiting = state.waiting.get(sequence)
        return waiting is not None and waiting.redriven


def _stream(key: str) -> str:
    return key.rpartition(" ")[0]


def _letter(row: Row) -> Letter:
    letter: Letter = orjson.loads(row.body or b"{}")
    return letter


def _place(body: Letter) -> LogRecord:
    (record,) = unpack_records(bytes.fromhex(body["record"]))
    return LogRecord(body["topic"], body["partition"], body["offset"], record)
