"""Two agencies that sign and witness each other's topics, and what their checkpoints say."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from prometheus_client import REGISTRY

from shared.kernel.ports import Log, LogRecord
from shared.runtime.definition import Definition
from shared.runtime.service import Service
from shared.signing.merkle import EMPTY, Levels, verify_consistency
from shared.transparency.checkpoints import (
    TOPIC,
    Origin,
    Published,
    leaf_hashes,
    read_published,
    valid_signature,
)
from shared.transparency.signed_notes import COSIGNATURE, BadNote
from tests.conftest import Backend
from tests.toy import until

SOON: dict[str, Any] = {"checkpoint_seconds": 0.1}
WITNESS = "urn:sinergi:b"


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
    """Return whether the newest checkpoints, or those of the witness, cover the whole topic."""
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
    trust, sizes = backend.world.trust, dict[Origin, int]()
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


def conflicts(service: Service | Definition) -> float:
    value = REGISTRY.get_sample_value(
        "sinergi_checkpoint_conflicts_total", {"service": service.name}
    )
    return value or 0


async def partition_of(log: Log, topic: str, stream: str) -> int:
    for partition, end in (await log.ends(topic)).items():
        async for batch in log.read(topic, partition, 0, end):
            if any(place.record.key == stream.encode() for place in batch):
                return partition
    raise AssertionError(f"{stream} is not on {topic}")
