"""The Log on Kafka: FastStream for subscriptions, aiokafka where FastStream has no seam."""

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol
from weakref import WeakSet

from aiokafka import (  # type: ignore[import-untyped]
    AIOKafkaConsumer,
    AIOKafkaProducer,
    ConsumerRecord,
    TopicPartition,
)
from aiokafka.admin import AIOKafkaAdminClient, NewTopic  # type: ignore[import-untyped]
from aiokafka.errors import (  # type: ignore[import-untyped]
    KafkaError,
    MessageSizeTooLargeError,
    TopicAlreadyExistsError,
    for_code,
)
from aiokafka.partitioner import DefaultPartitioner  # type: ignore[import-untyped]

from shared.adapters.kafka.aiokafka_patches import apply_patches, discard
from shared.adapters.kafka.lifecycle import ended
from shared.adapters.kafka.records import log_record
from shared.adapters.kafka.subscription import Subscription
from shared.kernel.logs import log
from shared.kernel.ports import Handler, LogRecord, Position, Record, Unavailable

_MAX_RECORD = 1024 * 1024
_BATCH_HEADER = 61
_BATCH = 512 * 1024
_READ = 500
_ANSWER = 10.0
_PING = 3.0
_SAY = 10.0
_TOPIC = {
    "cleanup.policy": "delete",
    "retention.ms": "-1",
    "retention.bytes": "-1",
    "max.message.bytes": str(_MAX_RECORD),
}


@lru_cache(maxsize=65_536)
def _partition(key: bytes | None, partitions: tuple[int, ...]) -> int:
    # The streams of a batch repeat, and the hash is plain Python.
    return int(DefaultPartitioner()(key, partitions, partitions))


class _Added(Protocol):
    """The answer of a builder that took a record: the size of its batch, in bytes."""

    size: int


class _Builder(Protocol):
    """aiokafka's BatchBuilder, which has no types."""

    def append(
        self,
        *,
        timestamp: int | None,
        key: bytes | None,
        value: bytes | None,
        headers: Sequence[tuple[str, bytes | None]],
    ) -> _Added | None:
        """Take a record; return None when the batch is full."""


class _Sent(Protocol):
    """aiokafka's RecordMetadata, which has no types: the place of a batch's first record."""

    offset: int


@dataclass(slots=True)
class _Batch:
    """Records of one partition that go out together, and their places in the caller's list."""

    builder: _Builder
    partition: int
    places: list[int] = field(default_factory=list)


