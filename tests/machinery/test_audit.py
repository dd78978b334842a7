"""Verification finds what was done to a log or to a service's rows, and names the place."""

import sqlite3
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest

from apps.audit.index import Index
from apps.audit.live import CannotCheck, Fields
from apps.audit.report import Report
from apps.audit.verify import Verification
from apps.composition.client import RowFields
from shared.adapters.sqlite_log import EmbeddedLog
from shared.adapters.sqlite_store import SqliteStore
from shared.kernel.ports import LogRecord, Record, Unavailable
from shared.runtime.application import digests_of
from shared.runtime.service import Service
from shared.signing.cloudevents import read
from shared.signing.key_history import Pinned
from shared.signing.record_codec import pack_records, unpack_records
from tests.conftest import Backend
from tests.machinery.test_delivery import forged
from tests.toy import World, add, reaches

Edit = Callable[[sqlite3.Connection, str], object]


@pytest.fixture
async def log_file(tmp_path: Path) -> Path:
    """A closed log of a world in which two streams have moved."""
    backend = Backend(World(), tmp_path)
    world, log = backend.world, await backend.log()
    alpha = world.service(world.alpha, backend.store("alpha"), log)
    beta = world.service(world.beta, backend.store("beta"), log)
    async with alpha.run(), beta.run():
        for amount in range(1, 6):
            await add(alpha, "counter/one", amount)
            await add(alpha, "counter/two", amount)
        await reaches(beta, "counter/one", 15)
        await reaches(beta, "counter/two", 15)
    await log.close()
    return tmp_path / "log.sqlite"


async def verify(file: Path, world: World | None = None) -> Report:
    world = world or World()
    log = EmbeddedLog(file, readonly=True)
    await log.open()
    try:
        return await Verification(log, world.definitions, Pinned(world.trust), None).run()
    finally:
        await log.close()


def rewrite(change: Callable[[Record], Record]) -> Edit:
    def edit(db: sqlite3.Connection, topic: str) -> None:
        (packed,) = db.execute(
            'SELECT record FROM records WHERE topic=? AND "offset"=4', (topic,)
        ).fetchone()
        (record,) = unpack_records(packed)
        db.execute(
            'UPDATE records SET record=? WHERE topic=? AND "offset"=4',
            (pack_records([change(record)]), topic),
        )

    return edit


def header(name: str, change: Callable[[bytes], bytes]) -> Edit:
    return rewrite(
        lambda r: r._replace(
            headers=tuple((n, change(v or b"") if n == name else v) for n, v in r.headers)
        )
    )


def flip(value: bytes) -> bytes:
    return value[:-1] + bytes([value[-1] ^ 1])


def swap(db: sqlite3.Connection, topic: str) -> None:
    for old, new in ((4, -1), (6, 4), (-1, 6)):
        db.execute('UPDATE records SET "offset"=? WHERE topic=? AND "offset"=?', (new, topic, old))


EDITS: dict[str, Edit] = {
    "a byte of the data": rewrite(lambda r: r._replace(value=(r.value or b"").replace(b"3", b"4"))),
    "the key": rewrite(lambda r: r._replace(key=b"counter/two")),
    "the time": header("ce_time", lambda v: v.replace(b"T", b"t")),
    "the actor": header("ce_actor", flip),
    "the cause": header("ce_cause", flip),
    "the sequence": header("ce_sequence", lambda v: b"9"),
    "the signature": header("ce_signature", lambda v: b"A" + v[1:]),
    "a record dropped": lambda db, topic: db.execute(
        'DELETE FROM records WHERE topic=? AND "offset"=4', (topic,)
    ),
}


@pytest.mark.parametrize("name", EDITS)
async def test_an_edited_log_does_not_hold(log_file: Path, name: str) -> None:
    assert (await verify(log_file)).exit_code == 0
    with closing(sqlite3.connect(log_file)) as db:
        EDITS[name](db, "alpha.events")
        db.commit()
    report = await verify(log_file)
    assert report.exit_code == 1
    places = {(p.topic, p.offset) for p in report.problems}
    # A record that is gone is missed where its successor waits for it.
    assert places & {("alpha.events", 4), ("alpha.events", 6)}


async def test_a_swap_within_a_stream_is_found_by_the_checkpoint_alone(log_file: Path) -> None:
    """A consumer puts it right by sequence and hash; what the owner signed says the order."""
    with closing(sqlite3.connect(log_file)) as db:
        swap(db, "alpha.events")
        db.commit()
    (problem,) = (await verify(log_file)).problems
    assert (problem.topic, problem.offset, problem.code) == ("alpha.events", 4, "checkpoint")
    with closing(sqlite3.connect(log_file)) as db:
        db.execute("DELETE FROM records WHERE topic='checkpoints'")
        db.commit()
    assert (await verify(log_file)).exit_code == 0


class Failing(EmbeddedLog):
    """A log that is gone after so many records."""

    left = 12

    async def read(
        self, topic: str, partition: int, start: int, end: int
    ) -> AsyncGenerator[list[LogRecord], None]:
        async for batch in super().read(topic, partition, start, end):
            for place in batch:
                if topic.endswith(".events") and not self.left:
                    raise Unavailable("the log is gone")
                self.left -= topic.endswith(".events")
                yield [place]


