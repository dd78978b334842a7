"""A topic's records become reactions and views: verified, in order per stream, each once."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

import orjson
from pydantic import ValidationError

from shared.events.base import Catalogue, Event, UnknownVersion
from shared.eventsourcing.command_handler import CommandHandler, FromTheFuture
from shared.eventsourcing.idempotency import event_cause
from shared.eventsourcing.policies import AnyPolicy
from shared.eventsourcing.projections import AnyProjection, Parts
from shared.eventsourcing.refusal import NotYet, Refused
from shared.kernel import metrics
from shared.kernel.logs import log
from shared.kernel.ports import Damaged, LogRecord, Row, Store, Unavailable, scan_all
from shared.messaging.dead_letters import DeadLetters
from shared.messaging.delivery import Delivery, Mark, Stopped
from shared.privacy.erasure import Erasure
from shared.signing.cloudevents import Envelope, Unauthentic, authenticate
from shared.signing.record_codec import pack_records, unpack_records
from shared.signing.trust_store import UNKNOWN_KEY, TrustStore

MARKS = "marks"
POSITIONS = "positions"
QUARANTINE = "quarantine"
_TRIES = 3
_MARKS = 50_000


@dataclass(frozen=True, slots=True)
class Run:
    """The changes of one run of records, written at its end."""

    parts: Parts
    marks: dict[str, Mark]
    rows: list[Row]


class Subscriber:
    """Applies one topic for one service; the Handler of its subscription.

    Each event takes effect once (causes are unique, writes conditional), after every earlier
    event of its stream and not before it is authentic. One that cannot be applied is parked
    together with the later ones of its stream; other streams go on.
    """

    def __init__(
        self,
        *,
        service: str,
        topic: str,
        owners: Collection[str],
        trust: TrustStore,
        catalogue: Catalogue,
        store: Store,
        command_handler: CommandHandler,
        dead_letters: DeadLetters,
        projections: Iterable[AnyProjection],
        policies: Iterable[AnyPolicy],
        refresh_keys: Callable[[], Awaitable[bool]],
        erasure: Erasure | None = None,
    ) -> None:
        self._erasure = erasure
        self._refresh_keys = refresh_keys
        self._service, self.topic = service, topic
        self._owners, self._trust, self._catalogue = owners, trust, catalogue
        self._store, self._command_handler, self._dead_letters = (
            store,
            command_handler,
            dead_letters,
        )
        self._projections = [each for each in projections if each.topic == topic]
        self.policies = [policy for policy in policies if policy.topic == topic]
        self._policies: dict[type[Event], list[AnyPolicy]] = {}
        for policy in self.policies:
            for event in policy.on:
                self._policies.setdefault(event, []).append(policy)
        self._subscribed = {event for each in self._projections for event in each.on}
        self._subscribed |= set(self._policies)
        self._applied = metrics.applied.labels(service, topic)
        self._repeats = metrics.repeated.labels(service, topic)
        self._skipped = metrics.skipped.labels(service, topic)
        self._marks: OrderedDict[str, Mark] = OrderedDict()
        # Records of the subscription and records that are judged again change the same marks.
        self._turn = asyncio.Lock()
        self.activations: dict[str, dict[str, int]] = {}
        self.acknowledged: dict[str, int] = {}
        self.moved = False

    # -- the subscription's handler -------------------------------------------------------------

    async def assigned(self, partitions: Sequence[int]) -> dict[int, int]:
        keys = {f"{self.topic}/{partition}": partition for partition in partitions}
        rows = await self._store.get(POSITIONS, list(keys))
        self._marks.clear()  # another replica may have gone on meanwhile
        return {keys[key]: row.sequence for key, row in rows.items()}

    async def handle(self, batch: Sequence[LogRecord]) -> None:
        async with self._turn:
            await self._handle(batch)

    async def _handle(self, batch: Sequence[LogRecord]) -> None:
        deliveries, quarantine = await self._open(batch)
        run = await self._apply(deliveries)
        ends = {record.partition: record.offset + 1 for record in batch}
        positions = [
            Row(POSITIONS, f"{self.topic}/{partition}", end, None)
            for partition, end in ends.items()
        ]
        # Positions last: what they acknowledge must never be missing.
        await self._store.put([*run.parts.rows(), *self._mark_rows(run), *run.rows, *quarantine])
        await self._store.put(positions)
        self._finish(run)

    def _finish(self, run: Run) -> None:
        for stream, mark in run.marks.items():
            self._marks[stream] = mark
            self._marks.move_to_end(stream)
        while len(self._marks) > _MARKS:
            self._marks.popitem(last=False)
        self._dead_letters.added(run.rows)

    def _mark_rows(self, run: Run) -> list[Row]:
        return [
            Row(MARKS, stream, mark.sequence, mark.hash.encode())
            for stream, mark in run.marks.items()
            if mark.sequence
        ]

    # -- opening records ------------------------------------------------------------------------

    async def _open(self, batch: Iterable[LogRecord]) -> tuple[list[Delivery], list[Row]]:
        deliveries, quarantine = [], []
        for place in batch:
            try:
                deliveries.append(await self._open_now(place))
            except Unauthentic as error:
                quarantine.append(self._quarantined(place, error.code, str(error)))
        return deliveries, quarantine

    async def _open_now(self, place: LogRecord) -> Delivery:
        try:
            return self.open(place)
        except Unauthentic as error:
            # A key is announced before it signs, so what it signs may come before our next look.
            if error.code == UNKNOWN_KEY and await self._refresh_keys():
                return self.open(place)
            raise

    def open(self, place: LogRecord) -> Delivery:
        """Return the record, authenticated and decoded. Raises Unauthentic."""
        envelope = authenticate(place, self._owners, self._trust)
        try:
            kind = self._catalogue.find(envelope.type)
            if kind not in self._subscribed:
                return Delivery(place, envelope, None)
            assert kind is not None  # noqa: S101 - None is never subscribed
            return Delivery(place, envelope, kind.of(envelope.data).upcast())
        except UnknownVersion:
            detail = f"{envelope.type} is a version this service does not know yet"
            return Delivery(place, envelope, None, ("version", detail))
        except ValidationError as error:
            detail = "; ".join(
                f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()[:3]
            )
            return Delivery(place, envelope, None, ("schema", detail))

    def _quarantined(self, place: LogRecord, code: str, why: str) -> Row:
        metrics.quarantined.labels(self._service, self.topic, code).inc()
        log.warning(
            "%s: quarantined %s/%d/%d: %s",
            self._service, place.topic, place.partition, place.offset, why,
        )  # fmt: skip
        key = f"{place.topic}/{place.partition}/{place.offset}"
        body = orjson.dumps(
            {"code": code, "why": why, "record": pack_records([place.record]).hex()}
        )
        return Row(QUARANTINE, key, 1, body)

    # -- applying -------------------------------------------------------------------------------

    async def _apply(self, deliveries: Sequence[Delivery]) -> Run:
        lanes: dict[str, list[Delivery]] = {}
        for delivery in deliveries:
            lanes.setdefault(delivery.stream, []).append(delivery)
        run = Run(Parts(self._store, self._projections), await self._read_marks(lanes), [])
        await self._dead_letters.refresh(lanes)
        await run.parts.load(
            (d.envelope, d.event)
            for d in deliveries
            # A stream's first event finds no part of its stream to build on.
            if d.event is not None and run.marks[d.stream].sequence
        )
        busy = []
        for stream, lane in lanes.items():
            if any(type(d.event) in self._policies for d in lane):
                busy.append(self._lane(stream, lane, run))
            else:
                await self._lane(stream, lane, run)
        if busy:
            # Every lane ends before an error is passed on, so that none writes behind our back.
            results = await asyncio.gather(*busy, return_exceptions=True)
            for result in results:
                if isinstance(result, BaseException):
                    raise result
        return run

    async def _read_marks(self, streams: Iterable[str]) -> dict[str, Mark]:
        unknown = [stream for stream in streams if stream not in self._marks]
        for stream, row in (await self._store.get(MARKS, unknown) if unknown else {}).items():
            self._marks[stream] = Mark(row.sequence, (row.body or b"").decode())
        return {stream: self._marks.get(stream, Mark()) for stream in streams}

    async def _lane(self, stream: str, lane: Sequence[Delivery], run: Run) -> None:
        stopped = self._dead_letters.holds(stream)
        for delivery in lane:
            if stopped:
                run.rows.append(
                    self._dead_letters.row(delivery, Stopped("behind", "its stream waits"))
                )
                continue
            try:
                await self.apply(delivery, run)
            except Stopped as why:
                run.rows.append(await self._dead_letters.park(delivery, why))
                stopped = True

    async def apply(self, delivery: Delivery, run: Run, *, again: bool = False) -> None:
        """Apply the next record of its stream; drop a repeat.

        `again`: it was parked before. Raises Stopped, and Unavailable.
        """
        envelope, mark = delivery.envelope, run.marks[delivery.stream]
        if envelope.sequence <= mark.sequence:
            self._repeated(delivery, mark, run)
            return
        if envelope.sequence > mark.sequence + 1:
            raise Stopped("gap", f"record {mark.sequence + 1} of the stream has not arrived")
        if envelope.prevhash != mark.hash:
            metrics.forked.labels(self._service, self.topic).inc()
            run.rows.append(
                self._quarantined(delivery.place, "chain", "it does not follow the stream's last")
            )
            return
        if not self._dead_letters.discarded(delivery.stream, envelope.sequence):
            if not again and (
                known := self._dead_letters.known(delivery.stream, envelope.sequence)
            ):
                raise Stopped(known.reason, "parked before this store was rebuilt")
            if delivery.problem:
                raise Stopped(*delivery.problem)
            if delivery.event is not None:
                if self._erasure and isinstance(delivery.event, self._erasure.on):
                    await self._erasure.carry_out(envelope, delivery.event)
                await self._run_policies(delivery, delivery.event, again)
                run.parts.fold(envelope, delivery.event)
                self.moved = True
            else:
                self._skipped.inc()
        run.marks[delivery.stream] = Mark(envelope.sequence, envelope.hash)
        self._applied.inc()

    def _repeated(self, delivery: Delivery, mark: Mark, run: Run) -> None:
        envelope = delivery.envelope
        if envelope.sequence == mark.sequence and envelope.hash != mark.hash:
            metrics.forked.labels(self._service, self.topic).inc()
            why = "another record has this sequence of the stream"
            run.rows.append(self._quarantined(delivery.place, "fork", why))
        else:
            self._repeats.inc()

    async def _run_policies(self, delivery: Delivery, event: Event, again: bool) -> None:
        for policy in self._policies.get(type(event), ()):
            if self._active(policy, delivery.place, again):
                await self._try(policy, delivery.envelope, event)

    def _active(self, policy: AnyPolicy, place: LogRecord, again: bool) -> bool:
        partition = str(place.partition)
        start = self.activations.get(policy.name, {}).get(partition, 0)
        if not again:
            start = max(start, self.acknowledged.get(partition, 0))
        return place.offset >= start

    async def _try(self, policy: AnyPolicy, envelope: Envelope, event: Event) -> None:
        for attempt in range(1, _TRIES + 1):
            try:
                for dispatch in policy.react(envelope, event):
                    cause = event_cause(envelope, policy.name, str(dispatch.stream))
                    await self._command_handler.handle(dispatch.stream, dispatch.command, cause)
                return
            except (Damaged, Unavailable):
                raise
            except NotYet as error:
                detail = f"{policy.name} waits for {error.stream}"
                raise Stopped("deferred", detail, error.stream) from error
            except (Refused, FromTheFuture) as error:
                raise Stopped("refused", f"{policy.name}: {error}") from error
            except Exception as error:
                metrics.retries.labels(self._service, self.topic).inc()
                log.exception("%s: %s failed on %s", self._service, policy.name, envelope.ref)
                if attempt == _TRIES:
                    raise Stopped("failed", f"{policy.name}: {error!r}"[:500]) from error
                await asyncio.sleep(0.05 * attempt)

    # -- parked records -------------------------------------------------------------------------

    async def apply_again(self, stream: str, deliveries: Sequence[Delivery]) -> int:
        """Apply parked records of one stream in order; return how many it got through.

        Raises Stopped for the first that cannot be applied; those before it are applied.
        """
        self._marks.pop(stream, None)
        run = Run(Parts(self._store, self._projections), await self._read_marks([stream]), [])
        await run.parts.load((d.envelope, d.event) for d in deliveries if d.event is not None)
        done, why = 0, None
        for delivery in deliveries:
            try:
                await self.apply(delivery, run, again=True)
            except Stopped as error:
                why = error
                break
            done += 1
        await self._store.put([*run.parts.rows(), *self._mark_rows(run), *run.rows])
        self._finish(run)
        if why and not done:
            raise why
        return done

    async def mark(self, stream: str) -> Mark:
        return (await self._read_marks([stream]))[stream]

    async def judge_again(self) -> None:
        """Apply what was quarantined for a key that was unknown then and is listed now."""
        async with self._turn:
            places = []
            async for row in scan_all(self._store, QUARANTINE, f"{self.topic}/"):
                body = orjson.loads(row.body or b"{}")
                if body["code"] == UNKNOWN_KEY:
                    (record,) = unpack_records(bytes.fromhex(body["record"]))
                    _, partition, offset = row.key.split("/")
                    places.append(LogRecord(self.topic, int(partition), int(offset), record))
            for place in sorted(places, key=lambda p: (p.partition, p.offset)):
                await self._judge(place)

    async def _judge(self, place: LogRecord) -> None:
        try:
            delivery = self.open(place)
        except Unauthentic:
            return
        run = await self._apply([delivery])
        await self._store.put([*run.parts.rows(), *self._mark_rows(run), *run.rows])
        self._finish(run)
        key = f"{place.topic}/{place.partition}/{place.offset}"
        await self._store.delete(QUARANTINE, [key])
