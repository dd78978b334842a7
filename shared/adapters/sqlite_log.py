"""The Log on one SQLite file, for one process that writes and any number that read."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from shared.adapters.sqlite_file import SqliteFile
from shared.kernel.backoff import Backoff
from shared.kernel.logs import log
from shared.kernel.ports import Damaged, Handler, LogRecord, Position, Record, Unavailable
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
_REMEDY = "Move the file away and start again: the stores hold every commit and send it anew."
_BATCH = 500
_MAX_RECORD = MAX_DATA * 4


class EmbeddedLog:
    """Topics of one partition each, 0. Subscriptions live in the writing process."""

    def __init__(self, path: Path, *, readonly: bool = False) -> None:
        self._readonly = readonly
        self._file = SqliteFile(path, kind="the log", remedy=_REMEDY, readonly=readonly)
        self._ends: dict[str, int] = {}
        self._arrived = asyncio.Condition()
        self._claims: dict[tuple[str, str], asyncio.Lock] = {}

    async def open(self) -> None:
        # FULL is SQLite's default for a new connection in this mode; said because sends rest on it.
        self._file.open(f"PRAGMA synchronous=FULL; {_SCHEMA}")

    async def close(self) -> None:
        self._file.close()

    async def ping(self) -> None:
        with self._file.failures("read"):
            self._file.connection.execute("SELECT 1 FROM topics LIMIT 1").fetchone()

    async def create_topics(self, topics: Sequence[str]) -> None:
        with self._file.transaction() as db:
            db.executemany(
                "INSERT INTO topics VALUES(?) ON CONFLICT DO NOTHING", [(t,) for t in topics]
            )

    async def send(
        self, topic: str, records: Sequence[Record], *, partitions: int | None = None
    ) -> list[Position]:
        packed = [pack_records([record]) for record in records]
        if any(len(p) > _MAX_RECORD for p in packed):
            raise ValueError(f"a record exceeds {_MAX_RECORD} bytes")
        start = self._end(topic)
        try:
            with self._file.transaction() as db:
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
            with self._file.failures("read"):
                if not self._file.connection.execute(
                    "SELECT 1 FROM topics WHERE topic=?", (topic,)
                ).fetchone():
                    raise Unavailable(f"there is no topic {topic}")
                (end,) = self._file.connection.execute(
                    'SELECT coalesce(max("offset") + 1, 0) FROM records WHERE topic=?', (topic,)
                ).fetchone()
                self._ends[topic] = end
        return self._ends[topic]

    async def ends(self, topic: str) -> dict[int, int]:
        return {0: self._end(topic)}

    def _batch(self, topic: str, start: int, end: int) -> list[LogRecord]:
        with self._file.failures("read"):
            found = self._file.connection.execute(
                'SELECT "offset", record FROM records WHERE topic=? AND "offset">=? AND "offset"<?'
                ' ORDER BY "offset" LIMIT ?',
                (topic, start, end, _BATCH),
            ).fetchall()
        with self._file.decoding():
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
                except Damaged as error:
                    log.error("%s no longer follows %s: %s", group, topic, error)
                    return
                except Exception as error:  # whatever it was, nothing is acknowledged: again
                    log.warning("%s: a batch of %s failed: %r", group, topic, error)
                    place = None
                    await backoff.wait()
