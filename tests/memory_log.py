"""A log in memory, whose records a test may change as the operator of a real one could."""

import sqlite3
from collections.abc import AsyncGenerator, Sequence
from contextlib import AbstractAsyncContextManager, closing
from pathlib import Path

from shared.adapters.sqlite_log import EmbeddedLog
from shared.kernel.ports import Handler, LogRecord, Position, Record, Unavailable

_BATCH = 500


class MemoryLog:
    """Topics of one partition; a place that holds None has lost its record."""

    def __init__(self, topics: dict[str, list[Record | None]]) -> None:
        self.topics = topics

    @classmethod
    async def of(cls, file: Path) -> "MemoryLog":
        """What an embedded log holds."""
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
        """A copy, and its list of this topic to change."""
        copy = list(self.topics[topic])
        return MemoryLog({**self.topics, topic: copy}), copy

    async def ends(self, topic: str) -> dict[int, int]:
        if topic not in self.topics:
            raise Unavailable(f"there is no topic {topic}")
        return {0: len(self.topics[topic])}

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
        raise Unavailable("it is only read")

    async def send(self, topic: str, records: Sequence[Record]) -> list[Position]:
        self.topics[topic] += records
        end = len(self.topics[topic])
        return [Position(0, end - len(records) + i) for i in range(len(records))]

    def subscribe(
        self, topic: str, group: str, handler: Handler
    ) -> AbstractAsyncContextManager[None]:
        raise Unavailable("it is only read")
