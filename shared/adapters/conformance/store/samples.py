"""Commits to append, and two stores that race."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from shared.adapters.conformance.store.site import StoreSite
from shared.kernel.ports import Appended, Commit, Position, Record, Store

OK, CAUSE, STREAM = Appended.OK, Appended.CAUSE, Appended.STREAM
RECORD = Record(b"kind/1", b'{"a":1}', (("ce_id", b"1"),))
TIME = datetime(2026, 7, 18, 1, 2, 3, 456789, tzinfo=UTC)
_Result = TypeVar("_Result")


def commit(
    stream: str,
    first: int,
    cause: str,
    *,
    after: int | None = None,
    source: str = "urn:a",
    fingerprint: str = "f",
    time: datetime | None = None,
    records: Sequence[Record] = (RECORD,),
    sent: Position | None = None,
) -> Commit:
    """Make a commit. `after` is that of a stream of single events unless given."""
    return Commit(
        source=source,
        stream=stream,
        first=first,
        after=first - 1 if after is None else after,
        cause=cause,
        fingerprint=fingerprint,
        time=time or TIME + timedelta(microseconds=first),
        hash=f"hash of {cause}",
        records=tuple(records),
        sent=sent,
    )


def chain(stream: str, length: int, first: int = 1) -> list[Commit]:
    """Commits of one record each, one after another."""
    return [commit(stream, n, f"{stream}:{n}") for n in range(first, first + length)]


async def appended(store: Store, *commits: Commit) -> None:
    """Append all of them. Fails if one is refused."""
    assert await store.append(commits) == [OK] * len(commits)


async def race(
    site: StoreSite, rounds: int, play: Callable[[Store, int, int], Awaitable[_Result]]
) -> list[tuple[_Result, _Result]]:
    """Have two stores, each with a thread and an event loop, do the same thing at the same time.

    `play` gets the store, which of the two plays (0 or 1) and the number of the round.
    """
    barrier = threading.Barrier(2, timeout=60)

    async def player(who: int) -> list[_Result]:
        store = site.store()
        await store.open()
        try:
            results = []
            for number in range(rounds):
                barrier.wait()
                results.append(await play(store, who, number))
            return results
        except BaseException:
            barrier.abort()
            raise
        finally:
            await store.close()

    both = await asyncio.gather(*(asyncio.to_thread(asyncio.run, player(who)) for who in (0, 1)))
    return list(zip(*both, strict=True))
