"""No witness cosigns a second history of a topic, and each attempt is an alarm."""

import pytest

from shared.kernel.ports import Log, Unavailable
from shared.signing.merkle import Levels
from shared.transparency.checkpoints import (
    TOPIC,
    Origin,
    owners_record,
    read_published,
    witness_record,
)
from shared.transparency.signed_notes import Checkpoint, cosign
from shared.transparency.witness import EVIDENCE, Declined
from tests.conftest import Backend
from tests.machinery.checkpoints import (
    SOON,
    WITNESS,
    conflicts,
    newest,
    partition_of,
    published,
    running,
    soon_covered,
    tree,
)
from tests.toy import add, until


async def test_a_checkpoint_of_a_fork_is_never_cosigned(backend: Backend, log: Log) -> None:
    """Whoever has the owner's key can sign another history: the witness does not follow."""
    async with running(backend, log, **SOON) as (alpha, beta):
        topic = alpha.definition.topic
        await add(alpha, "counter/one", 1)
        await soon_covered(log, topic, WITNESS)
        honest = (await newest(log, topic))[await partition_of(log, topic, "counter/one")]
        size, origin = honest.checkpoint.size, honest.origin
        alarms, fork = conflicts(beta), Levels()
        for leaf in range(size + 1):
            fork.append(bytes([leaf + 1]) * 32)
        forged = [Checkpoint(str(origin), n, fork.root(n)) for n in (size, size + 1)]
        path = fork.consistency(size, size + 1)
        await log.send(TOPIC, [owners_record(c, alpha.keys.signer, size, path, []) for c in forged])

        async def alarmed() -> bool:
            return conflicts(beta) == alarms + 2

        await until(alarmed, "both forged checkpoints are an alarm")
        evidence = await beta.store.scan(EVIDENCE)
        assert {row.body for row in evidence} == {
            owners_record(c, alpha.keys.signer, 0, [], []).value for c in forged
        }
        # The honest owner goes on, and so does its witness.
        await add(alpha, "counter/one", 1)
        await add(alpha, "counter/one", 1)
        await soon_covered(log, topic, WITNESS)
    texts = {p.note.text for _, p in await published(log, topic) if p.witness}
    assert not texts & {c.text for c in forged}


async def test_a_witness_with_an_old_store_does_not_cosign_a_fork(
    backend: Backend, log: Log
) -> None:
    """Its later cosignatures are on the topic, and it reads them before it cosigns anything."""
    world = backend.world
    topic = world.alpha.topic
    async with running(backend, log, **SOON) as (alpha, _):
        await add(alpha, "counter/one", 1)
        await soon_covered(log, topic, WITNESS)
    before = await newest(log, topic, WITNESS)
    put_back = await backend.copy(world.beta.name)
    async with running(backend, log, **SOON) as (alpha, _):
        await add(alpha, "counter/one", 1)
        await soon_covered(log, topic, WITNESS)
    await put_back()
    seen = (await newest(log, topic, WITNESS))[await partition_of(log, topic, "counter/one")]
    # A fork that fits what the old store has accepted, and is larger than what came since.
    old = before[seen.origin.partition].checkpoint.size
    levels, fork = await tree(log, seen.origin), Levels()
    for index in range(levels.size + 1):
        fork.append(levels.node(0, index) if index < old else bytes(32))
    checkpoint = Checkpoint(str(seen.origin), fork.size, fork.root(fork.size))
    path = fork.consistency(old, fork.size)
    record = owners_record(checkpoint, world.signers[world.alpha.name], old, path, [])
    await log.send(TOPIC, [record])
    beta = world.service(world.beta, backend.store(world.beta.name), log, **SOON)
    async with beta.run():
        with pytest.raises((Declined, Unavailable)):
            await beta.witness.add(old, path, read_published(record).note)

        async def alarmed() -> bool:
            return bool(await beta.store.scan(EVIDENCE))

        await until(alarmed, "the fork is an alarm")

        async def declined() -> bool:
            try:
                await beta.witness.add(old, path, read_published(record).note)
            except Unavailable:
                return False
            except Declined as error:
                return error.status == 409 and seen.checkpoint.size <= int(error.why) < fork.size
            return False

        await until(declined, "the old size is refused, and the size that was accepted is named")
    cosigned = [p.checkpoint for _, p in await published(log, topic) if p.witness]
    assert checkpoint not in cosigned


async def test_what_binds_a_witness_is_read_before_what_it_judges(
    backend: Backend, log: Log
) -> None:
    """It cosigned something over HTTP that stands behind a fork of its owner's on the topic."""
    world = backend.world
    topic = world.alpha.topic
    async with running(backend, log, **SOON) as (alpha, _):
        await add(alpha, "counter/one", 1)
        await soon_covered(log, topic, WITNESS)
    partition = await partition_of(log, topic, "counter/one")
    origin = Origin("urn:sinergi:a", topic, partition)
    levels, fork = await tree(log, origin), await tree(log, origin)
    old = levels.size
    levels.append(b"h" * 32)
    fork.append(b"f" * 32)
    fork.append(b"f" * 32)
    honest = Checkpoint(str(origin), old + 1, levels.root(old + 1))
    forged = Checkpoint(str(origin), old + 2, fork.root(old + 2))
    signers = world.signers[world.alpha.name], world.signers[world.beta.name]
    path = fork.consistency(old, old + 2)
    bound = witness_record(str(origin), honest.text, cosign(honest.text, WITNESS, signers[1], 1))
    await log.send(TOPIC, [owners_record(forged, signers[0], old, path, []), bound])
    beta = world.service(world.beta, backend.store(world.beta.name), log, **SOON)
    async with beta.run():

        async def alarmed() -> bool:
            return bool(await beta.store.scan(EVIDENCE))

        await until(alarmed, "the fork is an alarm")
    cosigned = [p.checkpoint for _, p in await published(log, topic) if p.witness]
    assert honest in cosigned
    assert forged not in cosigned
