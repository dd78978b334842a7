"""Tallies: counts over whole tables, made in the background and answered at once.

A total kept by deltas would have to be written together with the part whose change it counts, and
a Store promises no two rows at once; so totals are counted from the rows themselves, which repeats,
replicas and restarts cannot falsify, and each says of which instant it is.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar, cast

from shared.kernel.clock import system_clock
from shared.kernel.logs import log
from shared.kernel.ports import Clock

T = TypeVar("T")

# Whoever asks waits so long for a count that is being made, unless there is no earlier one.
_PATIENCE = 0.1
# What takes no longer is counted for each request; else one part in so many of the time goes to it.
_QUICK, _SHARE = 0.02, 30
_KEPT = 64


@dataclass(frozen=True, slots=True)
class Tally(Generic[T]):
    """A count, and the instant of which it is: all that was applied by then is in it."""

    value: T
    as_of: datetime


@dataclass(slots=True)
class _Entry:
    last: Tally[Any] | None = None
    task: asyncio.Task[None] | None = None
    ended: float = 0.0
    took: float = 0.0

    def fresh(self) -> bool:
        if self.last is None or self.took <= _QUICK:
            return False
        return time.monotonic() - self.ended < _SHARE * self.took


class Tallies:
    """The newest counts of one service, by what they count; one is made at a time."""

    def __init__(self, clock: Clock = system_clock) -> None:
        self._clock = clock
        self._entries: OrderedDict[Hashable, _Entry] = OrderedDict()
        self._turn = asyncio.Lock()

    async def get(self, key: Hashable, count: Callable[[], Awaitable[T]]) -> Tally[T]:
        """Return the newest count under this key; have it counted anew when it is old.

        Only the first request under a key waits until it is counted, however long that takes. All
        requests under a key must give a `count` of the same. Raises what the count raised when
        there is no earlier one.
        """
        entry = self._entries.setdefault(key, _Entry())
        self._entries.move_to_end(key)
        while len(self._entries) > _KEPT:
            self._entries.popitem(last=False)
        if entry.task is None and not entry.fresh():
            entry.task = asyncio.create_task(self._count(entry, count), name="tally")
        # Not awaited itself: a request that goes away must not end what others wait for.
        if entry.task is not None:
            patience = None if entry.last is None else _PATIENCE
            done, _ = await asyncio.wait({entry.task}, timeout=patience)
            if entry.last is None:
                for task in done:
                    task.result()
        assert entry.last is not None  # noqa: S101 - a count that ended well left one
        return cast("Tally[T]", entry.last)

    async def _count(self, entry: _Entry, count: Callable[[], Awaitable[object]]) -> None:
        try:
            async with self._turn:
                as_of, started = self._clock(), time.monotonic()
                value = await count()
                entry.last, entry.ended = Tally(value, as_of), time.monotonic()
                entry.took = entry.ended - started
        except Exception as error:
            if entry.last is None:
                raise
            log.warning("a count waits, its last one is of %s: %s", entry.last.as_of, error)
        finally:
            entry.task = None
