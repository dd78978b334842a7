"""Virtual time: an event loop that never waits, and the clocks that go with it."""

import asyncio
import random
import selectors
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from unittest import mock

START = datetime(2026, 7, 20, tzinfo=UTC)
_MOST = 60
_T = TypeVar("_T")


class Deadlock(Exception):
    """Every task waits, and nothing will wake one."""


class TooLong(Exception):
    """The simulation does not end, or goes round in circles while no time passes."""


class _Selector(selectors.SelectSelector):
    """Passes time instead of waiting for files."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1_000.0
        self._began = time.perf_counter()

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None:
            raise Deadlock
        if time.perf_counter() - self._began > _MOST:
            self._began = time.perf_counter()  # what ends by this may take its time
            raise TooLong(f"{_MOST} real seconds, and only {self.now - 1_000} virtual ones")
        self.now += timeout
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """Runs tasks in the order in which they become ready; sleeping takes no time."""

    def __init__(self) -> None:
        self._clock = _Selector()
        super().__init__(self._clock)

    def time(self) -> float:
        return self._clock.now


def utc_now() -> datetime:
    """Return the wall clock of the simulated world."""
    return START + timedelta(seconds=time.monotonic() - 1_000.0)


@contextmanager
def _clocks(loop: VirtualLoop) -> Iterator[None]:
    with (
        mock.patch("time.monotonic", loop.time),
        mock.patch("time.time", lambda: utc_now().timestamp()),  # noqa: PT008 - it goes on
    ):
        yield


def simulate(seed: int, world: Coroutine[Any, Any, _T]) -> _T:
    """Run the coroutine to its end in virtual time; the same seed gives the same execution."""
    random.seed(seed)
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        loop = runner.get_loop()
        assert isinstance(loop, VirtualLoop)
        with _clocks(loop):
            return runner.run(world)
