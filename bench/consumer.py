"""A topic of a real Kafka applied to a view, beside a FastStream subscriber that does nothing."""

import asyncio
import time
from collections.abc import Sequence
from functools import partial
from uuid import uuid4

from aiokafka.abc import ConsumerRebalanceListener  # type: ignore[import-untyped]
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from faststream.kafka.annotations import KafkaMessage

from bench.history import alpha, history
from bench.measure import Result, Site, in_turn
from shared.adapters.kafka.log import KafkaLog
from shared.adapters.sqlite_store import SqliteStore
from shared.kernel.ports import LogRecord
from shared.messaging.dead_letters import DeadLetters
from shared.messaging.subscriber import Subscriber
from tests.toy import Added, World

_STREAMS, _EACH = 500, 20
_RECORDS = _STREAMS * _EACH
_ACKED = 800  # an acknowledgement a message is slow; the rate is the same for fewer
_PATIENCE = 120.0


class _Span:
    """From the assignment of partitions until so many records have been handled."""

    def __init__(self, records: int) -> None:
        self._left = records
        self._started = 0.0
        self._ended: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._records = records

    def start(self) -> None:
        self._started = time.perf_counter()

    def handled(self, number: int) -> None:
        self._left -= number
        if self._left <= 0 and not self._ended.done():
            self._ended.set_result(time.perf_counter())

    async def rate(self) -> float:
        return self._records / (await asyncio.wait_for(self._ended, _PATIENCE) - self._started)


class _Handler:
    """Ours, watched."""

    def __init__(self, consumer: Subscriber, span: _Span) -> None:
        self._subscriber, self._span = consumer, span

    async def assigned(self, partitions: Sequence[int]) -> dict[int, int]:
        self._span.start()
        return await self._subscriber.assigned(partitions)

    async def handle(self, batch: Sequence[LogRecord]) -> None:
        await self._subscriber.handle(batch)
        self._span.handled(len(batch))


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]
    """Theirs, watched."""

    def __init__(self, span: _Span) -> None:
        self._span = span

    async def on_partitions_revoked(self, revoked: object) -> None:
        pass

    async def on_partitions_assigned(self, assigned: object) -> None:
        self._span.start()


async def measure(site: Site) -> list[Result]:
    topic = World().alpha.topic
    log = KafkaLog(f"kafka://{site.kafka}")
    await log.open()
    await log.create_topics([topic])
    commits = await history(site.new("consumer") / "alpha.sqlite", _STREAMS, _EACH)
    await log.send(topic, [record for commit in commits for record in commit.records])
    try:
        ours, acked, automatic = await in_turn(
            site.rounds,
            lambda: _ours(site, log),
            lambda: _theirs(site, topic, _ACKED, AckPolicy.MANUAL),
            lambda: _theirs(site, topic, _RECORDS, AckPolicy.ACK_FIRST),
        )
    finally:
        await log.close()
    what = (
        "the consumer: authenticated, chained, folded into a view, view and positions on SQLite"
        " / FastStream: one message a call, decoded into the same pydantic model, doing nothing,"
    )
    return [
        Result(
            "consumer", f"{what} at least once (AckPolicy.MANUAL, ack of each message)",
            "records/s", ours, acked, 5,
        ),
        Result(
            "consumer, loose", f"{what} at most once (its default, ACK_FIRST: commits by timer)",
            "records/s", ours, automatic, 5,
        ),
    ]  # fmt: skip


async def _ours(site: Site, log: KafkaLog) -> float:
    world, folder, span = World(), site.new("consumer"), _Span(_RECORDS)
    store = SqliteStore(folder / "beta.sqlite")
    await store.open()
    async with alpha(folder / "empty.sqlite") as command_handler:
        topic = world.alpha.topic
        consumer = Subscriber(
            service="beta",
            topic=topic,
            owners=world.topology.owners[topic],
            trust=world.trust,
            catalogue=world.topology.catalogue,
            store=store,
            command_handler=command_handler,
            dead_letters=DeadLetters("beta", store, command_handler),
            projections=world.beta.projections,
            policies=(),
            refresh_keys=partial(world.keys("beta").ring.refresh, log),
        )
        async with log.subscribe(topic, f"bench-{uuid4()}", _Handler(consumer, span)):
            rate = await span.rate()
    assert len(await store.scan("view.sums", limit=_RECORDS)) == _STREAMS
    await store.close()
    return rate


async def _theirs(site: Site, topic: str, records: int, policy: AckPolicy) -> float:
    span = _Span(records)
    broker = KafkaBroker(site.kafka, logger=None)
    subscriber = broker.subscriber(
        topic,
        group_id=f"bench-{uuid4()}",
        auto_offset_reset="earliest",
        ack_policy=policy,
        listener=_Listener(span),
    )

    async def handle(body: Added, message: KafkaMessage) -> None:
        if policy is AckPolicy.MANUAL:
            await message.ack()
        span.handled(1)

    subscriber(handle)
    await broker.start()
    try:
        return await span.rate()
    finally:
        await broker.stop()
