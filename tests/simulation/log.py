"""A log in memory with partitions and groups, whose rebalances do not wait for anybody."""

import asyncio
import contextlib
import random
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from zlib import crc32

from shared.kernel.backoff import Backoff
from shared.kernel.ports import Handler, LogRecord, Position, Record

_BATCH = 20


class _Member:
    """One subscription of a group."""

    def __init__(self, handler: Handler, wait: Callable[[], Awaitable[None]]) -> None:
        self.handler, self.wait = handler, wait
        self.owned: list[int] = []
        self.generation = 0


class SimulatedLog:
    """Keeps the Log port's promises: a key's records in their order, at least once to one owner."""

    def __init__(self, rng: random.Random, partitions: int = 3) -> None:
        self._rng, self.partitions = rng, partitions
        self.topics: dict[str, list[list[Record]]] = {}
        self._groups: dict[tuple[str, str], list[_Member]] = {}
        self._evicted: list[tuple[list[_Member], _Member]] = []
        self._changed = asyncio.Condition()

    async def open(self) -> None:
        pass

    async def close(self) -> None:
        pass

    async def ping(self) -> None:
        pass

    async def create_topics(self, topics: Sequence[str]) -> None:
        for topic in topics:
            self.topics.setdefault(topic, [[] for _ in range(self.partitions)])

    async def send(
        self, topic: str, records: Sequence[Record], *, partitions: int | None = None
    ) -> list[Position]:
        positions = [self._append(topic, record) for record in records]
        async with self._changed:
            self._changed.notify_all()
        return positions

    def _append(self, topic: str, record: Record) -> Position:
        partition = crc32(record.key or b"") % self.partitions
        kept = self.topics[topic][partition]
        kept.append(record)
        return Position(partition, len(kept) - 1)

    async def ends(self, topic: str) -> dict[int, int]:
        return {number: len(kept) for number, kept in enumerate(self.topics[topic])}

    async def read(
        self, topic: str, partition: int, start: int, end: int
    ) -> AsyncGenerator[list[LogRecord], None]:
        found = self._records(topic, partition, start, end - start)
        if found:
            yield found

    def _records(self, topic: str, partition: int, start: int, limit: int) -> list[LogRecord]:
        kept = self.topics[topic][partition][start : start + max(limit, 0)]
        return [LogRecord(topic, partition, start + n, record) for n, record in enumerate(kept)]

    def __len__(self) -> int:
        return sum(len(kept) for topic in self.topics.values() for kept in topic)

    # -- groups ---------------------------------------------------------------------------------

    @asynccontextmanager
    async def subscribe(
        self, topic: str, group: str, handler: Handler, wait: Callable[[], Awaitable[None]]
    ) -> AsyncIterator[None]:
        members, member = self._groups.setdefault((group, topic), []), _Member(handler, wait)
        members.append(member)
        await self._rebalance(members)
        task = asyncio.create_task(self._deliver(topic, member))
        try:
            yield
        finally:
            if member in members:
                members.remove(member)
                await self._rebalance(members)
            self._evicted = [each for each in self._evicted if each[1] is not member]
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _rebalance(self, members: list[_Member]) -> None:
        for number, member in enumerate(members):
            member.owned = list(range(self.partitions))[number :: len(members)]
            member.generation += 1
        async with self._changed:
            self._changed.notify_all()

    async def place(self, topic: str, partition: int, record: Record) -> None:
        """Put a record where a sender of another make might."""
        self.topics[topic][partition].append(record)
        async with self._changed:
            self._changed.notify_all()

    async def shuffle(self) -> None:
        """Give every partition to another member, whatever the old one is doing."""
        for members in self._groups.values():
            self._rng.shuffle(members)
            await self._rebalance(members)

    async def evict(self, handlers: Sequence[object]) -> None:
        """Take the partitions from members that are silent, as their group does after a while."""
        for members in self._groups.values():
            silent = [member for member in members if member.handler in handlers]
            members[:] = [member for member in members if member not in silent]
            await self._rebalance(members)
            self._evicted += [(members, member) for member in silent]

    async def rejoin(self, handlers: Sequence[object]) -> None:
        """Have members that were evicted join again, as they do when they hear of it."""
        for members, member in [each for each in self._evicted if each[1].handler in handlers]:
            self._evicted.remove((members, member))
            members.append(member)
            await self._rebalance(members)

    async def _deliver(self, topic: str, member: _Member) -> None:
        generation, backoff = -1, Backoff()
        places: dict[int, int] = {}
        while True:
            try:
                if generation != member.generation:
                    generation, owned = member.generation, list(member.owned)
                    await member.wait()
                    given = await member.handler.assigned(owned)
                    places = {partition: given.get(partition, 0) for partition in owned}
                batch = [
                    record
                    for partition, place in places.items()
                    for record in self._records(topic, partition, place, _BATCH)
                ]
                if batch:
                    await member.wait()
                    await member.handler.handle(batch)
                    for record in batch:
                        places[record.partition] = record.offset + 1
                    backoff.reset()
                else:
                    async with self._changed:
                        if generation == member.generation and not self._more(topic, places):
                            await self._changed.wait()
            except Exception:  # nothing of it is acknowledged: again, from the handler's places
                generation = -1
                await backoff.wait()

    def _more(self, topic: str, places: dict[int, int]) -> bool:
        return any(len(self.topics[topic][p]) > place for p, place in places.items())
