"""A member of a consumer group: raw batches to a handler, acknowledged when it has applied them.

aiokafka_patches.PATCHES names the insides of FastStream that this file uses.
"""

import asyncio
import logging
from collections.abc import Sequence
from types import TracebackType

from aiokafka import ConsumerRecord, TopicPartition  # type: ignore[import-untyped]
from aiokafka.abc import ConsumerRebalanceListener  # type: ignore[import-untyped]
from aiokafka.errors import (  # type: ignore[import-untyped]
    CommitFailedError,
    IllegalStateError,
    KafkaError,
)
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.message import FAKE_CONSUMER, KafkaAckableMessage
from faststream.message import StreamMessage

from shared.adapters.kafka.lifecycle import ended
from shared.adapters.kafka.records import log_record
from shared.kernel.backoff import Backoff
from shared.kernel.logs import log
from shared.kernel.ports import Damaged, Handler

_RECORDS = 500
_DRAIN = 15.0  # a rebalance waits at most so long for a batch; below the rebalance timeout
_LEAVE = 5.0
_CANCEL = 2.0
_COMMIT, _LAST = 1.0, 0.5
_DAY = 86_400_000

# Its warnings are about settings that are meant; its errors would be lost otherwise.
_faststream_log = logging.getLogger("sinergi.faststream")
_faststream_log.setLevel(logging.ERROR)

_Raw = tuple[ConsumerRecord, ...]


async def _parse(raw: _Raw) -> StreamMessage[_Raw]:
    # FastStream's own parser decodes headers and drops a batch with one that it cannot decode.
    # The fake consumer makes sure that no acknowledgement but ours can commit.
    return KafkaAckableMessage(raw_message=raw, body=b"", headers={}, consumer=FAKE_CONSUMER)


async def _decode(message: StreamMessage[_Raw]) -> _Raw:
    return message.raw_message


