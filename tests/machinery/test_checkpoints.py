"""A topic's growth is signed and witnessed, and an auditor proves it from the log alone."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from apps.audit.checkpoints import Auditor
from shared.kernel.ports import Log, Record
from shared.transparency.checkpoints import TOPIC, Origin, owners_record
from shared.transparency.signed_notes import Checkpoint
from tests.conftest import Backend
from tests.machinery.checkpoints import (
    SOON,
    WITNESS,
    conflicts,
    covered,
    holds,
    newest,
    published,
    running,
    soon_covered,
)
from tests.toy import World, add


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
