"""A topic's growth is signed and witnessed; what was dropped, changed or forked is found."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from prometheus_client import REGISTRY

from shared.checkpoints import (
    TOPIC,
    Origin,
    Published,
    leaf_hashes,
    read_published,
    valid_signature,
)
from shared.merkle import EMPTY, Levels, verify_consistency
from shared.note import COSIGNATURE, BadNote
from shared.ports import Log, LogRecord
from shared.service import Service
from tests.conftest import Backend
from tests.toy import add, until

SOON = {"checkpoint_seconds": 0.1}


@asynccontextmanager
async def running(
    backend: Backend, log: Log, **settings: Any
) -> AsyncIterator[tuple[Service, Service]]:
    world = backend.world
    alpha = world.service(world.alpha, backend.store(world.alpha.name), log, **settings)
    beta = world.service(world.beta, backend.store(world.beta.name), log, **settings)
    async with alpha.run(), beta.run():
        yield alpha, beta


async def published(log: Log, topic: str) -> list[tuple[LogRecord, Published]]:
    """All records about the topic's partitions that have the right form."""
    found = []
    for partition, end in (await log.ends(TOPIC)).items():
        async for batch in log.read(TOPIC, partition, 0, end):
            for place in batch:
                try:
                    record = read_published(place.record)
                except BadNote:
                    continue
                if record.origin.topic == topic:
                    found.append((place, record))
    return found


async def newest(log: Log, topic: str, witness: str = "") -> dict[int, Published]:
    of = [p for _, p in await published(log, topic) if p.witness == witness]
    return {p.origin.partition: p for p in sorted(of, key=lambda p: p.checkpoint.size)}


async def covered(log: Log, topic: str, witness: str = "") -> bool:
    """Whether the newest checkpoints, or the cosigned ones, hold the whole topic."""
    found = await newest(log, topic, witness)
    ends = await log.ends(topic)
    return all(p in found and found[p].checkpoint.size == e for p, e in ends.items() if e)


async def soon_covered(log: Log, topic: str, witness: str = "") -> None:
    async def check() -> bool:
        return await covered(log, topic, witness)

    await until(check, f"{topic} is covered by {witness or 'its owner'}")


async def tree(log: Log, origin: Origin) -> Levels:
    levels = Levels()
    end = (await log.ends(origin.topic))[origin.partition]
    async for hashes in leaf_hashes(log, origin.topic, origin.partition, 0, end):
        for hash_ in hashes:
            levels.append(hash_)
    return levels


async def holds(backend: Backend, log: Log, topic: str) -> int:
    """Every checkpoint is signed, equals the log, and is proven to follow the one before."""
    trust, sizes = backend.world.trust, {}
    of = await published(log, topic)
    for place, found in of:
        checkpoint, origin = found.checkpoint, found.origin
        levels = await tree(log, origin)
        assert checkpoint.root == levels.root(checkpoint.size)
        if found.witness:
            name, kind = found.witness, COSIGNATURE
            assert valid_signature(found.note, name, name, trust, place, kind)
            continue
        assert valid_signature(found.note, checkpoint.origin, origin.agency, trust, place)
        before = sizes.setdefault(origin, 0)
        assert found.old == before
        root = levels.root(before) if before else EMPTY
        assert verify_consistency(before, root, checkpoint.size, checkpoint.root, found.consistency)
        assert list(found.leaves) == [levels.node(0, i) for i in range(before, checkpoint.size)]
        sizes[origin] = checkpoint.size
    return len(of)


def conflicts(service: Service) -> float:
    value = REGISTRY.get_sample_value(
        "sinergi_checkpoint_conflicts_total", {"service": service.name}
    )
    return value or 0


async def test_a_topic_is_signed_by_its_owner_and_cosigned_by_another(
    backend: Backend, log: Log
) -> None:
    async with running(backend, log, **SOON) as (alpha, beta):
        topics = {alpha.definition.topic: beta.name, beta.definition.topic: alpha.name}
        for round_ in range(3):
            await asyncio.gather(*(add(alpha, f"counter/{i}", round_) for i in range(20)))
            await soon_covered(log, alpha.definition.topic)
        await soon_covered(log, alpha.definition.topic, "urn:sinergi:b")
        await soon_covered(log, beta.definition.topic, "urn:sinergi:a")
        for topic in topics:
            assert await holds(backend, log, topic) > 2
        assert conflicts(alpha) == conflicts(beta) == 0


async def test_a_system_that_has_stopped_is_covered_to_its_end(backend: Backend, log: Log) -> None:
    for _ in range(2):
        async with running(backend, log) as (alpha, _):
            await soon_covered(log, alpha.definition.topic)
            await asyncio.gather(*(add(alpha, f"counter/{i}", 1) for i in range(20)))
        assert await covered(log, alpha.definition.topic)
    await holds(backend, log, alpha.definition.topic)
