"""Fresh commits to a real Kafka and marked as sent, beside a plain aiokafka producer."""

import asyncio
import time

from aiokafka import AIOKafkaProducer  # type: ignore[import-untyped]

from bench.history import alpha, history
from bench.measure import Result, Site, in_turn
from shared.adapters.kafka.log import KafkaLog
from shared.adapters.sqlite_store import SqliteStore
from shared.kernel.lease import DUTIES, Lease
from shared.kernel.ports import Commit, Log
from shared.messaging.outbox_relay import OutboxRelay

_STREAMS, _EACH = 1000, 10
_RECORDS = _STREAMS * _EACH
_GROUP = 64
_OURS, _THEIRS = "bench.relay", "bench.send"


async def measure(site: Site) -> list[Result]:
    commits = await history(site.new("relay") / "alpha.sqlite", _STREAMS, _EACH)
    log = KafkaLog(f"kafka://{site.kafka}")
    await log.open()
    await log.create_topics([_OURS, _THEIRS])
    producer = AIOKafkaProducer(
        bootstrap_servers=site.kafka, acks="all", enable_idempotence=True, max_batch_size=131_072
    )
    await producer.start()
    try:
        mine, beside = await in_turn(
            site.rounds, lambda: _relay(site, log, commits), lambda: _send(producer, commits)
        )
    finally:
        await producer.stop()
        await log.close()
    what = (
        "the relay: commits from memory to Kafka, acknowledged (acks=all, idempotent) and marked"
        " sent on SQLite / aiokafka: await send() of each of the same records, then gather of the"
        " futures, acks=all, idempotent, max_batch_size=131072 (faster than its default)"
    )
    return [Result("relay", what, "records/s", mine, beside, 2)]


async def _relay(site: Site, log: Log, commits: list[Commit]) -> float:
    folder = site.new("relay")
    store = SqliteStore(folder / "alpha.sqlite")
    await store.open()
    lease = Lease(store, DUTIES, "bench")
    relay = OutboxRelay(service="alpha", topic=_OURS, store=store, log_=log, lease=lease)
    async with alpha(folder / "empty.sqlite") as command_handler:
        running = asyncio.create_task(relay.run(command_handler))
        await relay.drained.wait()
        # This store never yields to the loop, so the relay's sweep cannot get ahead of us.
        for start in range(0, len(commits), _GROUP):
            await store.append(commits[start : start + _GROUP])
        started = time.perf_counter()
        relay.offer(commits)
        await relay.drained.wait()
        seconds = time.perf_counter() - started
        running.cancel()
        await asyncio.wait({running})
    assert not await store.pending(1)
    await store.close()
    return _RECORDS / seconds


async def _send(producer: AIOKafkaProducer, commits: list[Commit]) -> float:
    records = [record for commit in commits for record in commit.records]
    started = time.perf_counter()
    sent = [
        await producer.send(_THEIRS, record.value, record.key, headers=list(record.headers))
        for record in records
    ]
    await asyncio.gather(*sent)
    return _RECORDS / (time.perf_counter() - started)
