"""Gates: what stands between a replica and its servers, and what can go wrong there."""

import asyncio
import random
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

from shared.kernel.ports import Handler, LogRecord, Position, Record, Store, Unavailable
from tests.simulation.log import SimulatedLog


@dataclass
class Faults:
    """Shares of calls: `lost` lose their reply, of `late` the effect lands seconds after that."""

    lost: float = 0.0
    late: float = 0.0
    # Records of requests to the log that landed after their sender had given up.
    landed_late: int = 0


class Gate:
    """Every call of one replica passes it before and after its effect, and waits there."""

    def __init__(self, rng: random.Random, faults: Faults, mean: float = 0.004) -> None:
        self.rng, self.faults, self._mean = rng, faults, mean
        self._open = asyncio.Event()
        self._open.set()
        self._late: set[asyncio.Task[object]] = set()

    def close(self) -> None:
        """Stand still: calls that are under way wait where they are."""
        self._open.clear()

    def open(self) -> None:
        self._open.set()

    async def wait(self) -> None:
        await asyncio.sleep(self.rng.expovariate(1 / self._mean))
        await self._open.wait()

    async def call(
        self,
        effect: Callable[[], Awaitable[Any]],
        late: Callable[[], Awaitable[Any]] | None = None,
        *,
        may_fail: bool = True,
    ) -> Any:
        """Return what the effect returns; raise Unavailable when it, or its reply, is lost.

        `late` is what happens seconds after it was given up, if not the effect itself.
        """
        await self.wait()
        if may_fail and self.rng.random() < self.faults.late:
            self._later(late or effect)
            raise Unavailable("injected: no answer")
        result = await effect()
        await self.wait()
        if may_fail and self.rng.random() < self.faults.lost:
            raise Unavailable("injected: the reply was lost")
        return result

    def _later(self, effect: Callable[[], Awaitable[Any]]) -> None:
        async def land() -> None:
            await asyncio.sleep(self.rng.uniform(0.1, 4.0))
            await effect()

        task = asyncio.create_task(land())
        self._late.add(task)
        task.add_done_callback(self._late.discard)


class GatedStore:
    """A replica's connection to its service's store, which all replicas share."""

    # What is not repeated by whoever calls it, here or in production, is not made to fail.
    _SAFE = frozenset({"beat", "release"})

    shared = True

    def __init__(self, store: Store, gate: Gate) -> None:
        self._store, self._gate = store, gate

    async def open(self) -> None:
        await self._gate.wait()

    async def close(self) -> None:
        """Leave the shared store open."""

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._store, name)

        async def gated(*args: Any, **named: Any) -> Any:
            return await self._gate.call(
                lambda: method(*args, **named), may_fail=name not in self._SAFE
            )

        return gated


class GatedLog:
    """A replica's connection to the log."""

    def __init__(self, log: SimulatedLog, gate: Gate) -> None:
        self._log, self._gate = log, gate

    async def open(self) -> None:
        await self._gate.wait()

    async def close(self) -> None:
        """Leave the shared log open."""

    async def ping(self) -> None:
        await self._gate.wait()

    async def create_topics(self, topics: Sequence[str]) -> None:
        await self._log.create_topics(topics)

    async def send(
        self, topic: str, records: Sequence[Record], *, partitions: int | None = None
    ) -> list[Position]:
        async def effect() -> list[Position]:
            return await self._log.send(topic, records)

        async def late() -> None:
            self._gate.faults.landed_late += len(records)
            await effect()

        sent: list[Position] = await self._gate.call(effect, late)
        return sent

    async def ends(self, topic: str) -> dict[int, int]:
        ends: dict[int, int] = await self._gate.call(lambda: self._log.ends(topic))
        return ends

    async def read(
        self, topic: str, partition: int, start: int, end: int
    ) -> AsyncGenerator[list[LogRecord], None]:
        async for batch in self._log.read(topic, partition, start, end):
            await self._gate.wait()
            yield batch

    def subscribe(
        self, topic: str, group: str, handler: Handler
    ) -> AbstractAsyncContextManager[None]:
        return self._log.subscribe(topic, group, handler, self._gate.wait)
