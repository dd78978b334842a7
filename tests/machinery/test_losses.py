"""Records that the log loses, or holds otherwise than they were signed, are found."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import Backend
from tests.machinery.checkpoints import (
    SOON,
    WITNESS,
    conflicts,
    holds,
    newest,
    running,
    soon_covered,
)
from tests.toy import World, add, until


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