class Subscription(ConsumerRebalanceListener):  # type: ignore[misc]
    """One member of a group on one topic, while its context is open.

    `batch_since` is when the handler got its present batch, on the loop's clock: for liveness,
    because heartbeats go on while a handler is stuck. None between batches and between tries.
    """

    def __init__(self, servers: Sequence[str], topic: str, group: str, handler: Handler) -> None:
        self._servers, self._topic, self._group, self._handler = servers, topic, group, handler
        self.batch_since: float | None = None
        self._owned: set[int] = set()
        self._generation = 0
        self._closing = False
        # The handler is promised one call after another.
        self._turn = asyncio.Lock()
        self._backoff = Backoff()
        self._work: asyncio.Task[None] | None = None
        self._waiting = False
        self._resuming: asyncio.Task[None] | None = None
        self._done: dict[TopicPartition, int] = {}
        self._committing: asyncio.Task[None] | None = None
        self._connect()

    def _connect(self) -> None:
        self._broker = KafkaBroker(
            list(self._servers),
            consumer_only=True,
            allow_auto_create_topics=False,
            apply_types=False,
            graceful_timeout=1.0,
            request_timeout_ms=10_000,
            retry_backoff_ms=1_000,
            logger=_faststream_log,
            log_level=logging.DEBUG,
        )
        self._subscriber = self._broker.subscriber(
            self._topic,
            # A group for each topic: one for all starts in seconds, and a slow topic stalls others.
            group_id=f"{self._group}.{self._topic}",
            batch=True,
            max_records=_RECORDS,
            batch_timeout_ms=10,
            fetch_max_wait_ms=100,
            fetch_min_bytes=1,
            # If the log no longer has the handler's place: everything again rather than nothing.
            auto_offset_reset="earliest",
            ack_policy=AckPolicy.MANUAL,
            no_reply=True,
            heartbeat_interval_ms=1_000,
            rebalance_timeout_ms=30_000,
            # A handler that waits for its store must not lose its partitions.
            max_poll_interval_ms=_DAY,
            listener=self,
            parser=_parse,
            decoder=_decode,
        )
        self._subscriber(self._deliver)

    async def __aenter__(self) -> None:
        said = False
        while True:
            try:
                await self._broker.start()
            except (KafkaError, OSError) as error:
                # Started twice without a stop, it would leave a ghost in the group.
                await self._stop()
                self._connect()
                if not said:
                    log.warning("%s waits for %s: %r", self._group, self._topic, error)
                said = True
                await asyncio.sleep(1)
            except BaseException:
                await self._leave()
                raise
            else:
                if said:
                    log.info("%s follows %s", self._group, self._topic)
                return

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._leave()

    async def _leave(self) -> None:
        self._closing = True
        await self._halt(_LEAVE)
        await _cancelled(self._committing)
        last = asyncio.create_task(self._commit())
        await asyncio.wait({last}, timeout=_LAST)
        await _cancelled(last)
        await self._stop()

    async def _stop(self) -> None:
        await ended(self._broker.stop(), self._subscriber.consumer)

    async def _deliver(self, raw: _Raw) -> None:
        if self._closing:
            return
        self._work = work = asyncio.create_task(self._apply(raw, self._generation))
        try:
            await asyncio.wait({work})
        finally:
            # Otherwise FastStream's own end would leave the handler running.
            work.cancel()
        if not work.cancelled():
            work.result()
        elif not self._closing:
            log.warning("%s: a batch of %s was cut off", self._group, self._topic)
            await self._backoff.wait()

    async def _apply(self, raw: _Raw, generation: int) -> None:
        done = False
        try:
            async with self._turn:
                if generation != self._generation:
                    return
                batch = [log_record(record) for record in raw if record.partition in self._owned]
                self.batch_since = asyncio.get_running_loop().time()
                if batch:
                    await self._handler.handle(batch)
                done = True
        except Damaged as error:
            self._give_up(error)
            return
        except Exception as error:  # whatever it was, nothing of it is acknowledged
            log.warning("%s: a batch of %s failed: %r", self._group, self._topic, error)
        finally:
            self.batch_since = None
            if not done and generation == self._generation:
                self._rewind(raw)
        if done:
            self._backoff.reset()
            self._applied(raw)
        elif generation == self._generation:
            self._waiting = True
            try:
                await self._backoff.wait()
            finally:
                self._waiting = False

    def _give_up(self, error: Damaged) -> None:
        """Deliver nothing any more: no try can succeed. Nothing is acknowledged either."""
        log.error("%s no longer follows %s: %s", self._group, self._topic, error)
        self._closing = True
        if (consumer := self._subscriber.consumer) is not None:
            consumer.pause(*consumer.assignment())

    def _rewind(self, raw: _Raw) -> None:
        """Go back to the first of these: the next commit must not cover what was not applied."""
        for partition, record in {r.partition: r for r in reversed(raw)}.items():
            if partition in self._owned:
                self._seek(partition, record.offset)

    def _seek(self, partition: int, offset: int) -> None:
        if (consumer := self._subscriber.consumer) is not None:
            try:
                consumer.seek(TopicPartition(self._topic, partition), offset)
            except IllegalStateError as error:
                # It went to another member, which starts from the store's position.
                log.info("%s: %r", self._group, error)

    def _applied(self, raw: _Raw) -> None:
        """Have these places committed within a second, while the next batches come in.

        They are a hint for whoever watches the group: the handler says from where it goes on.
        """
        # Never the client's own position, which after a rebalance may lie behind or ahead.
        self._done |= {TopicPartition(self._topic, r.partition): r.offset + 1 for r in raw}
        if self._committing is None or self._committing.done():
            self._committing = asyncio.create_task(self._commit_soon())

    async def _commit_soon(self) -> None:
        await asyncio.sleep(_COMMIT)
        await self._commit()

    async def _commit(self) -> None:
        done = {place: end for place, end in self._done.items() if place.partition in self._owned}
        self._done = {}
        consumer = self._subscriber.consumer
        if not done or consumer is None:
            return
        try:
            await consumer.commit(done)
        except (IllegalStateError, CommitFailedError) as error:
            log.info("%s: %s has moved on: %r", self._group, self._topic, error)
        except KafkaError as error:
            log.warning("%s: cannot commit on %s: %r", self._group, self._topic, error)

    async def _halt(self, seconds: float) -> None:
        """Wait for the handler, then cancel it: no call goes on unless it resists cancellation."""
        await _cancelled(self._resuming)
        await _cancelled(self._committing)
        if (work := self._work) is None or work.done():
            return
        if not self._waiting:
            await asyncio.wait({work}, timeout=seconds)
        if not work.done():
            work.cancel()
            await asyncio.wait({work}, timeout=_CANCEL)

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """Give up all partitions. The client waits for this before it joins the group again."""
        await self._halt(_DRAIN)
        self._generation += 1
        self._owned.clear()
        self._done.clear()

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Pause the new partitions and start asking the handler for its places.

        The client sends no heartbeats during this call, so the question goes on beside it.
        """
        if (consumer := self._subscriber.consumer) is not None:
            consumer.pause(*assigned)
            self._resuming = asyncio.create_task(self._resume(assigned, self._generation))

    async def _resume(self, assigned: set[TopicPartition], generation: int) -> None:
        backoff = Backoff()
        partitions = sorted(partition for _, partition in assigned)
        while True:
            try:
                async with self._turn:
                    places = await self._handler.assigned(partitions)
                consumer = self._subscriber.consumer
                if generation == self._generation and consumer is not None:
                    for partition in partitions:
                        self._seek(partition, places.get(partition, 0))
                    self._owned.update(partitions)
                    consumer.resume(*assigned)
                return
            except Damaged as error:
                self._give_up(error)
                return
            except Exception as error:  # whatever it was, there is no place to start from
                log.warning("%s: no place in %s: %r", self._group, self._topic, error)
                await backoff.wait()


async def _cancelled(task: asyncio.Task[None] | None) -> None:
    if task is not None and not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=_CANCEL)
