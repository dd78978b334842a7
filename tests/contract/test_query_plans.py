"""SQLite answers every page of rows by its index, and reads no more rows than it returns."""

import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Sized
from contextlib import closing
from pathlib import Path

import pytest

from shared.adapters.sqlite_store import SqliteStore
from shared.kernel.ports import Damaged, Row, Store

_ROWS = 20_000
_PAGE = 50

Page = Callable[[Store], Awaitable[Sized]]

# From deep within: a first page is quick even where a later one is not.
PAGES: dict[str, tuple[str, Page]] = {
    "scan": ("PRIMARY KEY", lambda store: store.scan("t", "k/", "k/15000", _PAGE)),
    "scan all": ("PRIMARY KEY", lambda store: store.scan("t", "", "k/15000", _PAGE)),
    "page": ("rows_order", lambda store: store.page("t", "o/", "o/15000", _PAGE)),
    "first page": ("rows_order", lambda store: store.page("t", "o/", "", _PAGE)),
    "due": ("rows_due", lambda store: store.due("t", 1, _PAGE, (1, "k/15000"))),
    "get": ("PRIMARY KEY", lambda store: store.get("t", [f"k/{n}" for n in range(15000, 15050)])),
}


class Watched(SqliteStore):
    """A store whose statements are kept, and whose steps are counted."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.statements: list[str] = []
        self.steps = 0

    @property
    def connection(self) -> sqlite3.Connection:
        return self._file.connection

    def watch(self) -> None:
        def step() -> int:
            self.steps += 1
            return 0

        self.connection.set_trace_callback(self.statements.append)
        self.connection.set_progress_handler(step, 1)

    def unwatch(self) -> None:
        self.connection.set_trace_callback(None)
        self.connection.set_progress_handler(None, 1)


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("plans") / "store.sqlite"


@pytest.fixture
async def store(full: Path) -> AsyncIterator[Watched]:
    store = Watched(full)
    await store.open()
    if not await store.scan("t", limit=1):
        rows = [Row("t", f"k/{n}", 1, b"", 1, f"o/{n}") for n in range(10_000, 10_000 + _ROWS)]
        await store.put(rows)
    yield store
    await store.close()


@pytest.mark.parametrize("name", PAGES)
async def test_a_page_uses_its_index_and_reads_only_itself(store: Watched, name: str) -> None:
    index, ask = PAGES[name]
    store.watch()
    found = await ask(store)
    store.unwatch()
    assert len(found) == _PAGE
    (statement,) = store.statements
    plan = [row[3] for row in store.connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
    assert not any("SCAN rows" in line or "TEMP B-TREE" in line for line in plan), plan
    assert any(
        f"SEARCH rows USING {'INDEX ' * (index != 'PRIMARY KEY')}{index}" in line for line in plan
    ), plan
    # A row takes some fifteen of SQLite's instructions; passing over one takes three.
    assert store.steps < 25 * (_PAGE + 5), store.steps


async def test_a_store_of_another_version_is_refused_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite"
    with closing(sqlite3.connect(file)) as old:
        old.execute("CREATE TABLE commits(number INTEGER PRIMARY KEY)")
        old.commit()
    with pytest.raises(Damaged) as caught:
        await SqliteStore(file).open()
    said = str(caught.value)
    assert str(file) in said
    assert "another version of Sinergi" in said
    assert "\n" not in said
