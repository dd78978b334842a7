"""A log in memory, whose records a test may change as the operator of a real one could."""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path

from shared.adapters.sqlite_log import EmbeddedLog
from shared.kernel.backoff import Backoff
from shared.kernel.ports import Damaged, Handler, LogRecord, Position, Record, Unavailable

_BATCH = 500
_MAX_VALUE = 1_500_000


class MemoryLog:
    """Topics of one partition; a place that holds None has lost its record.

    Keeps the Log port's promises except those that need a file: tests/contract/test_log.py.
    """

    def __init__(self, topics: dict[str, list[Record | None]]) -> None:
        self.topics = topics
        self._arrived = asyncio.Condition()
        self._claims: dict[tuple[str, str], asyncio.Lock] = {}

    @classmethod
    async def of(cls, file: Path) -> "MemoryLog":
        """Return a copy of an embedded log."""
        with closing(sqlite3.connect(file)) as db:
            names = [name for (name,) in db.execute("SELECT topic FROM topics ORDER BY topic")]
        log = EmbeddedLog(file, readonly=True)
        await log.open()
        try:
            topics: dict[str, list[Record | None]] = {}
            for topic in names:
                found = topics[topic] = []
                async for batch in log.read(topic, 0, 0, 2**40):
                    for place in batch:
                        found += [None] * (place.offset - len(found))
                        found.append(place.record)
            return cls(topics)
        finally:
            await log.close()

    def changed(self, topic: str) -> tuple["MemoryLog", list[Record | None]]:
        """Return a copy, and its list of this topic to change."""
        copy = list(self.topics[topic])
        return MemoryLog({**self.topics, topic: copy}), copy

    async def ends(self, topic: str) -> dict[int, int]:
        return {0: len(self._records(topic))}

    def _records(self, topic: str) -> list[Record | None]:
        if topic not in self.topics:
            raise Unavailable(f"there is no topic {topic}")
        return self.topics[topic]

    async def read(
        self, topic: str, partition: int, start: int, end: int
    ) -> AsyncGenerator[list[LogRecord], None]:
        found = self.topics[topic]
        for first in range(start, min(end, len(found)), _BATCH):
            last = min(first + _BATCH, end, len(found))
            batch = [
                LogRecord(topic, partition, offset, record)
                for offset in range(first, last)
                if (record := found[offset]) is not None
            ]
            if batch:
                yield batch

    async def open(self) -> None:
        pass

    async def close(self) -> None:
        pass

    async def ping(self) -> None:
        pass

    async def create_topics(self, topics: Sequence[str]) -> None:
        for topic in topics:
            self.topics.setdefault(topic, [])

    async def send(
        self, topic: str, records: Sequence[Record], *, partitions: int | None = None
    ) -> list[Position]:
        if any(len(record.value or b"") > _MAX_VALUE for record in records):
            raise ValueError(f"a record of more than {_MAX_VALUE} bytes")
        kept = self._records(topic)
        start = len(kept)
        kept += records
        async with self._arrived:
            self._arrived.notify_all()
        return [Position(0, start + place) for place in range(len(records))]

    @asynccontextmanager
    async def subscribe(self, topic: str, group: str, handler: Handler) -> AsyncIterator[None]:
        task = asyncio.create_task(self._deliver(topic, group, handler))
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
            while True:
                try:
                    place = (await handler.assigned([0])).get(0, 0)
                    while True:
                        end = len(self._records(topic))
                        async for batch in self.read(topic, 0, place, end):
                            await handler.handle(batch)
                            backoff.reset()
                        place = max(place, end)
                        async with self._arrived:
                            while len(self.topics[topic]) <= place:
                                await self._arrived.wait()
                except Damaged:
                    return
                except Exception:  # nothing of it is acknowledged: again, from the handler's place
                    await backoff.wait()
