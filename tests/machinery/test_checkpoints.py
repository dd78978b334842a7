"""A topic's growth is signed and witnessed; what was dropped, changed or forked is found."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import REGISTRY

from apps.audit.checkpoints import Auditor
from shared.kernel.ports import Log, LogRecord, Record, Unavailable
from shared.runtime.definition import Definition
from shared.runtime.service import Service
from shared.signing.merkle import EMPTY, Levels, verify_consistency
from shared.transparency.checkpoints import (
    TOPIC,
    Origin,
    Published,
    leaf_hashes,
    owners_record,
    read_published,
    valid_signature,
    witness_record,
)
from shared.transparency.signed_notes import COSIGNATURE, BadNote, Checkpoint, cosign
from shared.transparency.witness import EVIDENCE, Declined
from tests.conftest import Backend
from tests.toy import World, add, until

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


async def test_a_topic_is_signed_by_its_owner_and_cosigned_by_another(
    backend: Backend, log: Log
) -> None:
    async with running(backend, log, **SOON) as (alpha, beta):
        topics = {alpha.definition.topic: beta.name, beta.definition.topic: alpha.name}
        for round_ in range(3):
            await asyncio.gather(*(add(alpha, f"counter/{i}", round_) for i in range(20)))
            await soon_covered(log, alpha.definition.topic)
        await soon_covered(log, alpha.definition.topic, WITNESS)
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


async def test_a_store_that_was_lost_goes_on_from_the_log(backend: Backend, log: Log) -> None:
    """Both the owner's tree and what the witness has accepted come back, and fit."""
    async with running(backend, log, **SOON) as (alpha, _):
        await asyncio.gather(*(add(alpha, f"counter/{i}", 1) for i in range(20)))
        await soon_covered(log, alpha.definition.topic, WITNESS)
    for definition in backend.world.definitions:
        store = backend.store(definition.name)
        await store.open()
        await store.clear()
        await store.close()
    async with running(backend, log, **SOON) as (alpha, beta):
        await asyncio.gather(*(add(alpha, f"counter/{i}", 2) for i in range(20)))
        await soon_covered(log, alpha.definition.topic)
        await soon_covered(log, alpha.definition.topic, WITNESS)
        assert conflicts(alpha) == conflicts(beta) == 0
    await holds(backend, log, alpha.definition.topic)


async def test_two_replicas_sign_one_history(backend: Backend, log: Log) -> None:
    world = backend.world
    async with running(backend, log, **SOON) as (alpha, beta):
        twin = world.service(world.alpha, backend.store(world.alpha.name), log, **SOON)
        async with twin.run():
            for round_ in range(5):
                asked = [(s, f"counter/{s is twin}/{i}") for i in range(10) for s in (alpha, twin)]
                await asyncio.gather(*(add(s, stream, round_) for s, stream in asked))
            await soon_covered(log, alpha.definition.topic)
        await add(alpha, "counter/last", 1)
        await soon_covered(log, alpha.definition.topic, WITNESS)
        assert conflicts(alpha) == conflicts(beta) == 0
    await holds(backend, log, alpha.definition.topic)


async def test_what_an_intruder_writes_counts_as_leaves_and_binds_nobody(
    backend: Backend, log: Log
) -> None:
    junk = [
        Record(None, None, ()),
        Record(b"\xff", b"\x00", (("ce_id", None), ("ce_id", b"twice"), ("ä" * 300, b""))),
        Record(b"counter/x", b"{}", (("ce_id", b"counter/x/1"),)),
    ]
    async with running(backend, log, **SOON) as (alpha, beta):
        await add(alpha, "counter/one", 1)
        topic = alpha.definition.topic
        await log.send(topic, junk)
        origin = Origin("urn:sinergi:a", topic, 0)
        forged = [
            owners_record(Checkpoint(str(origin), 10**6, bytes(32)), beta.keys.signer, 0, [], []),
            Record(str(origin).encode(), b"no note", ()),
            Record(b"urn:sinergi:x/none.events/0", junk[0].value, ()),
        ]
        await log.send(TOPIC, forged)
        await add(alpha, "counter/one", 1)
        await soon_covered(log, topic, WITNESS)
        assert conflicts(alpha) == conflicts(beta) == 0
        sent = (await log.ends(topic)).values()
        assert sum(sent) >= len(junk) + 2


async def partition_of(log: Log, topic: str, stream: str) -> int:
    for partition, end in (await log.ends(topic)).items():
        async for batch in log.read(topic, partition, 0, end):
            if any(place.record.key == stream.encode() for place in batch):
                return partition
    raise AssertionError(f"{stream} is not on {topic}")


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
    """What it has cosigned since is on the topic: it reads that before it cosigns anything."""
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


class Cut:
    """An embedded system that has run and whose log then lost its last records."""

    def __init__(self, folder: Path) -> None:
        self.backend = Backend(World(), folder)
        self.topic = self.backend.world.alpha.topic
        self.size = 0

    async def make(self) -> None:
        log = await self.backend.log()
        async with running(self.backend, log) as (alpha, _):
            await soon_covered(log, self.topic)
            for stream in range(9):
                await add(alpha, f"counter/{stream}", 1)
        self.size = (await newest(log, self.topic))[0].checkpoint.size
        await log.close()
        with closing(sqlite3.connect(self.backend.folder / "log.sqlite")) as db, db:
            db.execute(
                'DELETE FROM records WHERE topic=? AND "offset">=?', (self.topic, self.size - 3)
            )

    async def forget(self) -> None:
        store = self.backend.store(self.backend.world.alpha.name)
        await store.open()
        await store.clear()
        await store.close()


