"""The auditor's own notes: how far each partition, stream, state and row has been proven.

With them a verification goes on where the last one that held ended, or where it was interrupted,
and needs no memory for the past.
"""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Generic, TypeVar

V = TypeVar("V")
_KEPT = 10_000
_FORMAT = 1


class Table(Generic[V]):
    """Values by key, kept in memory until the index is saved; then only the newest of them."""

    def __init__(
        self,
        db: sqlite3.Connection,
        name: str,
        load: Callable[[str, bytes], V],
        dump: Callable[[V], bytes],
    ) -> None:
        # Services have names that SQL would not take as they are.
        self._db, self.name, self._load, self._dump = db, f'"{name}"', load, dump
        db.execute(
            f"CREATE TABLE IF NOT EXISTS {self.name}"
            "(key TEXT PRIMARY KEY, sequence INTEGER, body BLOB) STRICT, WITHOUT ROWID"
        )
        self._values: dict[str, tuple[int, V]] = {}
        self._dirty: set[str] = set()
        self._gone: set[str] = set()
        self._stored = db.execute(f"SELECT 1 FROM {self.name} LIMIT 1").fetchone() is not None  # noqa: S608

    def get(self, key: str) -> V | None:
        found = self.at(key)
        return found[1] if found else None

    def at(self, key: str) -> tuple[int, V] | None:
        """Return the value and its sequence."""
        found = self._values.get(key)
        if found is None and self._stored and key not in self._gone:
            row = self._db.execute(
                f"SELECT sequence, body FROM {self.name} WHERE key=?",  # noqa: S608
                (key,),
            ).fetchone()
            if row is not None:
                found = self._values[key] = (row[0], self._load(key, row[1]))
        return found

    def put(self, key: str, value: V, sequence: int = 0) -> None:
        self._values[key] = (sequence, value)
        self._dirty.add(key)
        self._gone.discard(key)

    def remove(self, key: str) -> bool:
        """Remove the value; return whether it was there."""
        there = self.at(key) is not None
        if there:
            self._values.pop(key)
            self._dirty.discard(key)
            if self._stored:
                self._gone.add(key)
        return there

    @property
    def waiting(self) -> int:
        """The number of changes that are not written yet."""
        return len(self._dirty)

    def write(self) -> None:
        rows = [(key, *self._values[key]) for key in self._dirty]
        self._db.executemany(
            f"INSERT OR REPLACE INTO {self.name} VALUES(?,?,?)",
            ((key, sequence, self._dump(value)) for key, sequence, value in rows),
        )
        gone = f"DELETE FROM {self.name} WHERE key=?"  # noqa: S608
        self._db.executemany(gone, ((key,) for key in self._gone))
        self._dirty.clear()
        self._gone.clear()
        self._stored = True
        while len(self._values) > _KEPT:
            del self._values[next(iter(self._values))]

    def scan(self, prefix: str = "") -> Iterator[tuple[str, int, V]]:
        """Yield all whose key begins with the prefix, ascending."""
        self.write()
        cursor = self._db.cursor()
        cursor.execute(
            f"SELECT key, sequence, body FROM {self.name} WHERE key >= ? AND key < ? ORDER BY key",  # noqa: S608
            (prefix, prefix + "\U0010ffff"),
        )
        for key, sequence, body in cursor:
            yield key, sequence, self._load(key, body)


class Index:
    """One file, or memory alone. `fingerprint` names what it is about: another one begins anew."""

    def __init__(self, path: Path | None, fingerprint: str, *, fresh: bool = False) -> None:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
        self.db = sqlite3.connect(path or ":memory:", isolation_level=None)
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("CREATE TABLE IF NOT EXISTS about(fingerprint TEXT) STRICT")
        about = f"{_FORMAT} {fingerprint}"
        if fresh or self.db.execute("SELECT fingerprint FROM about").fetchone() != (about,):
            for (name,) in self.db.execute(
                "SELECT name FROM sqlite_schema WHERE type='table' AND name<>'about'"
            ).fetchall():
                self.db.execute(f'DROP TABLE "{name}"')
            self.db.execute("DELETE FROM about")
            self.db.execute("INSERT INTO about VALUES(?)", (about,))
        self.db.execute("BEGIN")
        self._tables: list[Table[object]] = []

    def table(
        self, name: str, load: Callable[[str, bytes], V], dump: Callable[[V], bytes]
    ) -> Table[V]:
        table = Table(self.db, name, load, dump)
        self._tables.append(table)  # type: ignore[arg-type]
        return table

    @property
    def waiting(self) -> int:
        return sum(table.waiting for table in self._tables)

    def save(self) -> None:
        """Keep all that was put so far; what is not saved is forgotten."""
        for table in self._tables:
            table.write()
        self.db.execute("COMMIT")
        self.db.execute("BEGIN")

    def clear(self) -> None:
        """Forget everything; tables are to be made anew."""
        for table in self._tables:
            self.db.execute(f"DROP TABLE IF EXISTS {table.name}")
        self._tables.clear()

    def close(self) -> None:
        self.db.rollback()
        self.db.close()
