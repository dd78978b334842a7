"""The Store on one SQLite file: WAL, commits with synchronous=FULL, one process."""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from shared.adapters.sqlite_file import SqliteFile
from shared.kernel.clock import instant, micros
from shared.kernel.ports import Appended, Beat, Commit, Place, Position, Row, Unavailable
from shared.signing.record_codec import pack_records, unpack_records

_SCHEMA = """
CREATE TABLE IF NOT EXISTS commits(
    number INTEGER PRIMARY KEY,
    cause TEXT NOT NULL UNIQUE,
    stream TEXT NOT NULL,
    first INTEGER NOT NULL,
    after INTEGER NOT NULL,
    source TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    time INTEGER NOT NULL,
    hash TEXT NOT NULL,
    records BLOB NOT NULL,
    UNIQUE(stream, first)
) STRICT;
CREATE TABLE IF NOT EXISTS sent(
    number INTEGER PRIMARY KEY, "partition" INTEGER, "offset" INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS sent_pending ON sent(number) WHERE "offset" IS NULL;
CREATE INDEX IF NOT EXISTS sent_place ON sent("partition", "offset") WHERE "offset" IS NOT NULL;
CREATE TABLE IF NOT EXISTS "rows"(
    "table" TEXT NOT NULL,
    key TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    body BLOB,
    due INTEGER,
    "order" TEXT,
    PRIMARY KEY("table", key)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS rows_due ON "rows"("table", due) WHERE due IS NOT NULL;
CREATE INDEX IF NOT EXISTS rows_order ON "rows"("table", "order") WHERE "order" NOT NULL;
CREATE TABLE IF NOT EXISTS private(
    collection TEXT NOT NULL,
    key TEXT NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY(collection, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS beats(
    name TEXT PRIMARY KEY, holder TEXT NOT NULL, number INTEGER NOT NULL
) STRICT;
"""
_COMMIT = """number, cause, stream, first, after, source, fingerprint, time, hash, records,
    "partition", "offset" FROM sent CROSS JOIN commits USING(number)"""
_BY_COMMIT = _COMMIT.replace("sent CROSS JOIN commits", "commits CROSS JOIN sent")
_ROWS = 'SELECT "table", "rows".key, sequence, body, due, "order" FROM "rows"'
_HIGHEST = "\U0010ffff"
_EARLIEST = -(1 << 63)


_REMEDY = "Restore a backup, or move the file away and run `sinergi rebuild`."


