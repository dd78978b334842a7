"""Damaged, half and unwritable files of the embedded store and log are named, with the remedy."""

import os
import random
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from shared.adapters.conformance.log.recorder import Recorder, numbered
from shared.adapters.conformance.store.samples import chain
from shared.adapters.conformance.waiting import until
from shared.adapters.sqlite_log import EmbeddedLog
from shared.adapters.sqlite_store import SqliteStore
from shared.kernel.ports import Damaged, Position, Store, Unavailable

_PAGE = 4096
_NOBODY = 65534
_REBUILD = "Restore a backup, or move the file away and run `sinergi rebuild`."
_ANEW = "Move the file away and start again: the stores hold every commit and send it anew."


@pytest.fixture
async def store_file(tmp_path: Path) -> Path:
    """A closed store of 60 streams with 20 commits each, all marked as sent."""
    store = SqliteStore(tmp_path / "registration.sqlite")
    await store.open()
    commits = [c for number in range(60) for c in chain(f"s/{number}", 20)]
    await store.append(commits)
    await store.mark_sent({c.place: Position(0, n) for n, c in enumerate(commits)})
    await store.close()
    return tmp_path / "registration.sqlite"


@pytest.fixture
async def log_file(tmp_path: Path) -> Path:
    """A closed log of 2,000 records on one topic."""
    log = EmbeddedLog(tmp_path / "log.sqlite")
    await log.open()
    await log.create_topics(["topic"])
    await log.send("topic", numbered(20, 100))
    await log.close()
    return tmp_path / "log.sqlite"


def garbage(file: Path) -> None:
    """Overwrite every page but the first two thirds of the first with noise."""
    noise = random.Random(1)
    size = file.stat().st_size
    with file.open("r+b") as pages:
        pages.seek(_PAGE)
        pages.write(noise.randbytes(size - _PAGE))


def not_sqlite(file: Path) -> None:
    file.write_bytes(b"a text that somebody saved here by mistake" * 1_000)


def half(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2 // _PAGE * _PAGE)


Damage = Callable[[Path], None]
damages = pytest.mark.parametrize("damage", [garbage, not_sqlite, half], ids=lambda d: d.__name__)


async def read_everything(store: Store) -> None:
    await store.open()
    for number in range(60):
        await store.history(f"s/{number}")
    await store.sent_from(0, 0)


@damages
@pytest.mark.parametrize("readonly", [False, True])
async def test_a_damaged_store_is_named_with_the_remedy(
    store_file: Path, damage: Damage, readonly: bool
) -> None:
    damage(store_file)
    store = SqliteStore(store_file, readonly=readonly)
    with pytest.raises(Damaged) as caught:
        await read_everything(store)
    assert str(caught.value).startswith(f"the store {store_file} is damaged: ")
    assert str(caught.value).endswith(f". {_REBUILD}")
    await store.close()


@damages
@pytest.mark.parametrize("readonly", [False, True])
async def test_a_damaged_log_is_named_with_the_remedy(
    log_file: Path, damage: Damage, readonly: bool
) -> None:
    damage(log_file)
    log = EmbeddedLog(log_file, readonly=readonly)

    async def read() -> None:
        await log.open()
        async for _ in log.read("topic", 0, 0, 2_000):
            pass

    with pytest.raises(Damaged) as caught:
        await read()
    assert str(caught.value).startswith(f"the log {log_file} is damaged: ")
    assert str(caught.value).endswith(f". {_ANEW}")
    await log.close()


async def test_writing_to_a_damaged_log_is_damaged_too(log_file: Path) -> None:
    garbage(log_file)
    log = EmbeddedLog(log_file)

    async def write() -> None:
        await log.open()
        await log.create_topics(["topic"])
        await log.send("topic", numbered(1, 1))

    with pytest.raises(Damaged, match=r"log\.sqlite is damaged"):
        await write()
    await log.close()


def changed(file: Path, statement: str) -> None:
    with closing(sqlite3.connect(file)) as db:
        db.execute(statement)
        db.commit()


@pytest.mark.parametrize(
    "column",
    ["records = x'93c1'", "records = x'01'", "time = 1 << 62", "hash = CAST(x'ff' AS TEXT)"],
)
async def test_a_commit_that_was_never_written_is_damage(store_file: Path, column: str) -> None:
    changed(store_file, f"UPDATE commits SET {column} WHERE stream = 's/7'")  # noqa: S608
    store = SqliteStore(store_file)
    with pytest.raises(Damaged, match="is damaged"):
        await read_everything(store)
    await store.close()


async def test_a_record_that_was_never_written_is_damage(log_file: Path) -> None:
    changed(log_file, "UPDATE records SET record = x'c1' WHERE \"offset\" = 700")
    log = EmbeddedLog(log_file, readonly=True)
    await log.open()
    reading = log.read("topic", 0, 0, 2_000)
    assert len(await anext(reading)) == 500
    with pytest.raises(Damaged, match="is damaged: not a record"):
        await anext(reading)
    await log.close()


async def test_a_subscription_on_a_damaged_log_ends_and_says_why(
    log_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    changed(log_file, "UPDATE records SET record = x'c1' WHERE \"offset\" = 700")
    log = EmbeddedLog(log_file)
    await log.open()
    recorder = Recorder()
    async with log.subscribe("topic", "group", recorder):
        await until(lambda: "group no longer follows topic: the log" in caplog.text)
    assert len(recorder.seen) == 500
    assert len(recorder.assignments) == 1
    await log.close()


async def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    # Nobody, root included, makes a folder in a file or in /proc.
    (tmp_path / "file").write_bytes(b"")
    for folder in (tmp_path / "file", Path("/proc/sinergi")):
        for port in (SqliteStore(folder / "a.sqlite"), EmbeddedLog(folder / "b.sqlite")):
            with pytest.raises(Unavailable, match=str(folder)):
                await port.open()


@pytest.fixture
def read_only(store_file: Path) -> Iterator[Path]:
    """A store in a read-only folder, seen by a user whom that stops."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / store_file.name
        shutil.copy(store_file, file)
        root = os.geteuid() == 0
        if root:
            for path in (folder, file):
                os.chown(path, _NOBODY, -1)
            os.seteuid(_NOBODY)
        Path(folder).chmod(0o500)
        try:
            yield file
        finally:
            Path(folder).chmod(0o700)
            if root:
                os.seteuid(0)


async def test_a_read_only_folder_is_named(read_only: Path) -> None:
    for port in (SqliteStore(read_only), EmbeddedLog(read_only.with_name("log"))):
        with pytest.raises(Unavailable, match=str(read_only.parent)):
            await port.open()


async def test_a_full_or_locked_disk_is_no_damage(store_file: Path) -> None:
    store = SqliteStore(store_file)
    await store.open()
    store._file.connection.execute("PRAGMA busy_timeout=10")
    with closing(sqlite3.connect(store_file, isolation_level=None)) as db:
        db.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable, match=r"cannot write .*registration\.sqlite: .*lock"):
            await store.append(chain("new", 1))
        db.execute("ROLLBACK")
    pages = store._file.connection.execute("PRAGMA page_count").fetchone()[0]
    store._file.connection.execute(f"PRAGMA max_page_count={pages}")
    with pytest.raises(Unavailable, match="full"):
        await store.append([c for n in range(1_000) for c in chain(f"new/{n}", 20)])
    await store.close()
