"""Counts over whole tables: who asks waits for none but the first, and is told how old it is."""

import asyncio
import time
from datetime import UTC, datetime, timedelta

import pytest

from shared.eventsourcing import tallies as tallies_module
from shared.eventsourcing.tallies import Tallies
from shared.kernel.ports import Unavailable
from tests.toy import until

START = datetime(2026, 8, 17, tzinfo=UTC)


class Counting:
    """A count that ends when it is let, and the clock by which it is."""

    def __init__(self, took: float = 0.0) -> None:
        self.began = 0
        self.go = asyncio.Event()
        self.fails: Exception | None = None
        self._took = took

    def clock(self) -> datetime:
        return START + timedelta(days=self.began)

    async def __call__(self) -> int:
        self.began += 1
        began = self.began
        await self.go.wait()
        time.sleep(self._took)  # noqa: ASYNC251 - what it takes, not a wait
        if self.fails:
            raise self.fails
        return began


async def test_many_who_ask_at_once_share_one_count() -> None:
    count = Counting()
    tallies = Tallies(count.clock)
    asking = [asyncio.create_task(tallies.get("a", count)) for _ in range(50)]
    await asyncio.sleep(0)
    asking[0].cancel()
    count.go.set()
    found = await asyncio.gather(*asking, return_exceptions=True)
    assert isinstance(found[0], asyncio.CancelledError)
    assert {(each.value, each.as_of) for each in found[1:]} == {(1, START)}  # type: ignore[union-attr]
    assert count.began == 1


async def test_what_is_quick_is_counted_for_each_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tallies_module, "_QUICK", 60)  # however busy this machine is
    count = Counting()
    count.go.set()
    tallies = Tallies(count.clock)
    assert [(await tallies.get("a", count)).value for _ in range(3)] == [1, 2, 3]
    assert (await tallies.get("b", count)).as_of == START + timedelta(days=3)


async def test_what_takes_long_is_counted_seldom_and_waited_for_once() -> None:
    count = Counting(took=0.03)
    count.go.set()
    tallies = Tallies(count.clock)
    assert (await tallies.get("a", count)).value == 1
    assert (await tallies.get("a", count)).value == 1
    # Thirty times as long as it took.
    deadline = time.monotonic() + 10
    count.go.clear()
    while count.began == 1:
        assert time.monotonic() < deadline
        began = time.monotonic()
        found = await tallies.get("a", count)
        assert time.monotonic() - began < 1
        assert (found.value, found.as_of) == (1, START)
        await asyncio.sleep(0.01)
    assert time.monotonic() > deadline - 10 + 30 * 0.03
    count.go.set()

    async def counted() -> bool:
        return (await tallies.get("a", count)).value == 2

    await until(counted, "the second count is told")


async def test_a_count_that_fails_leaves_the_last_one() -> None:
    count = Counting()
    count.go.set()
    count.fails = Unavailable("away")
    tallies = Tallies(count.clock)
    with pytest.raises(Unavailable):
        await tallies.get("a", count)
    count.fails = None
    assert (await tallies.get("a", count)).value == 2
    count.fails = Unavailable("away")
    assert (await tallies.get("a", count)).value == 2


async def test_one_is_made_at_a_time_and_few_are_kept() -> None:
    count = Counting()
    tallies = Tallies(count.clock)
    asking = [asyncio.create_task(tallies.get(key, count)) for key in range(100)]
    for _ in range(20):
        await asyncio.sleep(0)
    assert count.began == 1
    count.go.set()
    assert sorted(each.value for each in await asyncio.gather(*asking)) == list(range(1, 101))
    assert len(tallies._entries) <= 64