class SqliteStore:
    """One file, written by one process; calls run inline, since threads cost more than they win.

    A read-only one may be open beside it, in another process.
    """

    shared = False

    def __init__(self, path: Path, *, readonly: bool = False, exclusive: bool = False) -> None:
        """`exclusive` says that no other process has the file open: the data folder's lock."""
        self._file = SqliteFile(path, kind="the store", remedy=_REMEDY, readonly=readonly)
        self._durable: bool | None = None
        self._exclusive = exclusive

    async def open(self) -> None:
        self._durable = None
        self._file.open(_SCHEMA)
        if self._exclusive:
            # The process that beat before has ended.
            with self._transaction(durable=False) as db:
                db.execute("DELETE FROM beats")

    async def close(self) -> None:
        self._file.close()

    async def ping(self) -> None:
        with self._file.failures("read"):
            self._file.connection.execute("SELECT 1 FROM commits LIMIT 1").fetchone()

    @contextmanager
    def _transaction(self, *, durable: bool) -> Iterator[sqlite3.Connection]:
        # Later FULL commits sync the log before them as well, so NORMAL ones never get lost alone
        # or out of order.
        if durable is not self._durable:
            self._file.connection.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
            self._durable = durable
        with self._file.transaction() as db:
            yield db

    async def append(self, group: Sequence[Commit]) -> list[Appended]:
        outcomes = []
        lost: set[str] = set()
        with self._transaction(durable=True) as db:
            for commit in group:
                outcome = Appended.STREAM if commit.stream in lost else self._insert(db, commit)
                if outcome is not Appended.OK:
                    lost.add(commit.stream)
                outcomes.append(outcome)
        return outcomes

    @staticmethod
    def _insert(db: sqlite3.Connection, commit: Commit) -> Appended:
        cursor = db.execute(
            "INSERT INTO commits(cause, stream, first, after, source, fingerprint, time, hash,"
            " records) VALUES(?,?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING",
            (
                commit.cause,
                commit.stream,
                commit.first,
                commit.after,
                commit.source,
                commit.fingerprint,
                micros(commit.time),
                commit.hash,
                pack_records(commit.records),
            ),
        )
        if cursor.rowcount == 1:
            # A table of its own: marking must not rewrite pages full of records.
            place = commit.sent or (None, None)
            db.execute("INSERT INTO sent VALUES(?,?,?)", (cursor.lastrowid, *place))
            return Appended.OK
        found = db.execute("SELECT 1 FROM commits WHERE cause=?", (commit.cause,)).fetchone()
        return Appended.CAUSE if found else Appended.STREAM

    def _commits(self, columns: str, where: str, *parameters: object) -> list[Commit]:
        with self._file.failures("read"):
            found = self._file.connection.execute(
                f"SELECT {columns} {where}", parameters
            ).fetchall()
        with self._file.decoding():
            return [
                Commit(
                    source,
                    stream,
                    first,
                    after,
                    cause,
                    fingerprint,
                    instant(time_),
                    hash_,
                    unpack_records(records),
                    None if offset is None else Position(partition, offset),
                )
                for (
                    _,
                    cause,
                    stream,
                    first,
                    after,
                    source,
                    fingerprint,
                    time_,
                    hash_,
                    records,
                    partition,
                    offset,
                ) in found
            ]

    async def by_cause(self, cause: str) -> Commit | None:
        return next(iter(self._commits(_BY_COMMIT, "WHERE cause=?", cause)), None)

    async def at(self, place: Place) -> Commit | None:
        return next(iter(self._commits(_BY_COMMIT, "WHERE stream=? AND first=?", *place)), None)

    async def history(self, stream: str, after: int = 0) -> list[Commit]:
        return self._commits(_BY_COMMIT, "WHERE stream=? AND first>? ORDER BY first", stream, after)

    async def pending(self, limit: int) -> list[Commit]:
        return self._commits(_COMMIT, 'WHERE "offset" IS NULL ORDER BY number LIMIT ?', limit)

    async def marked(self, places: Sequence[Place]) -> set[Place]:
        with self._file.failures("read"):
            found = self._file.connection.execute(
                "SELECT stream, first FROM json_each(?) AS place"
                " CROSS JOIN commits ON stream=place.value->>0 AND first=place.value->>1"
                ' CROSS JOIN sent USING(number) WHERE "offset" IS NOT NULL',
                (json.dumps(places),),
            )
            return {Place(*each) for each in found}

    async def mark_sent(self, sent: Mapping[Place, Position]) -> None:
        with self._transaction(durable=False) as db:
            db.executemany(
                'UPDATE sent SET "partition"=?, "offset"=?'
                " WHERE number=(SELECT number FROM commits WHERE stream=? AND first=?)",
                [(*position, *place) for place, position in sent.items()],
            )

    async def mark_pending(self, places: Sequence[Place]) -> None:
        with self._transaction(durable=True) as db:
            db.executemany(
                'UPDATE sent SET "partition"=NULL, "offset"=NULL'
                " WHERE number=(SELECT number FROM commits WHERE stream=? AND first=?)",
                places,
            )

    async def sent_ends(self) -> dict[int, int]:
        with self._file.failures("read"):
            return dict(
                self._file.connection.execute(
                    'SELECT "partition", max("offset") FROM sent'
                    ' WHERE "offset" IS NOT NULL GROUP BY "partition"'
                ).fetchall()
            )

    async def sent_from(
        self, partition: int, offset: int, limit: int | None = None
    ) -> list[Commit]:
        return self._commits(
            _COMMIT,
            'WHERE "partition"=? AND "offset">=? ORDER BY "offset" LIMIT ?',
            partition,
            offset,
            -1 if limit is None else limit,
        )

    async def put(self, rows: Sequence[Row]) -> None:
        with self._transaction(durable=False) as db:
            db.executemany(
                'INSERT INTO "rows"("table", key, sequence, body, due, "order") VALUES(?,?,?,?,?,?)'
                " ON CONFLICT DO UPDATE SET"
                " sequence=excluded.sequence, body=excluded.body, due=excluded.due,"
                ' "order"=excluded."order" WHERE excluded.sequence > sequence',
                rows,
            )

    async def get(self, table: str, keys: Sequence[str]) -> dict[str, Row]:
        if len(keys) == 1:
            with self._file.failures("read"):
                row = self._file.connection.execute(
                    f'{_ROWS} WHERE "table"=? AND key=?',
                    (table, keys[0]),
                ).fetchone()
            return {row[1]: Row(*row)} if row else {}
        with self._file.failures("read"):
            found = self._file.connection.execute(
                _ROWS.replace("FROM", "FROM json_each(?) AS wanted CROSS JOIN")
                + ' ON "table"=? AND "rows".key=wanted.value',
                (json.dumps(list(keys)), table),
            )
            return {row[1]: Row(*row) for row in found}

    async def scan(
        self, table: str, prefix: str = "", after: str = "", limit: int = 1000
    ) -> list[Row]:
        return self._page("key", table, prefix, after, limit)

    async def page(
        self, table: str, prefix: str = "", after: str = "", limit: int = 1000
    ) -> list[Row]:
        return self._page('"order"', table, prefix, after, limit)

    def _page(self, by: str, table: str, prefix: str, after: str, limit: int) -> list[Row]:
        # One lower bound: of two, SQLite enters the index at the first and steps to the other.
        lower = f"{by}>?" if after >= prefix else f"{by}>=?"
        with self._file.failures("read"):
            found = self._file.connection.execute(
                f'{_ROWS} WHERE "table"=? AND {lower} AND {by}<? ORDER BY {by} LIMIT ?',
                (table, max(after, prefix), prefix + _HIGHEST, limit),
            )
            return [Row(*row) for row in found]

    async def due(
        self, table: str, until: int, limit: int, after: tuple[int, str] | None = None
    ) -> list[Row]:
        with self._file.failures("read"):
            found = self._file.connection.execute(
                f'{_ROWS} WHERE "table"=? AND due<=? AND (due, key)>(?,?)'
                " ORDER BY due, key LIMIT ?",
                (table, until, *(after or (_EARLIEST, "")), limit),
            )
            return [Row(*row) for row in found]

    async def delete(self, table: str, keys: Sequence[str]) -> None:
        with self._transaction(durable=False) as db:
            db.executemany(
                'DELETE FROM "rows" WHERE "table"=? AND key=?', [(table, key) for key in keys]
            )

    async def drop(self, table: str) -> None:
        with self._transaction(durable=True) as db:
            db.execute('DELETE FROM "rows" WHERE "table"=?', (table,))

    async def clear(self) -> None:
        with self._transaction(durable=True) as db:
            for table in ("sent", "commits", '"rows"'):
                db.execute(f"DELETE FROM {table}")  # noqa: S608 - names from the line above

    async def keep_private(self, collection: str, key: str, value: bytes) -> bytes:
        with self._transaction(durable=True) as db:
            db.execute(
                "INSERT INTO private VALUES(?,?,?) ON CONFLICT DO NOTHING", (collection, key, value)
            )
            (kept,) = db.execute(
                "SELECT value FROM private WHERE collection=? AND key=?", (collection, key)
            ).fetchone()
        return bytes(kept)

    async def get_private(self, collection: str, keys: Sequence[str]) -> dict[str, bytes]:
        with self._file.failures("read"):
            return dict(
                self._file.connection.execute(
                    "SELECT private.key, private.value FROM json_each(?) AS wanted"
                    " CROSS JOIN private ON collection=? AND private.key=wanted.value",
                    (json.dumps(list(keys)), collection),
                ).fetchall()
            )

    async def private_collections(self) -> list[str]:
        with self._file.failures("read"):
            found = self._file.connection.execute(
                "SELECT DISTINCT collection FROM private ORDER BY 1"
            )
            return [name for (name,) in found]

    async def scan_private(
        self, collection: str, after: str = "", limit: int = 1000
    ) -> dict[str, bytes]:
        with self._file.failures("read"):
            return dict(
                self._file.connection.execute(
                    "SELECT key, value FROM private WHERE collection=? AND key>?"
                    " ORDER BY key LIMIT ?",
                    (collection, after, limit),
                ).fetchall()
            )

    async def replace_private(
        self, collection: str, changed: Mapping[str, tuple[bytes, bytes]]
    ) -> None:
        with self._transaction(durable=True) as db:
            db.executemany(
                "UPDATE private SET value=? WHERE collection=? AND key=? AND value=?",
                [(new, collection, key, old) for key, (old, new) in changed.items()],
            )
        self._forget()

    async def delete_private(self, collection: str, keys: Sequence[str]) -> None:
        with self._transaction(durable=True) as db:
            db.executemany(
                "DELETE FROM private WHERE collection=? AND key=?",
                [(collection, key) for key in keys],
            )
        self._forget()

    def _forget(self) -> None:
        with self._file.failures("write"):
            # Older pages in the write-ahead log would still hold what was deleted.
            busy, _, _ = self._file.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if busy:
            raise Unavailable("a reader keeps deleted data in the write-ahead log: try again")

    async def beat(self, name: str, holder: str, seen: Beat | None) -> Beat:
        with self._transaction(durable=False) as db:
            if seen is None:
                db.execute("INSERT INTO beats VALUES(?,?,1) ON CONFLICT DO NOTHING", (name, holder))
            else:
                db.execute(
                    "UPDATE beats SET holder=?, number=number+1"
                    " WHERE (name, holder, number)=(?,?,?)",
                    (holder, name, *seen),
                )
            found = db.execute("SELECT holder, number FROM beats WHERE name=?", (name,)).fetchone()
        return Beat(*found) if found else Beat("", 0)

    async def release(self, name: str, seen: Beat) -> None:
        with self._transaction(durable=False) as db:
            db.execute("DELETE FROM beats WHERE (name, holder, number)=(?,?,?)", (name, *seen))
