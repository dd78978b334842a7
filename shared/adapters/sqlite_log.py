"""The Log on one SQLite file, for one process that writes and any number that read."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from shared.adapters.sqlite_store import connect, transaction, unavailable
from shared.kernel.backoff import Backoff
from shared.kernel.logs import log
from shared.kernel.ports import Handler, LogRecord, Position, Record, Unavailable
from shared.signing.cloudevents import MAX_DATA
from shared.signing.record_codec import pack_records, unpack_records

_SCHEMA = """
CREATE TABLE IF NOT EXISTS topics(topic TEXT PRIMARY KEY) STRICT;
CREATE TABLE IF NOT EXISTS records(
    topic TEXT NOT NULL,
    "offset" INTEGER NOT NULL,
    record BLOB NOT NULL,
    PRIMARY KEY(topic, "offset")
) STRICT;
"""
_BATCH = 500
_MAX_RECORD = MAX_DATA * 4


class EmbeddedLog:
    """Topics of one partition each, 0. Subscriptions live in the writing process."""

    def __init__(self, path: Path, *, readonly: bool = False) -> None:
        self._path, self._readonly = path, readonly
        self._db: sqlite3.Connection | None = None
        self._ends: dict[str, int] = {}
        self._arrived = asyncio.Condition()
        self._claims: dict[tuple[str, str], asyncio.Lock] = {}

    @property
    def _connection(self) -> sqlite3.Connection:
        if self._db is None:
            raise Unavailable(f"the log {self._path} is not open")
        return self._db

    async def open(self) -> None:
        with unavailable(f"cannot open {self._path}"):
            if not self._readonly:
                self._path.parent.mkdir(parents=True, exist_ok=True)
            self._db = connect(self._path, readonly=self._readonly)
            if not self._readonly:
                self._db.executescript(_SCHEMA)
                self._db.execute("PRAGMA synchronous=FULL")

    async def close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None

    async def ping(self) -> None:
        with unavailable("the log does not answer"):
            self._connection.execute("SELECT 1 FROM topics LIMIT 1").fetchone()

    async def create_topics(self, topics: Sequence[str]) -> None:
        with transaction(self._connection, "the log cannot write") as db:
            db.executemany(
                "INSERT INTO topics VALUES(?) ON CONFLICT DO NOTHING", [(t,) for t in topics]
            )

    async def send(self, topic: str, records: Sequence[Record]) -> list[Position]:
        packed = [pack_records([record]) for record in records]
        if any(len(p) > _MAX_RECORD for p in packed):
            raise ValueError(f"a record exceeds {_MAX_RECORD} bytes")
        start = self._end(topic)
        try:
            with transaction(self._connection, "the log cannot write") as db:
                db.executemany(
                    "INSERT INTO records VALUES(?,?,?)",
                    [(topic, start + i, p) for i, p in enumerate(packed)],
                )
        except BaseException:
            # Whether the transaction holds is unknown: ask again next time.
            self._ends.pop(topic, None)
            raise
        self._ends[topic] = start + len(packed)
        async with self._arrived:
            self._arrived.notify_all()
        # Who waits for these goes first: the sender has only bookkeeping left.
        await asyncio.sleep(0)
        return [Position(0, start + i) for i in range(len(packed))]

    def _end(self, topic: str) -> int:
        if self._readonly or topic not in self._ends:
            with unavailable("the log cannot read"):
                if not self._connection.execute(
                    "SELECT 1 FROM topics WHERE topic=?", (topic,)
                ).fetchone():
                    raise Unavailable(f"there is no topic {topic}")
                (end,) = self._connection.execute(
                    'SELECT coalesce(max("offset") + 1, 0) FROM records WHERE topic=?', (topic,)
                ).fetchone()
                self._ends[topic] = end
        return self._ends[topic]

    async def ends(self, topic: str) -> dict[int, int]:
        return {0: self._end(topic)}

    def _batch(self, topic: str, start: int, end: int) -> list[LogRecord]:
        with unavailable("the log cannot read"):
            found = self._connection.execute(
                'SELECT "offset", record FROM records WHERE topic=? AND "offset">=? AND "offset"<?'
                ' ORDER BY "offset" LIMIT ?',
                (topic, start, end, _BATCH),
            ).fetchall()
        return [
            LogRecord(topic, 0, offset, record)
            for offset, packed in found
            for record in unpack_records(packed)
        ]

    async def read(
        self, topic: str, partition: int, start: int, end: int
    ) -> AsyncGenerator[list[LogRecord], None]:
        if partition != 0:
            return
        while start < end and (batch := self._batch(topic, start, end)):
            yield batch
            start = batch[-1].offset + 1
            await asyncio.sleep(0)

    @asynccontextmanager
    async def subscribe(self, topic: str, group: str, handler: Handler) -> AsyncIterator[None]:
        task = asyncio.create_task(self._deliver(topic, group, handler), name=f"{group}<{topic}")
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _deliver(self, topic: str, group: str, handler: Handler) -> None:
        # The one partition has one owner; a second subscription of the group waits its turn.
        async with self._claims.setdefault((topic, group), asyncio.Lock()):
            backoff = Backoff()
            place: int | None = None
            while True:
                try:
                    if place is None:
                        place = (await handler.assigned([0])).get(0, 0)
                    end = self._end(topic)
                    if batch := self._batch(topic, place, end):
                        await handler.handle(batch)
                        place = batch[-1].offset + 1
                        backoff.reset()
                    else:
                        async with self._arrived:
                            if self._ends.get(topic, 0) <= place:
                                await self._arrived.wait()
                except Exception as error:  # whatever it was, nothing is acknowledged: again
                    log.warning("%s: a batch of %s failed: %r", group, topic, error)
                    place = None
                    await backoff.wait()