async def test_an_interrupted_run_is_taken_up_where_it_was(
    log_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.audit.log_pass._SAVE", 1)
    monkeypatch.setattr("apps.audit.reading._CHUNK", 2)
    world, file = World(), tmp_path / "index.sqlite"
    log = Failing(log_file, readonly=True)
    await log.open()
    index = Index(file, "one")
    with pytest.raises(Unavailable):
        await Verification(log, world.definitions, Pinned(world.trust), None, index=index).run()
    await log.close()
    index.close()
    whole = EmbeddedLog(log_file, readonly=True)
    await whole.open()
    index = Index(file, "one")
    report = await Verification(
        whole, world.definitions, Pinned(world.trust), None, index=index
    ).run()
    assert report.exit_code == 0
    assert 0 < sum(report.fresh.values()) < sum(report.records.values())
    assert report.streams == (await verify(log_file)).streams
    index.close()
    # Another program, or another log, begins anew.
    index = Index(file, "another")
    report = await Verification(
        whole, world.definitions, Pinned(world.trust), None, index=index
    ).run()
    assert report.fresh == report.records
    await whole.close()


async def test_a_key_that_is_not_trusted(log_file: Path) -> None:
    stranger = World()
    stranger.trust = type(stranger.trust)({stranger.beta.source: [b"k" * 32]})
    report = await verify(log_file, stranger)
    assert report.exit_code == 1
    assert {p.code for p in report.problems} == {"key", "note-signature"}


async def test_an_unknown_type_is_not_checked(log_file: Path) -> None:
    narrower = World()
    narrower.definitions = (replace(narrower.alpha, events=()), narrower.beta)
    report = await verify(log_file, narrower)
    assert report.exit_code == 2
    assert "does not know" in report.unchecked[0]


def asking(*services: Service) -> Callable[[str], AsyncIterator[Mapping[str, Any]]]:
    async def ask(name: str) -> AsyncIterator[Mapping[str, Any]]:
        service = next((s for s in services if s.name == name), None)
        if service is None:
            raise CannotCheck("it does not answer")
        async for line in digests_of(service).stream():
            yield orjson.loads(line)

    return ask


def fields_of(*services: Service) -> Fields:
    async def ask(name: str, table: str, key: str) -> RowFields | None:
        (service,) = (s for s in services if s.name == name)
        found = await digests_of(service).fields(table, key)
        return RowFields.model_validate(found.model_dump()) if found else None

    return ask


async def test_rows_that_differ_from_the_log_are_named(tmp_path: Path) -> None:
    backend = Backend(World(), tmp_path)
    world, log = backend.world, await backend.log()
    alpha = world.service(world.alpha, backend.store("alpha"), log)
    beta = world.service(world.beta, backend.store("beta"), log)
    async with alpha.run(), beta.run():
        for stream in ("counter/one", "counter/two"):
            await add(alpha, stream, 5)
            await reaches(beta, stream, 5)
        check = Verification(log, world.definitions, Pinned(world.trust), asking(alpha, beta))
        assert (await check.run()).exit_code == 0
        with closing(sqlite3.connect(tmp_path / "beta.sqlite")) as db:
            db.execute(
                """UPDATE "rows" SET body=CAST(
                replace(CAST(body AS TEXT), '"total":5', '"total":6') AS BLOB)
                WHERE "table"='states' AND key='counter/one'"""
            )
            db.execute("""DELETE FROM "rows" WHERE "table"='view.sums' AND key='all counter/two'""")
            db.execute(
                """INSERT INTO "rows"("table", key, sequence, body)
                VALUES('view.sums', 'all counter/nine', 1, X'7B7D')"""
            )
            db.commit()
        ring = Pinned(world.trust)
        check = Verification(
            log, world.definitions, ring, asking(alpha, beta), fields=fields_of(alpha, beta)
        )
        report = await check.run()
        assert report.exit_code == 1
        assert [(d.service, d.table, d.key) for d in report.differences] == [
            ("beta", "states", "counter/one"),
            ("beta", "view.sums", "all counter/nine"),
            ("beta", "view.sums", "all counter/two"),
        ]
        assert "another content" in report.differences[0].why
        assert [d.fields for d in report.differences] == [("total",), (), ()]
        check = Verification(log, world.definitions, Pinned(world.trust), asking(alpha))
        assert "it does not answer" in str((await check.run()).unchecked)
    await log.close()


async def test_a_fork_is_found_at_any_place_and_a_commit_must_tile(log_file: Path) -> None:
    world = World()
    service = world.service(
        world.alpha, SqliteStore(log_file.with_name("none")), EmbeddedLog(log_file)
    )
    forks = [
        forged(service, "counter/one", 1),
        forged(service, "counter/new", 1, first=1, count=2),
        forged(service, "counter/new", 2, first=2, count=1),
        forged(service, "counter/new", 1, type="sinergi.beta.Echoed.v1"),
    ]
    forks[2] = forged(service, "counter/new", 2, first=2, count=1, prevhash=read(forks[1]).hash)
    log = EmbeddedLog(log_file)
    await log.open()
    await log.send("alpha.events", forks)
    await log.send("alpha.events", [forged(service, "counter/type", type="sinergi.beta.Echoed.v1")])
    await log.close()
    report = await verify(log_file)
    assert sorted(p.code for p in report.problems) == ["commit", "fork", "fork", "type"]