class KafkaLog:
    """Topics of `partitions` partitions, or as many as they already have."""

    def __init__(self, servers: str, *, partitions: int = 6) -> None:
        """Take `servers` as kafka://host:port[,host:port]. Raise ValueError for anything else."""
        apply_patches()
        scheme, _, hosts = servers.partition("://")
        if scheme != "kafka" or not hosts.strip("/"):
            raise ValueError(f"not kafka://host:port: {servers!r}")
        self._servers = hosts.strip("/").split(",")
        self._partitions = partitions
        self._producer: AIOKafkaProducer | None = None
        self._starting = asyncio.Lock()
        self._closed = False
        self._lost = False
        self._subscriptions: WeakSet[Subscription] = WeakSet()

    @property
    def batch_age(self) -> float:
        """Seconds for which the slowest handler has had its present batch.

        For a liveness check: Kafka itself does not notice a handler that is stuck.
        """
        since = [s.batch_since for s in self._subscriptions if s.batch_since is not None]
        return asyncio.get_running_loop().time() - min(since) if since else 0.0

    async def open(self) -> None:
        self._closed = False
        said = -_SAY
        while True:
            try:
                async with asyncio.timeout(_ANSWER):
                    await self._connected()
            except (KafkaError, OSError) as error:
                if time.monotonic() - said >= _SAY:
                    said = time.monotonic()
                    log.warning("waiting for Kafka at %s: %r", ",".join(self._servers), error)
                await asyncio.sleep(1)
            else:
                return

    async def close(self) -> None:
        self._closed = True
        if self._producer is not None:
            await self._drop(self._producer)

    async def ping(self) -> None:
        async with self._answering(_PING):
            await (await self._connected()).client.fetch_all_metadata()

    async def create_topics(self, topics: Sequence[str]) -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=self._servers, request_timeout_ms=10_000)
        try:
            async with self._answering(_ANSWER):
                await admin.start()
                missing = sorted(set(topics) - set(await admin.list_topics()))
                if not missing:
                    return
                # -1 is the brokers' own replication factor.
                answer = await admin.create_topics(
                    [NewTopic(t, self._partitions, -1, {}, _TOPIC) for t in missing]
                )
                for topic, code, why in answer.topic_errors:
                    error = for_code(code)
                    if code and error is not TopicAlreadyExistsError:
                        raise error(f"cannot create the topic {topic}: {why}")
                # A group that joins before the brokers know the topic gets no partitions of it.
                while True:
                    if set(missing) <= set(await admin.list_topics()):
                        return
                    await asyncio.sleep(0.05)
        finally:
            await ended(admin.close(), admin)

    async def send(
        self, topic: str, records: Sequence[Record], *, partitions: int | None = None
    ) -> list[Position]:
        if not records:
            return []
        try:
            async with self._answering(_ANSWER):
                return await self._send(topic, records, partitions)
        except MessageSizeTooLargeError as error:
            if len(records) == 1:
                raise ValueError(f"{topic} takes no record as large as this one") from error
        # Made by somebody else with a lower limit than ours: find the record that is too large.
        return [
            position
            for record in records
            for position in await self.send(topic, [record], partitions=partitions)
        ]

    async def _send(
        self, topic: str, records: Sequence[Record], first: int | None
    ) -> list[Position]:
        producer = await self._connected()
        there = tuple(sorted(await producer.partitions_for(topic)))
        queues = self._batches(producer, there[:first], records)
        positions: dict[int, Position] = {}
        try:
            while queues:
                # One batch of each partition at a time: no later one goes out before an earlier
                # one is acknowledged, so nothing can be overtaken when one fails.
                wave = [queue.popleft() for queue in queues]
                sent = [
                    await producer.send_batch(b.builder, topic, partition=b.partition) for b in wave
                ]
                for batch, result in zip(wave, await _all(sent), strict=True):
                    if result.offset < 0:
                        raise KafkaError("acknowledged without an offset")
                    for index, place in enumerate(batch.places):
                        positions[place] = Position(batch.partition, result.offset + index)
                queues = [queue for queue in queues if queue]
        except BaseException:
            # It may have lost count of its partitions, or still hold what the caller sends again.
            await self._drop(producer)
            raise
        return [positions[place] for place in range(len(records))]

    def _batches(
        self, producer: AIOKafkaProducer, partitions: tuple[int, ...], records: Sequence[Record]
    ) -> list[deque[_Batch]]:
        queues: defaultdict[int, deque[_Batch]] = defaultdict(deque)
        for place, (key, value, headers) in enumerate(records):
            partition = _partition(key, partitions)
            queue = queues[partition]
            listed = list(headers)
            added = queue and queue[-1].builder.append(
                timestamp=None, key=key, value=value, headers=listed
            )
            if not added:
                queue.append(_Batch(producer.create_batch(), partition))
                added = queue[-1].builder.append(
                    timestamp=None, key=key, value=value, headers=listed
                )
                if added is None or added.size + _BATCH_HEADER > _MAX_RECORD:
                    raise ValueError(f"a record of more than {_MAX_RECORD} bytes")
            queue[-1].places.append(place)
        return list(queues.values())

    def subscribe(self, topic: str, group: str, handler: Handler) -> Subscription:
        subscription = Subscription(self._servers, topic, group, handler)
        self._subscriptions.add(subscription)
        return subscription

    async def ends(self, topic: str) -> dict[int, int]:
        async with self._answering(_ANSWER):
            producer = await self._connected()
            asked = [TopicPartition(topic, p) for p in await producer.partitions_for(topic)]
        async with self._reader() as reader, self._answering(_ANSWER):
            await reader.start()
            return {p: end for (_, p), end in (await reader.end_offsets(asked)).items()}

    async def read(
        self, topic: str, partition: int, start: int, end: int
    ) -> AsyncGenerator[list[LogRecord], None]:
        place = TopicPartition(topic, partition)
        async with self._reader() as reader:
            async with self._answering(_ANSWER):
                await reader.start()
                # Never waits for a record that is not there yet.
                end = min(end, (await reader.end_offsets([place]))[place])
            reader.assign([place])
            reader.seek(place, start)
            while start < end:
                found: dict[TopicPartition, list[ConsumerRecord]] = {}
                async with self._answering(_ANSWER):
                    # Offsets that have no record (a transaction's marks) still move the position.
                    while (after := await reader.position(place)) == start:
                        found = await reader.getmany(timeout_ms=100, max_records=_READ)
                records = [log_record(r) for r in found.get(place, ())]
                start = after
                if start > end:
                    records = [r for r in records if r.offset < end]
                if records:
                    yield records

    @asynccontextmanager
    async def _reader(self) -> AsyncIterator[AIOKafkaConsumer]:
        reader = AIOKafkaConsumer(
            bootstrap_servers=self._servers,
            auto_offset_reset="earliest",
            request_timeout_ms=10_000,
            fetch_max_wait_ms=100,
            # The first question about a topic always waits once for its metadata.
            retry_backoff_ms=20,
        )
        try:
            yield reader
        finally:
            await ended(reader.stop(), reader)

    async def _connected(self) -> AIOKafkaProducer:
        async with self._starting:
            if self._closed:
                raise Unavailable("the log is closed")
            if self._producer is None:
                producer = AIOKafkaProducer(
                    bootstrap_servers=self._servers,
                    acks="all",
                    enable_idempotence=True,
                    max_batch_size=_BATCH,
                    request_timeout_ms=10_000,
                )
                try:
                    await producer.start()
                except BaseException:
                    await ended(discard(producer), producer)
                    raise
                self._producer = producer
            return self._producer

    async def _drop(self, producer: AIOKafkaProducer) -> None:
        if self._producer is producer:
            self._producer = None
        await ended(discard(producer), producer)

    @asynccontextmanager
    async def _answering(self, seconds: float) -> AsyncIterator[None]:
        """Raise Unavailable when the block fails or takes longer."""
        try:
            async with asyncio.timeout(seconds):
                yield
        except MessageSizeTooLargeError:
            raise
        except (KafkaError, OSError) as error:
            servers = ",".join(self._servers)
            if not self._lost:
                log.warning("Kafka at %s is lost: %r", servers, error)
            self._lost = True
            raise Unavailable(f"Kafka at {servers}: {error!r}") from error
        else:
            if self._lost:
                log.info("Kafka at %s is back", ",".join(self._servers))
            self._lost = False


async def _all(sent: Sequence[asyncio.Future[_Sent]]) -> list[_Sent]:
    """Return the results; raise an error only when none is left waiting, so each is looked at."""
    results = []
    for result in await asyncio.gather(*sent, return_exceptions=True):
        if isinstance(result, BaseException):
            raise result
        results.append(result)
    return results