async def test_a_log_that_lost_its_end_and_got_it_back_is_signed_on(tmp_path: Path) -> None:
    lost = Cut(tmp_path)
    await lost.make()
    log = await lost.backend.log()
    async with running(lost.backend, log, **SOON) as (alpha, _):
        await add(alpha, "counter/1", 1)
        await soon_covered(log, lost.topic, WITNESS)
    await holds(lost.backend, log, lost.topic)
    await log.close()


@pytest.mark.parametrize("grows", [False, True])
async def test_a_log_that_lost_its_end_for_good_is_an_alarm(tmp_path: Path, grows: bool) -> None:
    """However long it becomes again: what was signed is not what it holds."""
    lost = Cut(tmp_path)
    await lost.make()
    await lost.forget()
    log = await lost.backend.log()
    before = conflicts(lost.backend.world.alpha)
    async with running(lost.backend, log, **SOON) as (alpha, _):
        if grows:
            for stream in range(9):
                await add(alpha, f"counter/{stream}", 5)

        async def alarmed() -> bool:
            return conflicts(alpha) > before

        await until(alarmed, "the owner sees that its log is another one")
    assert (await newest(log, lost.topic))[0].checkpoint.size == lost.size
    await log.close()


async def test_a_record_changed_under_a_signed_tree_is_an_alarm_at_the_next_start(
    tmp_path: Path,
) -> None:
    lost = Cut(tmp_path)
    await lost.make()
    log = await lost.backend.log()
    async with running(lost.backend, log):
        await soon_covered(log, lost.topic)
    await log.close()
    with closing(sqlite3.connect(lost.backend.folder / "log.sqlite")) as db, db:
        db.execute(
            "UPDATE records SET record=(SELECT record FROM records WHERE topic=? AND"
            ' "offset"=?) WHERE topic=? AND "offset"=?',
            (lost.topic, lost.size - 3, lost.topic, lost.size - 2),
        )
    log = await lost.backend.log()
    before = conflicts(lost.backend.world.alpha)
    async with running(lost.backend, log, **SOON) as (alpha, _):

        async def alarmed() -> bool:
            return conflicts(alpha) > before

        await add(alpha, "counter/1", 1)
        await until(alarmed, "the owner sees that a record is another one")
    assert (await newest(log, lost.topic))[0].checkpoint.size == lost.size
    await log.close()


def auditor(world: World, log: Log) -> Auditor:
    return Auditor(log, world.trust, world.topology.owners)


async def test_an_auditor_proves_records_and_growth_from_the_log_alone(
    backend: Backend, log: Log
) -> None:
    world = backend.world
    async with running(backend, log, **SOON) as (alpha, _):
        for round_ in range(4):
            await add(alpha, "counter/one", round_)
            await soon_covered(log, alpha.definition.topic, WITNESS)
        reader = auditor(world, log)
        rows = [r for r in await reader.listed() if world.alpha.topic in r["origin"]]
        assert all(row["cosigned"][WITNESS]["size"] == row["size"] for row in rows)
        for row in rows:
            whole = await reader.check(row["note"].encode())
            assert (whole["holds"], whole["cosigned"]) == (True, [WITNESS])
    rows = [r for r in await reader.listed() if world.alpha.topic in r["origin"]]
    largest = max(rows, key=lambda row: row["size"])
    partition, size = int(largest["origin"].rpartition("/")[2]), largest["size"]
    for offset in range(size):
        assert (await reader.inclusion(world.alpha.topic, partition, offset))["holds"]
        assert (await reader.consistency(world.alpha.topic, partition, offset, None))["holds"]
    for _, found in await published(log, world.alpha.topic):
        kept = await reader.check(bytes(found.note))
        assert (kept["holds"], kept["signed"]) == (not found.witness, not found.witness)
        assert kept["cosigned"] == ([found.witness] if found.witness else [])


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ('DELETE FROM records WHERE topic=? AND "offset">=?', "has only"),
        ("UPDATE records SET record=x'9193c0c090' WHERE topic=? AND \"offset\"=?", "are others"),
    ],
)
async def test_yesterdays_checkpoint_finds_what_was_cut_or_changed(
    tmp_path: Path, change: str, why: str
) -> None:
    """The operator of the log takes everything back, the checkpoints too: the auditor kept one."""
    backend = Backend(World(), tmp_path)
    log = await backend.log()
    async with running(backend, log, **SOON) as (alpha, _):
        for stream in range(9):
            await add(alpha, f"counter/{stream}", 1)
        topic = alpha.definition.topic
        await soon_covered(log, topic)
    kept = bytes((await newest(log, topic))[0].note)
    assert (await auditor(backend.world, log).check(kept))["holds"]
    await log.close()
    with closing(sqlite3.connect(tmp_path / "log.sqlite")) as db, db:
        db.execute(change, (topic, 5))
        db.execute("DELETE FROM records WHERE topic=?", (TOPIC,))
    log = await backend.log()
    found = await auditor(backend.world, log).check(kept)
    assert not found["holds"]
    assert found["signed"]
    assert why in found["why"]
    stranger = kept.replace(b"\n\n", b"\nmore\n\n")
    assert not (await auditor(backend.world, log).check(stranger))["signed"]
    await log.close()
