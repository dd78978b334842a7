"""A lease is confirmed by beats; no wall clock, however wrong, keeps or gives it."""

import time
from pathlib import Path

import pytest

from shared.adapters.sqlite_store import SqliteStore
from shared.kernel.lease import DUTIES, Lease
from shared.kernel.ports import Beat, Store


class Clocks:
    """A monotonic clock that a test moves, and a wall clock that shows whatever it likes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.wall = 100.0, 1e9
        monkeypatch.setattr(time, "monotonic", lambda: self.now)
        monkeypatch.setattr(time, "time", lambda: self.wall)


@pytest.fixture
def clocks(monkeypatch: pytest.MonkeyPatch) -> Clocks:
    return Clocks(monkeypatch)


@pytest.fixture
async def store(tmp_path: Path) -> Store:
    store = SqliteStore(tmp_path / "store.sqlite")
    await store.open()
    return store


async def test_a_silent_holder_is_overtaken_after_five_seconds(
    clocks: Clocks, store: Store
) -> None:
    one, two = Lease(store, DUTIES, "one"), Lease(store, DUTIES, "two")
    assert await one.held()
    for _ in range(20):
        clocks.now += 1
        assert await one.held()
        assert not await two.held()
    for _ in range(4):
        clocks.now += 1
        assert not await two.held()
    clocks.now += 1
    assert await two.held()
    # Who stood still for so long learns it by its next beat.
    assert not await one.held()


async def test_a_wall_clock_that_was_ahead_leaves_nothing_stuck(
    clocks: Clocks, store: Store
) -> None:
    clocks.wall += 3 * 365 * 86_400
    assert await Lease(store, DUTIES, "gone").held()
    clocks.wall -= 3 * 365 * 86_400
    two = Lease(store, DUTIES, "two")
    assert not await two.held()
    clocks.now += 6
    assert await two.held()


async def test_a_lease_that_is_given_up_is_free_at_once(clocks: Clocks, store: Store) -> None:
    one, two = Lease(store, DUTIES, "one"), Lease(store, DUTIES, "two")
    assert await one.held()
    assert not await two.held()
    await two.release()
    await one.release()
    clocks.now += 1
    assert await two.held()
    assert not await one.held()


async def test_a_lost_beat_is_taken_by_whoever_asks_first(clocks: Clocks, store: Store) -> None:
    one = Lease(store, DUTIES, "one")
    assert await one.held()
    await store.release(DUTIES, Beat("one", 1))
    clocks.now += 1
    assert not await one.held()
    clocks.now += 1
    assert await one.held()
