"""The relay of a service that signs checkpoints, beside one that does not."""

import asyncio
import time
from collections.abc import Sequence

from bench.history import AT_ONCE, history
from bench.measure import Result, Site, in_turn
from shared.adapters.kafka.log import KafkaLog
from shared.adapters.sqlite_store import SqliteStore
from shared.kernel.lease import DUTIES, Lease
from shared.kernel.ports import Commit, Log, Row
from shared.messaging.outbox_relay import OutboxRelay
from shared.messaging.subscriber import POSITIONS
from shared.transparency.checkpoints import MOST_LEAVES, TOPIC
from tests.toy import World

_EACH = 8
_STREAMS = 2048
_RECORDS = _STREAMS * _EACH


async def measure(site: Site) -> list[Result]:
    commits = await history(site.new("checkpoint") / "alpha.sqlite", _STREAMS, _EACH)
    # One partition, so that many checkpoints are made within the time that is measured.
    log = KafkaLog(f"kafka://{site.kafka}", partitions=1)
    await log.open()
    try:
        relayed, alone, signed = await in_turn(
            site.rounds,
            lambda: _relay(site, log, commits, signs=True),
            lambda: _relay(site, log, commits, signs=False),
            lambda: _relay(site, log, commits, signs=True, until_signed=True),
        )
    finally:
        await log.close()
    what = (
        "a burst of commits from memory to Kafka, acknowledged and marked sent on SQLite, in a"
        " service that signs checkpoints / in one that does not. Signing waits for a pause of the"
        " relay, at most checkpoint_seconds"
    )
    later = (
        "the same burst until every record is hashed into the tree and the last signed checkpoint"
        " is acknowledged / only relayed: what signing costs when there is never a pause"
    )
    return [
        Result("checkpoint", what, "records/s", relayed, alone, 0.95),
        Result("checkpoint-all", later, "records/s", signed, alone, 0.5),
    ]


async def _relay(
    site: Site, log: Log, commits: Sequence[Commit], *, signs: bool, until_signed: bool = False
) -> float:
    folder = site.new("checkpoint")
    world, store = World(f"-{folder.name}"), SqliteStore(folder / "alpha.sqlite")
    await log.create_topics(world.topics)
    service = world.service(world.alpha, store, log)
    await store.open()
    # Nobody follows `checkpoints` here: as if all had been read.
    ends = await log.ends(TOPIC)
    await store.put([Row(POSITIONS, f"{TOPIC}/{p}", end, None) for p, end in ends.items()])
    relay = (
        service.relay
        if signs
        else OutboxRelay(
            service=service.name,
            topic=world.alpha.topic,
            store=store,
            log_=log,
            lease=Lease(store, DUTIES, "bench"),
        )
    )
    tasks = [asyncio.create_task(relay.run(service.command_handler))]
    if signs:
        tasks.append(asyncio.create_task(service.publisher.run()))
    await relay.drained.wait()
    for start in range(0, len(commits), AT_ONCE):
        await store.append(commits[start : start + AT_ONCE])
    before = sum((await log.ends(TOPIC)).values())
    started = time.perf_counter()
    relay.offer(commits)
    await relay.drained.wait()
    seconds = time.perf_counter() - started
    if signs:
        await service.publisher.finish()
    if until_signed:
        seconds = time.perf_counter() - started
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)
    made = sum((await log.ends(TOPIC)).values()) - before
    assert made >= (_RECORDS // MOST_LEAVES if signs else 0), made
    await store.close()
    return _RECORDS / seconds
