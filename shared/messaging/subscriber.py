"""A topic's records become reactions and views: verified, in order per stream, each once."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from shared.events.base import Catalogue, Event
from shared.eventsourcing.command_handler import CommandHandler, FromTheFuture
from shared.eventsourcing.idempotency import event_cause
from shared.eventsourcing.policies import AnyPolicy
from shared.eventsourcing.projections import AnyProjection, Parts
from shared.eventsourcing.refusal import NotYet, Refused
from shared.kernel import metrics
from shared.kernel.logs import log
from shared.kernel.ports import Damaged, LogRecord, Row, Store, Unavailable
from shared.messaging.dead_letters import PARKED, DeadLetters, Letter, letter_of, place_of
from shared.messaging.delivery import Delivery, Mark, Stopped
from shared.messaging.held_streams import HeldStreams
from shared.messaging.incoming import QUARANTINE, Incoming, quarantine_key, quarantined_for_a_key
from shared.privacy.erasure import Erasure
from shared.signing.cloudevents import Envelope, Unauthentic
from shared.signing.trust_store import TrustStore

MARKS = "marks"
POSITIONS = "positions"
_TRIES = 3
_MARKS = 50_000
_RUN = 200


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
    together with the later ones of its stream; other streams go on. Who owns a partition alone
    applies its records and tries its parked ones again, one after the other under one lock.
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
        self._service, self.topic, self._store = service, topic, store
        self._command_handler, self._dead_letters = command_handler, dead_letters
        self.held = HeldStreams(service=service, topic=topic, store=store)
        self._projections = [each for each in projections if each.topic == topic]
        self.policies = [policy for policy in policies if policy.topic == topic]
        self._policies: dict[type[Event], list[AnyPolicy]] = {}
        for policy in self.policies:
            for event in policy.on:
                self._policies.setdefault(event, []).append(policy)
        self.incoming = Incoming(
            service=service,
            topic=topic,
            owners=owners,
            trust=trust,
            catalogue=catalogue,
            subscribed={event for each in self._projections for event in each.on}
            | set(self._policies),
            refresh_keys=refresh_keys,
        )
        self._applied = metrics.applied.labels(service, topic)
        self._repeats = metrics.repeated.labels(service, topic)
        self._skipped = metrics.skipped.labels(service, topic)
        self._marks: OrderedDict[str, Mark] = OrderedDict()
        # Records of the subscription and records that are tried again change the same marks.
        self._turn = asyncio.Lock()
        self._judging = True
        self.activations: dict[str, dict[str, int]] = {}
        self.acknowledged: dict[str, int] = {}
        self.moved = False

    # -- the subscription's handler -------------------------------------------------------------

    async def assigned(self, partitions: Sequence[int]) -> dict[int, int]:
        keys = {f"{self.topic}/{partition}": partition for partition in partitions}
        async with self._turn:
            rows = await self._store.get(POSITIONS, list(keys))
            self._marks.clear()  # another replica may have gone on meanwhile
            await self._dead_letters.load()
            await self.held.own(partitions)
            self._judging = True
        return {keys[key]: row.sequence for key, row in rows.items()}

    async def handle(self, batch: Sequence[LogRecord]) -> None:
        async with self._turn:
            await self._handle(batch)

    async def _handle(self, batch: Sequence[LogRecord]) -> None:
        deliveries, quarantine = await self.incoming.open_all(batch)
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
        for stream, mark in run.marks.items():
            if self.held.goes_on(stream, mark.sequence) and await self._go_on(stream):
                self.held.try_again(stream)

    def _finish(self, run: Run) -> None:
        for stream, mark in run.marks.items():
            self._marks[stream] = mark
            self._marks.move_to_end(stream)
        while len(self._marks) > _MARKS:
            self._marks.popitem(last=False)
        self.held.added(run.rows)

    def _mark_rows(self, run: Run) -> list[Row]:
        return [
            Row(MARKS, stream, mark.sequence, mark.hash.encode())
            for stream, mark in run.marks.items()
            if mark.sequence
        ]

    # -- applying -------------------------------------------------------------------------------

    async def _apply(self, deliveries: Sequence[Delivery]) -> Run:
        run = Run(Parts(self._store, self._projections), {}, [])
        lanes: dict[str, list[Delivery]] = {}
        for delivery in deliveries:
            lanes.setdefault(delivery.stream, []).append(self._with_keys(delivery, run.parts))
        run.marks.update(await self._read_marks(lanes))
        await run.parts.load(
            (d.envelope, d.event)
            for lane in lanes.values()
            for d in lane
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

    def _with_keys(self, delivery: Delivery, parts: Parts) -> Delivery:
        """Return the delivery; with a problem if a projection cannot say to which rows it goes."""
        if delivery.event is None:
            return delivery
        try:
            parts.keys(delivery.envelope, delivery.event)
        except Exception as error:  # a defect of a projection must hold this stream only
            log.exception("%s: no keys for %s", self._service, delivery.envelope.ref)
            problem = ("failed", f"a projection's keys: {error!r}"[:500])
            return replace(delivery, event=None, problem=problem)
        return delivery

    async def _lane(self, stream: str, lane: Sequence[Delivery], run: Run) -> None:
        waits_from = self.held.first(stream)
        for delivery in lane:
            sequence = delivery.envelope.sequence
            if waits_from is not None and sequence >= waits_from:
                why = Stopped("behind", "its stream waits")
                run.rows.append(self._dead_letters.row(delivery, why))
                continue
            try:
                await self.apply(delivery, run)
            except Stopped as why:
                run.rows.append(await self._dead_letters.park(delivery, why))
                waits_from = sequence

    async def apply(self, delivery: Delivery, run: Run, *, again: bool = False) -> None:
        """Apply the next record of its stream; drop a repeat.

        `again`: it was parked before. Raises Stopped, and Unavailable.
        """
        envelope, mark = delivery.envelope, run.marks[delivery.stream]
        if envelope.sequence <= mark.sequence:
            self._repeated(delivery, mark, run)
            return
        if envelope.sequence > mark.sequence + 1:
            if not again:
                metrics.order_violations.labels(self._service, self.topic).inc()
            raise Stopped("gap", f"record {mark.sequence + 1} of the stream has not arrived")
        if envelope.prevhash != mark.hash:
            metrics.forked.labels(self._service, self.topic).inc()
            why = "it does not follow the stream's last"
            run.rows.append(self.incoming.quarantined(delivery.place, "chain", why))
            return
        if not self._dead_letters.discarded(delivery.stream, envelope.sequence):
            if not again and (
                known := self._dead_letters.known(delivery.stream, envelope.sequence)
            ):
                raise Stopped(known.reason, "parked before this store was rebuilt")
            if delivery.problem:
                raise Stopped(*delivery.problem)
            if delivery.event is not None:
                await self._take_effect(delivery, delivery.event, run, again)
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
            run.rows.append(self.incoming.quarantined(delivery.place, "fork", why))
        else:
            self._repeats.inc()

    async def _take_effect(self, delivery: Delivery, event: Event, run: Run, again: bool) -> None:
        envelope, erasure = delivery.envelope, self._erasure
        if erasure and isinstance(event, erasure.on):
            await self._try("erasure", envelope, lambda: erasure.carry_out(envelope, event))
        for policy in self._policies.get(type(event), ()):
            if self._active(policy, delivery.place, again):
                await self._try(policy.name, envelope, lambda: self._react(policy, envelope, event))  # noqa: B023 - awaited before the next
        try:
            run.parts.fold(envelope, event)
        except Exception as error:  # a defect of a projection must hold this stream only
            log.exception("%s: folding %s failed", self._service, envelope.ref)
            raise Stopped("failed", f"folding: {error!r}"[:500]) from error

    def _active(self, policy: AnyPolicy, place: LogRecord, again: bool) -> bool:
        partition = str(place.partition)
        start = self.activations.get(policy.name, {}).get(partition, 0)
        if not again:
            start = max(start, self.acknowledged.get(partition, 0))
        return place.offset >= start

    async def _react(self, policy: AnyPolicy, envelope: Envelope, event: Event) -> None:
        for dispatch in policy.react(envelope, event):
            cause = event_cause(envelope, policy.name, str(dispatch.stream))
            await self._command_handler.handle(dispatch.stream, dispatch.command, cause)

    async def _try(
        self, what: str, envelope: Envelope, step: Callable[[], Awaitable[None]]
    ) -> None:
        for attempt in range(1, _TRIES + 1):
            try:
                await step()
                return
            except (Damaged, Unavailable):
                raise
            except NotYet as error:
                detail = f"{what} waits for {error.stream}"
                raise Stopped("deferred", detail, error.stream) from error
            except (Refused, FromTheFuture) as error:
                raise Stopped("refused", f"{what}: {error}") from error
            except Exception as error:
                metrics.retries.labels(self._service, self.topic).inc()
                log.exception("%s: %s failed on %s", self._service, what, envelope.ref)
                if attempt == _TRIES:
                    raise Stopped("failed", f"{what}: {error!r}"[:500]) from error
                await asyncio.sleep(0.05 * attempt)

    # -- parked and quarantined records ---------------------------------------------------------

    async def redeliver(self) -> None:
        """Apply what waited as soon as it can be, until cancelled. Raises Unavailable."""
        while True:
            await self.held.rest()
            if self.held.is_due():
                async with self._turn:
                    await self.held.scan()
            for stream in await self.held.ready():
                more = True
                while more:
                    async with self._turn:
                        more = await self._go_on(stream)
            if self._judging:
                self._judging = False
                await self._judge_again()

    async def _go_on(self, stream: str) -> bool:
        """Apply what can be applied of a held stream; return whether there may be more at once."""
        if (prefix := self.held.letters(stream)) is None:
            return False  # its partition has gone to another replica meanwhile
        rows = await self._store.scan(PARKED, prefix, limit=_RUN)
        if not rows:
            self.held.release(stream)
            return False
        letters = [letter_of(row) for row in rows]
        # The store's mark decides: a batch that is under way elsewhere may be ahead of the cache.
        self._marks.pop(stream, None)
        run = Run(Parts(self._store, self._projections), await self._read_marks([stream]), [])
        # Before the tries: what is said from here on is seen by the next look.
        spoken = await self._dead_letters.read(stream)
        opened = [self._open_again(letter, run) for letter in letters]
        await run.parts.load((d.envelope, d.event) for d in opened if d and d.event is not None)
        done, why = 0, None
        for letter, delivery in zip(letters, opened, strict=True):
            if not self._may(stream, letter, delivery, run, following=done > 0):
                break
            try:
                if delivery is not None:
                    await self.apply(delivery, run, again=True)
            except Stopped as error:
                why = error
                break
            done += 1
        await self._store.put([*run.parts.rows(), *self._mark_rows(run), *run.rows])
        self._finish(run)
        await self._store.delete(PARKED, [row.key for row in rows[:done]])
        self.held.removed(stream, letters[:done])
        if done:
            return True
        delivery = opened[0]
        if why is not None and why.reason != "gap" and delivery is not None:
            row = await self._dead_letters.park(delivery, why, rows[0])
            await self._store.put([row])
            before, letters[0] = letters[0], letter_of(row)
            if letters[0]["waits_at"] != before["waits_at"]:
                return True  # what it waits for has moved since the try
        self.held.waits(stream, letters[0], spoken)
        return False

    def _open_again(self, letter: Letter, run: Run) -> Delivery | None:
        """Return the delivery; None, and a row in quarantine, when it is not authentic any more."""
        try:
            return self._with_keys(self.incoming.open(place_of(letter)), run.parts)
        except Unauthentic as error:
            run.rows.append(self.incoming.quarantined(place_of(letter), error.code, str(error)))
            return None

    def _may(
        self, stream: str, letter: Letter, delivery: Delivery | None, run: Run, *, following: bool
    ) -> bool:
        """Return whether a letter may be tried now; `following`: the one before it was applied."""
        sequence, reason = letter["sequence"], letter["reason"]
        if delivery is None or sequence <= run.marks[stream].sequence:
            return True
        if sequence > run.marks[stream].sequence + 1:
            return False
        if reason in ("behind", "gap") or self._dead_letters.discarded(stream, sequence):
            return True
        if following:
            return False  # it waits in its own right: it is looked at as the first one
        if reason in ("version", "schema"):
            return delivery.problem is None
        return reason == "deferred" or self._dead_letters.redriven(stream, sequence)

    def judge_again(self) -> None:
        """Have what was quarantined for an unknown key judged anew, since keys have come."""
        self._judging = True
        self.held.wake()

    async def _judge_again(self) -> None:
        partitions = self.held.partitions
        async for place in quarantined_for_a_key(self._store, self.topic, partitions):
            try:
                delivery = self.incoming.open(place)
            except Unauthentic:
                continue
            async with self._turn:
                run = await self._apply([delivery])
                await self._store.put([*run.parts.rows(), *self._mark_rows(run), *run.rows])
                self._finish(run)
            await self._store.delete(QUARANTINE, [quarantine_key(place)])
