from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.adapters.sqlite_store import SqliteStore
from shared.kernel.ports import Store
from shared.signing.keys import Secret
from shared.web.problems import ProblemError
from shared.web.throttle import StoreStorage, Throttle, address_of

SECRET = Secret(b"s" * 32)


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = SqliteStore(tmp_path / "store.sqlite")
    await store.open()
    yield store
    await store.close()


async def test_five_failures_are_forgiven_until_a_quarter_of_an_hour_after_the_first(
    store: Store, clock: Clock
) -> None:
    throttle = Throttle(store, SECRET, clock=clock)
    for _ in range(5):
        assert await throttle.wait("a") == 0
        await throttle.fail("a")
        clock.now += 60
    assert await throttle.wait("a") == 15 * 60 - 5 * 60
    clock.now += 10 * 60 - 1
    assert await throttle.wait("a") == 1
    clock.now += 1
    assert await throttle.wait("a") == 0


async def test_one_more_failure_after_the_wait_makes_it_wait_again(
    store: Store, clock: Clock
) -> None:
    throttle = Throttle(store, SECRET, clock=clock)
    for _ in range(5):
        await throttle.fail("a")
        clock.now += 60
    clock.now += 10 * 60
    await throttle.fail("a")
    assert await throttle.wait("a") == 60


async def test_who_must_wait_is_told_how_long(store: Store, clock: Clock) -> None:
    throttle = Throttle(store, SECRET, limit=1, clock=clock)
    await throttle.admit("a")
    await throttle.fail("a")
    clock.now += 0.5
    with pytest.raises(ProblemError) as problem:
        await throttle.admit("b", "a")
    assert (problem.value.status, problem.value.rule) == (429, "too-many-tries")
    assert problem.value.headers == {"retry-after": "900"}
    assert problem.value.params == {"minutes": 15}


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("10.0.0.1", "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("::ffff:10.0.0.1", "10.0.0.1"),
        ("fe80::1%eth0", "fe80::"),
        ("unknown", "unknown"),
        ("", ""),
    ],
)
def test_what_stands_for_a_client(host: str, address: str) -> None:
    """Whoever has an IPv6 address has 2^64 of them."""
    assert address_of(host) == address


async def test_keys_are_apart_and_the_longest_wait_counts(store: Store, clock: Clock) -> None:
    throttle = Throttle(store, SECRET, limit=2, clock=clock)
    await throttle.fail("address", "code")
    await throttle.fail("address")
    assert await throttle.wait("code") == 0
    assert await throttle.wait("other") == 0
    assert await throttle.wait("address", "code") == 15 * 60
    assert await throttle.wait() == 0


async def test_replicas_and_later_processes_count_together(store: Store, clock: Clock) -> None:
    one, other = (Throttle(store, SECRET, limit=2, clock=clock) for _ in range(2))
    await one.fail("a")
    await other.fail("a")
    assert await one.wait("a") == await other.wait("a") == 15 * 60
    assert await Throttle(store, SECRET, limit=2, clock=clock).wait("a") == 15 * 60


async def test_nothing_is_kept_for_ever_nor_readable(store: Store, clock: Clock) -> None:
    throttle = Throttle(store, SECRET, limit=1, clock=clock)
    await throttle.fail("address 10.0.0.1", "b")
    kept = await store.scan_private("throttle")
    assert len(kept) == 2
    assert not any("10.0.0.1" in key for key in kept)
    clock.now += 15 * 60
    await throttle.fail("c")
    assert len(await store.scan_private("throttle")) == 1
    assert await throttle.wait("c") > 0


async def test_an_entry_that_another_writer_has_overtaken_is_written_again(
    store: Store, clock: Clock
) -> None:
    storage, other = StoreStorage(store, clock), StoreStorage(store, clock)
    replace, overtaken = store.replace_private, 0

    async def slow(collection: str, changed: dict[str, tuple[bytes, bytes]]) -> None:
        nonlocal overtaken
        if not overtaken:
            overtaken += 1
            await other.incr("k", 60)
        await replace(collection, changed)

    await storage.incr("k", 60)
    store.replace_private = slow  # type: ignore[method-assign, assignment]
    assert await storage.incr("k", 60) == 3
    assert overtaken
    assert await storage.get("k") == 3
    await storage.clear("k")
    assert await storage.get("k") == 0
