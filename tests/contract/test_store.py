"""Certifies every adapter of the Store port: each sentence of its docstrings, on each of them."""

import asyncio
import gc
import inspect
import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymongo import AsyncMongoClient, MongoClient
from pymongo.errors import BulkWriteError, OperationFailure, WTimeoutError
from pymongo.monitoring import CommandListener

from shared.adapters.mongo_store import MongoStore
from shared.adapters.sqlite_store import SqliteStore
from shared.kernel.ports import Appended, Commit, Place, Position, Record, Row, Store, Unavailable

OK, CAUSE, STREAM = Appended.OK, Appended.CAUSE, Appended.STREAM
T = TypeVar("T")


@dataclass(frozen=True)
class Differences:
    """What a user of the port may notice, beside speed."""

    # A server of its own, that can be down while we are up.
    server: bool
    # Deleted private values are gone from the files, not only from the database's answers.
    forgets: bool
    # Makes the driver's client.
    client: Callable[..., Any] | None = None


DEFAULT_CLIENT = inspect.signature(MongoStore).parameters["client"].default
ADAPTERS = {
    "sqlite": Differences(server=False, forgets=True),
    "motor": Differences(server=True, forgets=False, client=DEFAULT_CLIENT),
    "pymongo": Differences(server=True, forgets=False, client=AsyncMongoClient),
}
# FerretDB reads and then writes, so of two updates of one row that race either may stand; its
# inserts are atomic. MongoDB's updates are too.
NON_ATOMIC_UPDATES = "ferretdbVersion"


class Site:
    """A fresh database; each store is a connection of its own to it."""

    def __init__(self, differs: Differences, folder: Path, server: Any) -> None:
        self.differs = differs
        self.folder = folder
        self.server = server
        self._name = f"sinergi_test_{uuid4().hex}"

    def store(self, **options: Any) -> Store:
        if self.server is None:
            return SqliteStore(self.folder / "store.db")
        return self._mongo(self.server.url, **options)

    def unreachable(self) -> Store:
        return (
            SqliteStore(self.folder)
            if self.server is None
            else self._mongo("mongodb://127.0.0.1:1")
        )

    def _mongo(self, url: str, **options: Any) -> Store:
        assert self.differs.client
        return MongoStore(url, self._name, client=partial(self.differs.client, **options))

    def atomic_updates(self) -> bool:
        if self.server is None:
            return True
        with MongoClient[dict[str, Any]](self.server.url) as client:
            return NON_ATOMIC_UPDATES not in client.admin.command("buildInfo")

    def drop(self) -> None:
        if self.server is not None:
            with MongoClient[dict[str, Any]](self.server.url) as client:
                client.drop_database(self._name)


@pytest.fixture(params=ADAPTERS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    differs = ADAPTERS[request.param]
    server = request.getfixturevalue("mongo_server") if differs.server else None
    place = Site(differs, tmp_path, server)
    yield place
    place.drop()


SERVERS = [name for name, differs in ADAPTERS.items() if differs.server]
on_servers = pytest.mark.parametrize("place", SERVERS, indirect=True)


@pytest_asyncio.fixture
async def store(place: Site) -> AsyncIterator[Store]:
    store = place.store()
    await store.open()
    yield store
    await store.close()


@pytest_asyncio.fixture
async def other(place: Site, store: Store) -> AsyncIterator[Store]:
    """A second connection, as another replica has."""
    other = place.store()
    await other.open()
    yield other
    await other.close()


RECORD = Record(b"kind/1", b'{"a":1}', (("ce_id", b"1"),))
TIME = datetime(2026, 7, 18, 1, 2, 3, 456789, tzinfo=UTC)


def commit(stream: str, first: int, cause: str, **changes: Any) -> Commit:
    time = TIME + timedelta(microseconds=first)
    base = Commit("urn:a", stream, first, cause, "f", time, f"hash of {cause}", (RECORD,))
    return replace(base, **changes)


def chain(stream: str, length: int, first: int = 1) -> list[Commit]:
    return [commit(stream, n, f"{stream}:{n}") for n in range(first, first + length)]


async def appended(store: Store, *commits: Commit) -> None:
    assert await store.append(commits) == [OK] * len(commits)


async def eventually(
    happens: Callable[[], Awaitable[bool]], what: str, seconds: float = 20
) -> None:
    deadline = time.monotonic() + seconds
    while not await happens():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        await asyncio.sleep(0.02)


async def race(
    place: Site, rounds: int, play: Callable[[Store, int, int], Awaitable[T]]
) -> list[tuple[T, T]]:
    """Two stores, each with a thread and an event loop, do the same thing at the same time."""
    barrier = threading.Barrier(2, timeout=60)

    async def player(who: int) -> list[T]:
        store = place.store()
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


# --- append -------------------------------------------------------------------------------------


async def test_append_gives_one_outcome_each_in_order(store: Store) -> None:
    assert await store.append([]) == []
    await appended(store, *chain("s/1", 2), *chain("s/2", 1))
    assert await store.history("s/1") == chain("s/1", 2)
    assert await store.history("s/2") == chain("s/2", 1)
    assert await store.history("s/3") == []


async def test_append_refuses_a_cause_that_took_effect(store: Store) -> None:
    await appended(store, commit("s/1", 1, "c"))
    assert await store.append([commit("s/1", 2, "c")]) == [CAUSE]
    assert await store.append([commit("s/2", 1, "c")]) == [CAUSE]
    assert await store.history("s/2") == []
    assert len(await store.history("s/1")) == 1


async def test_append_refuses_a_place_that_is_taken(store: Store) -> None:
    await appended(store, commit("s/1", 1, "c"))
    assert await store.append([commit("s/1", 1, "d")]) == [STREAM]
    assert await store.by_cause("d") is None


async def test_append_names_the_cause_when_both_are_taken(store: Store) -> None:
    await appended(store, commit("s/1", 1, "c"), commit("s/2", 1, "d"))
    assert await store.append([commit("s/1", 1, "c")]) == [CAUSE]
    assert await store.append([commit("s/2", 1, "c")]) == [CAUSE]


async def test_losers_leave_their_neighbours_and_take_their_stream_with_them(store: Store) -> None:
    await appended(store, commit("taken/1", 1, "x"), commit("done/1", 1, "y"))
    group = [
        commit("good/1", 1, "g1"),
        commit("taken/1", 1, "t1"),
        commit("done/1", 2, "y"),
        commit("good/1", 2, "g2"),
        commit("taken/1", 2, "t2"),
        commit("done/1", 3, "d3"),
        commit("good/2", 1, "g3"),
        commit("taken/1", 3, "t3"),
        commit("good/1", 3, "g4"),
    ]
    assert await store.append(group) == [OK, STREAM, CAUSE, OK, STREAM, STREAM, OK, STREAM, OK]
    assert [c.cause for c in await store.history("good/1")] == ["g1", "g2", "g4"]
    assert [c.cause for c in await store.history("good/2")] == ["g3"]
    assert [c.cause for c in await store.history("taken/1")] == ["x"]
    assert [c.cause for c in await store.history("done/1")] == ["y"]
    # Decided anew, a loser's stream goes on.
    assert await store.append([commit("taken/1", 2, "t1")]) == [OK]


async def test_losers_within_one_group(store: Store) -> None:
    group = [
        commit("s/1", 1, "a"),
        commit("s/1", 1, "b"),
        commit("s/1", 2, "c"),
        commit("s/2", 1, "a"),
        commit("s/2", 2, "d"),
        commit("s/3", 1, "e"),
        commit("s/3", 2, "e"),
        commit("s/3", 3, "f"),
    ]
    assert await store.append(group) == [OK, STREAM, STREAM, CAUSE, STREAM, OK, CAUSE, STREAM]
    assert [c.cause for s in ("s/1", "s/2", "s/3") for c in await store.history(s)] == ["a", "e"]


async def test_a_large_group(store: Store) -> None:
    group = [c for n in range(40) for c in chain(f"s/{n}", 3)]
    await appended(store, *group)
    assert await store.append(group) == [CAUSE, STREAM, STREAM] * 40
    assert await store.history("s/39") == chain("s/39", 3)


async def test_two_stores_race_for_one_place(place: Site, store: Store) -> None:
    async def play(store: Store, who: int, number: int) -> Appended:
        (outcome,) = await store.append([commit("s/1", number + 1, f"{number} by {who}")])
        return outcome

    outcomes = await race(place, 100, play)
    assert {frozenset(pair) for pair in outcomes} == {frozenset((OK, STREAM))}
    history = await store.history("s/1")
    assert [c.cause for c in history] == [
        f"{number} by {pair.index(OK)}" for number, pair in enumerate(outcomes)
    ]
    assert await store.pending(200) == history


async def test_two_stores_race_with_one_cause(place: Site, store: Store) -> None:
    async def play(store: Store, who: int, number: int) -> Appended:
        # A repeated request meets its stream in every second round, another stream in the others.
        stream = f"s/{number}" if number % 2 else f"s/{number}/{who}"
        (outcome,) = await store.append([commit(stream, 1, f"c{number}")])
        return outcome

    outcomes = await race(place, 100, play)
    assert {frozenset(pair) for pair in outcomes} == {frozenset((OK, CAUSE))}
    assert len(await store.pending(200)) == 100


# --- what was appended comes back ---------------------------------------------------------------

AWKWARD = Record(
    b"kind/\xc3\xa9",
    '{"nama":"Siti Nur’aini 😀 \u2028 <&>","kosong":""}'.encode(),
    (
        ("ce_id", b"1"),
        ("twice", b"a"),
        ("null", None),
        ("twice", b"b"),
        ("empty", b""),
        ("binary", b"\xff\xfe\x00\x80"),
        ("nul", b"a\x00b"),
        ("nama é", "é".encode()),
        ("latin", "é".encode("latin-1")),
    ),
)


async def test_records_come_back_byte_for_byte(place: Site, store: Store) -> None:
    records = (
        AWKWARD,
        Record(None, None, ()),
        Record(b"", b"", ()),
        Record(b"\xff\x00", bytes(range(256)), (("a", bytes(range(256))),)),
        Record(b"big", b"x" * 256 * 1024, ()),
    )
    stored = commit(
        "s/é 😀",
        7,
        "cause:é/1",
        source="urn:sinergi:é",
        fingerprint="",
        records=records,
        time=datetime(1, 1, 1, 0, 0, 0, 1, tzinfo=UTC),
    )
    await appended(store, stored)
    assert stored.last == 11
    assert await store.by_cause("cause:é/1") == stored
    assert await store.history("s/é 😀", 6) == [stored]
    assert await store.at(Place("s/é 😀", 7)) == stored
    assert await store.pending(1) == [stored]
    await store.mark_sent({stored.place: Position(3, 2**40)})
    assert await store.sent_from(3, 2**40) == [replace(stored, sent=Position(3, 2**40))]
    reopened = place.store()
    await reopened.open()
    assert await reopened.by_cause("cause:é/1") == replace(stored, sent=Position(3, 2**40))
    await reopened.close()


async def test_instants_are_exact(store: Store) -> None:
    base = datetime(2026, 12, 31, 23, 59, 59, 999_990, tzinfo=UTC)
    commits = [
        commit("s/1", n, f"{n}", time=base + timedelta(microseconds=n)) for n in range(1, 20)
    ]
    await appended(store, *commits)
    assert [c.time for c in await store.history("s/1")] == [c.time for c in commits]


async def test_by_cause_knows_only_what_was_appended(store: Store) -> None:
    await appended(store, *chain("s/1", 2))
    assert await store.by_cause("s/1:2") == chain("s/1", 2)[1]
    assert await store.by_cause("s/1:3") is None
    assert await store.by_cause("") is None


async def test_history_is_ascending_and_begins_after(store: Store, other: Store) -> None:
    commits = [
        commit("s/1", 1, "a", records=(RECORD,) * 3),
        commit("s/1", 4, "b"),
        *(commit("s/1", n, f"c{n}") for n in range(5, 15)),
    ]
    for each in commits:
        await appended(store, each)
    await appended(store, *chain("s/11", 2), *chain("s", 2))
    assert await other.history("s/1") == commits
    assert await other.history("s/1", 0) == commits
    assert await other.history("s/1", 3) == commits[1:]
    assert await other.history("s/1", 4) == commits[2:]
    assert await other.history("s/1", 13) == commits[-1:]
    assert await other.history("s/1", 14) == []


async def test_history_is_of_one_stream_whatever_it_is_called(store: Store) -> None:
    """Names that look like places, patterns or one another's beginnings."""
    streams = ["s", "s#", "s#000000000002", "s#000000000002#000000000001", "s/", "s*", "S", "s:"]
    for stream in streams:
        await appended(store, *chain(stream, 6))
    for stream in streams:
        assert await store.history(stream) == chain(stream, 6)
        assert await store.history(stream, 4) == chain(stream, 2, first=5)
        assert await store.at(Place(stream, 2)) == chain(stream, 1, first=2)[0]
    assert await store.history("s#000000000003") == []


async def test_at_knows_the_first_of_a_commit(store: Store) -> None:
    long = commit("s/1", 1, "a", records=(RECORD,) * 3)
    await appended(store, long, *chain("s/1", 1, first=4))
    assert await store.at(Place("s/1", 1)) == long
    assert await store.at(Place("s/1", 2)) is None
    assert await store.at(Place("s/1", 4)) == chain("s/1", 1, first=4)[0]
    assert await store.at(Place("s/1", 5)) is None
    assert await store.at(Place("s/2", 1)) is None
    await store.mark_sent({long.place: Position(0, 2)})
    assert await store.at(long.place) == replace(long, sent=Position(0, 2))


# --- sending ------------------------------------------------------------------------------------


async def test_pending_is_oldest_first(store: Store) -> None:
    assert await store.pending(10) == []
    for number in range(6):
        time = TIME + timedelta(seconds=number)
        await appended(store, commit(f"s/{5 - number}", 1, f"c{number}", time=time))
    assert [c.cause for c in await store.pending(10)] == [f"c{n}" for n in range(6)]
    assert [c.cause for c in await store.pending(4)] == [f"c{n}" for n in range(4)]
    assert await store.pending(0) == []


async def test_pending_keeps_the_order_of_a_stream_within_a_group(store: Store) -> None:
    group = [c for trio in zip(*(chain(f"s/{n}", 8) for n in range(3)), strict=True) for c in trio]
    await appended(store, *group)
    assert await store.pending(100) == group
    for limit in range(1, 24):
        found = await store.pending(limit)
        assert len(found) == limit
        for stream in ("s/0", "s/1", "s/2"):
            firsts = [c.first for c in found if c.stream == stream]
            assert firsts == list(range(1, len(firsts) + 1))


async def test_pending_keeps_the_order_of_a_stream_when_clocks_differ(
    store: Store, other: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock, clock_ns = time.time, time.time_ns
    behind = 0.0
    monkeypatch.setattr(time, "time", lambda: clock() - behind)
    monkeypatch.setattr(time, "time_ns", lambda: clock_ns() - int(behind * 1e9))
    commits = [commit("s/1", n, f"c{n}", records=(RECORD,) * 2) for n in range(1, 16, 2)]
    for number, each in enumerate(commits):
        behind = 3600.0 * number
        await appended((store, other)[number // 2 % 2], each)
    assert await store.pending(100) == commits
    assert await store.pending(3) == commits[:3]
    await store.mark_sent({commits[0].place: Position(0, 0)})
    assert await other.pending(2) == commits[1:3]
    # What the stream's order rests on must not go with the mark.
    await store.mark_sent({c.place: Position(0, c.first) for c in commits})
    behind += 3600
    late = commit("s/1", 17, "c17")
    await appended(store, late)
    await store.mark_pending([c.place for c in commits])
    assert await other.pending(100) == [*commits, late]


async def test_marking_takes_commits_from_pending(store: Store, other: Store) -> None:
    commits = [commit(f"s/{n}", 1, f"c{n:03}") for n in range(130)]
    await appended(store, *commits)
    await store.mark_sent({})
    await store.mark_sent({Place("unknown", 1): Position(0, 0)})
    assert len(await store.pending(200)) == 130
    places = {c.place: Position(n % 3, n) for n, c in enumerate(commits[:120])}
    await store.mark_sent(places)
    assert await other.pending(200) == commits[120:]
    assert await other.by_cause("c007") == replace(commits[7], sent=Position(1, 7))
    assert await other.by_cause("c120") == commits[120]
    assert await other.history("s/119") == [replace(commits[119], sent=Position(2, 119))]
    # A repeat after a lost acknowledgement stands elsewhere on the log.
    await store.mark_sent({commits[7].place: Position(0, 500)})
    assert await other.by_cause("c007") == replace(commits[7], sent=Position(0, 500))


async def test_marks_can_be_taken_away(store: Store, other: Store) -> None:
    commits = [
        replace(each, time=TIME + timedelta(microseconds=number))
        for number, each in enumerate([*chain("s/1", 60), *chain("s/2", 60)])
    ]
    await appended(store, *commits)
    await store.mark_sent({c.place: Position(0, n) for n, c in enumerate(commits)})
    await store.mark_pending([])
    await store.mark_pending([Place("unknown", 1)])
    assert await other.pending(200) == []
    lost = [*commits[50:60], *commits[65:]]
    await store.mark_pending([c.place for c in reversed(lost)])
    assert await other.pending(200) == lost
    assert await other.sent_ends() == {0: 64}
    assert [c.cause for c in await other.sent_from(0, 0)] == [
        c.cause for c in (*commits[:50], *commits[60:65])
    ]
    assert await other.by_cause(lost[0].cause) == lost[0]
    await store.mark_sent({lost[0].place: Position(1, 9)})
    assert await other.by_cause(lost[0].cause) == replace(lost[0], sent=Position(1, 9))
    assert await other.pending(200) == lost[1:]


async def test_sent_ends_and_sent_from(store: Store) -> None:
    assert await store.sent_ends() == {}
    assert await store.sent_from(0, 0) == []
    commits = [commit(f"s/{n}", 1, f"c{n}") for n in range(8)]
    await appended(store, *commits)
    assert await store.sent_ends() == {}
    places = [Position(p, o) for p, o in ((0, 0), (11, 7), (0, 2**33), (2, 0), (11, 30), (0, 9))]
    marked = [replace(c, sent=place) for c, place in zip(commits, places, strict=False)]
    await store.mark_sent({c.place: c.sent for c in reversed(marked) if c.sent})
    assert await store.sent_ends() == {0: 2**33, 2: 0, 11: 30}
    assert await store.sent_from(0, 0) == [marked[0], marked[5], marked[2]]
    assert await store.sent_from(0, 0, 2) == [marked[0], marked[5]]
    assert await store.sent_from(0, 0, 0) == []
    assert await store.sent_from(0, 1) == [marked[5], marked[2]]
    assert await store.sent_from(0, 9) == [marked[5], marked[2]]
    assert await store.sent_from(0, 10) == [marked[2]]
    assert await store.sent_from(11, 31) == []
    assert await store.sent_from(5, 0) == []


async def test_commits_may_come_sent(store: Store) -> None:
    """A store that is rebuilt from the log knows where its records stand."""
    there = commit("s/1", 1, "a", sent=Position(4, 12))
    await appended(store, there, commit("s/1", 2, "b"))
    assert await store.by_cause("a") == there
    assert [c.cause for c in await store.pending(10)] == ["b"]
    assert await store.sent_ends() == {4: 12}
    assert await store.sent_from(4, 0) == [there]


# --- rows ---------------------------------------------------------------------------------------


async def test_put_writes_only_above_the_sequence_that_is_there(store: Store) -> None:
    await store.put([])
    await store.put([Row("t", "k", 5, b"five", 50)])
    assert await store.get("t", ["k"]) == {"k": Row("t", "k", 5, b"five", 50)}
    await store.put([Row("t", "k", 5, b"again")])
    await store.put([Row("t", "k", 4, b"lower")])
    assert await store.get("t", ["k"]) == {"k": Row("t", "k", 5, b"five", 50)}
    await store.put([Row("t", "k", 6, b"six")])
    assert await store.get("t", ["k"]) == {"k": Row("t", "k", 6, b"six", None)}
    await store.put([Row("t", "k", 2**50, None)])
    assert await store.get("t", ["k"]) == {"k": Row("t", "k", 2**50, None)}
    await store.put([Row("t", "k", 7, b"after the tombstone")])
    assert await store.get("t", ["k"]) == {"k": Row("t", "k", 2**50, None)}


async def test_rows_that_are_refused_leave_their_neighbours(store: Store) -> None:
    await store.put([Row("t", "b", 3, b"there"), Row("t", "d", 3, b"there")])
    await store.put([Row("t", key, 2, b"new") for key in "abcde"] + [Row("u", "b", 1, b"u")])
    found = await store.scan("t")
    assert [(r.key, r.body) for r in found] == [
        ("a", b"new"),
        ("b", b"there"),
        ("c", b"new"),
        ("d", b"there"),
        ("e", b"new"),
    ]
    assert await store.get("u", ["b"]) == {"b": Row("u", "b", 1, b"u")}


async def test_the_highest_wins_within_one_put(store: Store) -> None:
    await store.put(
        [
            Row("t", "up", 1, b"1"),
            Row("t", "up", 2, b"2"),
            Row("t", "down", 2, b"2"),
            Row("t", "down", 1, b"1"),
            Row("t", "same", 1, b"first"),
            Row("t", "same", 1, b"second"),
        ]
    )
    found = {row.key: row.body for row in await store.scan("t")}
    assert found == {"up": b"2", "down": b"2", "same": b"first"}


async def test_many_rows_at_once(store: Store) -> None:
    rows = [Row("t", f"{n:03}", 1, b"%d" % n, n) for n in range(130)]
    await store.put(rows)
    assert await store.scan("t") == rows
    newer = [row._replace(sequence=2, body=b"\xff\x00") for row in rows[::2]]
    await store.put([*newer, *(row._replace(body=b"no") for row in rows[1::2])])
    assert await store.get("t", [row.key for row in rows]) == {
        row.key: row for row in (*newer, *rows[1::2])
    }


async def test_two_stores_race_on_rows(place: Site, store: Store) -> None:
    async def play(store: Store, who: int, number: int) -> None:
        # In turn the higher sequence comes from either, to a fresh row and to one that is there.
        sequence = 10 * (number // 2) + (who + number) % 2
        await store.put([Row("t", f"{number % 2}", sequence + 1, b"%d" % who)])

    await race(place, 40, play)
    found = await store.get("t", ["0", "1"])
    assert {key: row.sequence // 10 for key, row in found.items()} == {"0": 19, "1": 19}
    if place.atomic_updates():
        assert [row.sequence for row in found.values()] == [192, 192]


class Meddler(CommandListener):
    """Does something once, after the next read of the client that it listens to."""

    def __init__(self) -> None:
        self.meddle: Callable[[], None] | None = None

    def started(self, event: Any) -> None: ...

    def failed(self, event: Any) -> None: ...

    def succeeded(self, event: Any) -> None:
        if event.command_name == "find" and self.meddle:
            meddle, self.meddle = self.meddle, None
            meddle()


@on_servers
@pytest.mark.parametrize("there", [None, 1])
@pytest.mark.parametrize(("between", "ours"), [(2, 3), (3, 2)])
async def test_put_is_conditional_at_the_moment_of_writing(
    place: Site, there: int | None, between: int, ours: int
) -> None:
    def row(sequence: int) -> Row:
        return Row("t", "k", sequence, b"%d" % sequence)

    async def put_by_another() -> None:
        another = place.store()
        await another.open()
        await another.put([row(between)])
        await another.close()

    def meddle() -> None:
        thread = threading.Thread(target=asyncio.run, args=(put_by_another(),))
        thread.start()
        thread.join()

    meddler = Meddler()
    store = place.store(event_listeners=[meddler])
    await store.open()
    if there is not None:
        await store.put([row(there)])
    meddler.meddle = meddle
    await store.put([row(ours)])
    assert meddler.meddle is None
    assert await store.get("t", ["k"]) == {"k": row(3)}
    await store.close()


async def test_get_gives_those_that_exist(store: Store) -> None:
    assert await store.get("t", []) == {}
    assert await store.get("t", ["a"]) == {}
    rows = [Row("t", "a", 1, b"a"), Row("t", "c", 1, None, 3), Row("u", "b", 1, b"b")]
    await store.put(rows)
    assert await store.get("t", ["a", "b", "c", "a"]) == {"a": rows[0], "c": rows[1]}


KEYS = [
    "",
    " ",
    "A",
    "a",
    "a b",
    "a/",
    "a/1",
    "a/1/x",
    "a/10",
    "a/2",
    "a0",
    "a:1",
    "aé",
    "b",
    "~",
    "\x7f",
    "é",
    "é/1",
    "êx",
    "\ud7ff",
    "\ud7ffx",
    "\ue000",
    "\uffee",
    "😀",
    "😀/1",
    "😁",
]


async def test_scan_is_in_order_of_code_points(store: Store) -> None:
    assert sorted(KEYS) == KEYS
    assert await store.scan("t") == []
    await store.put([Row("t", key, 1, key.encode()) for key in reversed(KEYS)])
    await store.put([Row("u", "a/1", 1, b"other table")])
    # Nothing is above the empty `after` and yet empty.
    assert [row.key for row in await store.scan("t")] == KEYS[1:]
    for prefix in ("", "a", "a/", "a/1", "a ", "é", "\ud7ff", "😀", "zz", "a/1/x/y"):
        expected = [key for key in KEYS if key.startswith(prefix) and key > ""]
        assert [row.key for row in await store.scan("t", prefix)] == expected
        for after in ("", "a", "a/1", "a/1/", "é", "😀", "zz"):
            found = await store.scan("t", prefix, after)
            assert [row.key for row in found] == [key for key in expected if key > after]
    assert [row.key for row in await store.scan("t", "a/", "a/1", 2)] == ["a/1/x", "a/10"]
    assert await store.scan("t", limit=0) == []


async def test_scan_pages(store: Store) -> None:
    await store.put([Row("t", key, 1, b"") for key in KEYS[1:]])
    seen: list[str] = []
    for _ in range(len(KEYS)):
        page = await store.scan("t", after=seen[-1] if seen else "", limit=4)
        if not page:
            break
        seen += [row.key for row in page]
    assert seen == KEYS[1:]


async def test_prefixes_are_no_patterns(store: Store) -> None:
    await store.put([Row("t", key, 1, b"") for key in ("a.c", "abc", "a%", "a_", "a*", "^a", "A.")])
    assert [row.key for row in await store.scan("t", "a.")] == ["a.c"]
    assert [row.key for row in await store.scan("t", "a%")] == ["a%"]
    assert [row.key for row in await store.scan("t", "a_")] == ["a_"]
    assert [row.key for row in await store.scan("t", "a*")] == ["a*"]
    assert [row.key for row in await store.scan("t", "^")] == ["^a"]


async def test_due_rows_come_earliest_first(store: Store) -> None:
    assert await store.due("t", 10, 10) == []
    micros = 1_784_000_000_000_000
    rows = {
        "a": Row("t", "a", 1, b"a", micros + 3),
        "b": Row("t", "b", 1, None, micros + 1),
        "c": Row("t", "c", 1, b"c", micros + 2),
        "d": Row("t", "d", 1, b"d"),
        "e": Row("t", "e", 1, b"e", 0),
        "f": Row("t", "f", 1, b"f", micros + 2),
    }
    await store.put([*rows.values(), Row("u", "a", 1, b"other table", 1)])

    async def keys(until: int, limit: int = 10) -> list[str]:
        found = await store.due("t", until, limit)
        assert found == [rows[row.key] for row in found]
        return [row.key for row in found]

    assert await keys(micros + 3) == ["e", "b", "c", "f", "a"]
    assert await keys(micros + 2) == ["e", "b", "c", "f"]
    assert await keys(micros + 1) == ["e", "b"]
    assert await keys(0) == ["e"]
    assert await keys(-1) == []
    assert await keys(micros + 3, 2) == ["e", "b"]
    assert await keys(micros + 3, 0) == []
    rows["e"] = Row("t", "e", 2, b"e")
    rows["d"] = Row("t", "d", 2, b"d", 1)
    await store.put([rows["e"], rows["d"]])
    assert await keys(micros) == ["d"]


async def test_delete_takes_rows_and_their_sequences(store: Store) -> None:
    await store.put([Row("t", key, 9, b"", 1) for key in "abc"] + [Row("u", "a", 1, b"")])
    await store.delete("t", [])
    await store.delete("t", ["a", "c", "unknown"])
    await store.delete("no such table", ["a"])
    assert [row.key for row in await store.scan("t")] == ["b"]
    assert [row.key for row in await store.due("t", 1, 10)] == ["b"]
    assert [row.key for row in await store.scan("u")] == ["a"]
    await store.put([Row("t", "a", 1, b"again")])
    assert await store.get("t", ["a"]) == {"a": Row("t", "a", 1, b"again")}


async def test_drop_empties_one_table(store: Store) -> None:
    await appended(store, *chain("s/1", 1))
    await store.put([Row("t", "a", 9, b"", 1), Row("tt", "a", 1, b""), Row("t.t", "a", 1, b"")])
    await store.drop("t")
    await store.drop("no such table")
    assert await store.scan("t") == []
    assert len(await store.scan("tt")) == len(await store.scan("t.t")) == 1
    assert len(await store.history("s/1")) == 1
    await store.put([Row("t", "a", 1, b"", 1)])
    assert len(await store.due("t", 1, 10)) == 1


async def test_clear_leaves_only_what_is_private(store: Store, other: Store) -> None:
    await store.clear()
    await appended(store, *chain("s/1", 2))
    await store.mark_sent({Place("s/1", 1): Position(0, 0)})
    await store.put([Row("t", "a", 9, b"", 1), Row("views/é: x.y", "a", 9, b"")])
    await store.keep_private("keys", "p/1", b"secret")
    await store.clear()
    assert await other.history("s/1") == await other.pending(10) == []
    assert await other.sent_ends() == {}
    assert await other.scan("t") == await other.due("t", 1, 10) == []
    assert await other.scan("views/é: x.y") == []
    assert await other.get_private("keys", ["p/1"]) == {"p/1": b"secret"}
    # Uniqueness outlives it, and so does the index by which rows are due.
    await appended(store, *chain("s/1", 2))
    assert await store.append([commit("s/1", 2, "x")]) == [STREAM]
    await store.put([Row("t", "a", 1, b"", 1)])
    assert len(await store.due("t", 1, 10)) == 1
    assert await store.pending(10) == chain("s/1", 2)


# --- private ------------------------------------------------------------------------------------


async def test_private_values_are_kept_once(store: Store, other: Store) -> None:
    value = bytes(range(256))
    assert await store.keep_private("keys", "p/1", value) == value
    assert await other.keep_private("keys", "p/1", b"late") == value
    assert await store.keep_private("nik", "p/1", b"another collection") == b"another collection"
    assert await store.keep_private("keys", "p/é", b"") == b""
    assert await other.get_private("keys", ["p/1", "p/2", "p/é", "p/1"]) == {
        "p/1": value,
        "p/é": b"",
    }
    assert await other.get_private("keys", []) == {}
    assert await other.get_private("no such collection", ["p/1"]) == {}
    assert await store.scan("keys") == []


async def test_two_stores_race_to_keep_a_private_value(place: Site, store: Store) -> None:
    async def play(store: Store, who: int, number: int) -> bytes:
        return await store.keep_private("keys", f"p/{number}", b"%d" % who)

    kept = await race(place, 40, play)
    assert all(ours == theirs for ours, theirs in kept)
    found = await store.get_private("keys", [f"p/{n}" for n in range(40)])
    assert [found[f"p/{n}"] for n in range(40)] == [pair[0] for pair in kept]


async def test_deleted_private_values_are_gone(place: Site, store: Store, other: Store) -> None:
    secret = b"rahasia " + os.urandom(16).hex().encode()
    assert await store.keep_private("keys", "p/1", secret) == secret
    await store.keep_private("keys", "p/2", b"stays")
    await appended(store, *chain("s/1", 3))
    await store.delete_private("keys", ["p/1", "unknown"])
    await store.delete_private("keys", [])
    await store.delete_private("no such collection", ["p/1"])
    assert await other.get_private("keys", ["p/1", "p/2"]) == {"p/2": b"stays"}
    if place.differs.forgets:
        files = [path for path in place.folder.rglob("*") if path.is_file()]
        assert files
        assert [path for path in files if secret in path.read_bytes()] == []
    assert await store.keep_private("keys", "p/1", b"new") == b"new"


async def test_private_values_are_listed_in_order(store: Store, other: Store) -> None:
    assert await other.private_collections() == []
    assert await other.scan_private("keys") == {}
    for key in ("p/2", "p/1", "p/é"):
        await store.keep_private("keys", key, key.encode())
    await store.keep_private("a.b", "p/1", b"another collection")
    await store.keep_private("gone", "p/1", b"")
    await store.delete_private("gone", ["p/1"])
    assert await other.private_collections() == ["a.b", "keys"]
    assert list(await other.scan_private("keys")) == ["p/1", "p/2", "p/é"]
    assert await other.scan_private("keys", "p/1", 1) == {"p/2": b"p/2"}
    assert await other.scan_private("keys", "p/é") == {}
    assert await other.scan_private("keys", limit=0) == {}


async def test_private_values_are_replaced_where_they_are_what_they_were(
    place: Site, store: Store, other: Store
) -> None:
    secret = b"rahasia " + os.urandom(16).hex().encode()
    for number in range(120):
        await store.keep_private("keys", f"p/{number}", secret)
    changed = {f"p/{number}": (secret, b"%d" % number) for number in range(119)}
    await store.replace_private("keys", {**changed, "gone": (secret, b"back")})
    await store.replace_private("keys", {"p/119": (b"other", b"late"), "p/1": (b"1", b"one")})
    await store.replace_private("keys", {})
    found = await other.get_private("keys", ["p/0", "p/1", "p/118", "p/119", "gone"])
    assert found == {"p/0": b"0", "p/1": b"one", "p/118": b"118", "p/119": secret}
    await store.delete_private("keys", ["p/119"])
    if place.differs.forgets:
        files = [path for path in place.folder.rglob("*") if path.is_file()]
        assert [path for path in files if secret in path.read_bytes()] == []


# --- leases -------------------------------------------------------------------------------------


async def test_a_lease_has_one_holder(store: Store, other: Store) -> None:
    assert await store.lease("relay", "a", 60)
    assert not await other.lease("relay", "b", 60)
    assert await store.lease("relay", "a", 60)
    assert await other.lease("timers", "b", 60)
    assert not await store.lease("timers", "a", 60)


async def test_a_lease_runs_out_and_can_be_renewed(store: Store, other: Store) -> None:
    began = time.monotonic()
    assert await store.lease("relay", "a", 0.2)
    assert await store.lease("relay", "a", 0.5)
    await eventually(lambda: other.lease("relay", "b", 60), "the lease runs out")
    assert time.monotonic() - began > 0.45
    assert not await store.lease("relay", "a", 60)


async def test_two_stores_race_for_a_lease(place: Site, store: Store) -> None:
    async def play(store: Store, who: int, number: int) -> bool:
        return await store.lease(f"relay {number}", f"holder {who}", 60)

    taken = await race(place, 40, play)
    assert [sum(pair) for pair in taken] == [1] * 40


async def test_two_stores_race_for_a_lease_that_ran_out(place: Site, store: Store) -> None:
    for number in range(20):
        assert await store.lease(f"relay {number}", "gone", 0)

    async def play(store: Store, who: int, number: int) -> bool:
        return await store.lease(f"relay {number}", f"holder {who}", 60)

    taken = await race(place, 20, play)
    assert all(any(pair) for pair in taken)
    if place.atomic_updates():
        assert [sum(pair) for pair in taken] == [1] * 20


# --- opening, failing, lasting ------------------------------------------------------------------


async def test_a_reopened_store_has_everything(place: Site) -> None:
    store = place.store()
    await store.open()
    await store.ping()
    await appended(store, *chain("s/1", 3))
    await store.mark_sent({Place("s/1", 1): Position(1, 5)})
    await store.put([Row("t", "a", 3, b"a", 7)])
    await store.keep_private("keys", "p/1", b"secret")
    assert await store.lease("relay", "a", 60)
    await store.close()
    await store.close()
    await store.open()
    await store.ping()
    assert await store.history("s/1", 1) == chain("s/1", 2, first=2)
    assert await store.pending(10) == chain("s/1", 2, first=2)
    assert await store.sent_ends() == {1: 5}
    assert await store.due("t", 7, 1) == [Row("t", "a", 3, b"a", 7)]
    assert await store.get_private("keys", ["p/1"]) == {"p/1": b"secret"}
    assert not await store.lease("relay", "b", 60)
    assert await store.append(chain("s/1", 1)) == [CAUSE]
    await appended(store, *chain("s/1", 1, first=4))
    await store.close()


def calls(store: Store) -> dict[str, Callable[[], Awaitable[object]]]:
    """One call of every method that needs the database."""
    return {
        "ping": store.ping,
        "append": lambda: store.append([commit("s/9", 1, "c9")]),
        "append later": lambda: store.append([commit("s/9", 2, "d9")]),
        "by_cause": lambda: store.by_cause("a"),
        "at": lambda: store.at(Place("s/1", 1)),
        "history": lambda: store.history("s/1"),
        "pending": lambda: store.pending(1),
        "mark_sent": lambda: store.mark_sent({Place("s/1", 1): Position(0, 0)}),
        "mark_pending": lambda: store.mark_pending([Place("s/1", 1)]),
        "sent_ends": store.sent_ends,
        "sent_from": lambda: store.sent_from(0, 0),
        "put": lambda: store.put([Row("t", "a", 1, b"")]),
        "put due": lambda: store.put([Row("t2", "a", 1, b"", 1)]),
        "get": lambda: store.get("t", ["a"]),
        "scan": lambda: store.scan("t"),
        "due": lambda: store.due("t", 1, 1),
        "delete": lambda: store.delete("t", ["a"]),
        "drop": lambda: store.drop("t"),
        "clear": store.clear,
        "keep_private": lambda: store.keep_private("keys", "a", b""),
        "get_private": lambda: store.get_private("keys", ["a"]),
        "private_collections": lambda: store.private_collections(),
        "scan_private": lambda: store.scan_private("keys"),
        "replace_private": lambda: store.replace_private("keys", {"a": (b"", b"b")}),
        "delete_private": lambda: store.delete_private("keys", ["a"]),
        "lease": lambda: store.lease("relay", "a", 1),
    }


async def outcomes(store: Store) -> dict[str, str]:
    names, methods = zip(*calls(store).items(), strict=True)
    found = await asyncio.gather(*(method() for method in methods), return_exceptions=True)
    return {name: type(each).__name__ for name, each in zip(names, found, strict=True)}


async def test_a_store_that_is_not_open_is_unavailable(place: Site) -> None:
    store = place.store()
    expected = dict.fromkeys(calls(store), "Unavailable")
    assert await outcomes(store) == expected
    await store.open()
    await store.close()
    assert await outcomes(store) == expected


# PyMongo Async 4.20 forgets a socket when it is closed while its monitor is connecting.
forgotten_sockets = pytest.mark.filterwarnings(
    "ignore:Exception ignored in. <socket.socket:pytest.PytestUnraisableExceptionWarning"
)


@forgotten_sockets
async def test_open_is_unavailable_where_there_is_nothing(place: Site) -> None:
    store = place.unreachable()
    began = time.monotonic()
    with pytest.raises(Unavailable):
        await store.open()
    assert time.monotonic() - began < 10
    await store.close()
    gc.collect()


async def test_programming_errors_are_not_unavailable(store: Store) -> None:
    wrong: Any = object()
    for call in (
        store.append([replace(commit("s/1", 1, "c"), hash=wrong)]),
        store.put([Row("t", "k", 1, wrong)]),
        store.by_cause(wrong),
        store.lease("relay", wrong, 1),
        # Refused by the server, not by the driver.
        store.keep_private("keys", ["p/1"], b""),  # type: ignore[arg-type]
    ):
        with pytest.raises(Exception, match=r".") as caught:
            await call
        assert not isinstance(caught.value, Unavailable)
    await appended(store, *chain("s/1", 1))


def failing(error: Exception) -> Store:
    class Failing:
        def __getitem__(self, name: str) -> "Failing":
            return self

        def get_collection(self, *_: object, **__: object) -> "Failing":
            return self

        async def insert_many(self, *_: object, **__: object) -> None:
            raise error

    store = MongoStore("mongodb://nowhere", "x")
    store._client = Failing()
    return store


def bulk(*codes: int, concern: int = 0) -> BulkWriteError:
    return BulkWriteError(
        {
            "writeErrors": [{"index": n, "code": code} for n, code in enumerate(codes)],
            "writeConcernErrors": [{"code": concern}] if concern else [],
        }
    )


@pytest.mark.parametrize(
    "error",
    [
        bulk(concern=64),
        bulk(11000, concern=100),
        bulk(11000, 10107),
        WTimeoutError("", 64),
        OperationFailure("", 11602),
    ],
    ids=repr,
)
async def test_what_no_majority_acknowledged_is_unavailable(error: Exception) -> None:
    with pytest.raises(Unavailable) as caught:
        await failing(error).append(chain("s/1", 1))
    assert caught.value.__cause__ is error


@pytest.mark.parametrize("error", [bulk(2), bulk(11000, 2), OperationFailure("", 13)], ids=repr)
async def test_what_the_server_will_never_take_is_an_error(error: Exception) -> None:
    with pytest.raises(type(error)) as caught:
        await failing(error).append(chain("s/1", 1))
    assert caught.value is error


CHILD = """
import asyncio, itertools, sys
from datetime import UTC, datetime
from pathlib import Path
from shared.ports import Appended, Commit, Record
from shared.sqlite import SqliteStore

async def main():
    store = SqliteStore(Path(sys.argv[1]))
    await store.open()
    for n in itertools.count(1):
        records = (Record(b"k", b"v", ()),)
        commit = Commit("urn:a", "s/1", n, f"c{n}", "", datetime.now(UTC), "", records)
        assert await store.append([commit]) == [Appended.OK]
        print(commit.cause, flush=True)

asyncio.run(main())
"""


def sqlite_killed(place: Site) -> list[str]:
    """Kills a process that appends; the causes that it said were stored."""
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, place.folder / "store.db"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    with child:
        assert child.stdout
        causes = [line.strip() for line in itertools.islice(child.stdout, 50)]
        child.send_signal(signal.SIGKILL)
        # What it wrote to the pipe until it died was stored as well.
        causes += [line.strip() for line in child.stdout if line.endswith("\n")]
    assert child.returncode == -signal.SIGKILL
    return causes


async def server_killed(place: Site) -> list[str]:
    """Kills the server while we append; the causes that it acknowledged."""
    store = place.store()
    await store.open()
    causes: list[str] = []

    async def append_until_unavailable() -> None:
        for number in itertools.count(1):
            each = commit("s/1", number, f"c{number}")
            try:
                await appended(store, each)
            except Unavailable:
                return
            causes.append(each.cause)

    async def enough() -> bool:
        return len(causes) >= 50 or appending.done()

    appending = asyncio.create_task(append_until_unavailable())
    try:
        await eventually(enough, "50 appended")
        await asyncio.to_thread(place.server.kill)
        await asyncio.wait_for(appending, 20)
    finally:
        appending.cancel()
        await store.close()
        await asyncio.to_thread(place.server.start)
    return causes


async def test_what_was_acknowledged_survives_kill_9(place: Site) -> None:
    if place.differs.server:
        causes = await server_killed(place)
    else:
        causes = await asyncio.to_thread(sqlite_killed, place)
    assert len(causes) >= 50
    store = place.store()
    await store.open()
    history = await store.history("s/1")
    # Beside what was acknowledged, at most the one that was under way.
    assert [c.cause for c in history][: len(causes)] == causes
    assert len(history) <= len(causes) + 1
    assert [c.first for c in history] == list(range(1, len(history) + 1))
    await appended(store, commit("s/1", len(history) + 1, "next"))
    await store.close()


@on_servers
@pytest.mark.parametrize(("away", "back"), [("stop", "start"), ("pause", "resume")])
@forgotten_sockets
async def test_a_server_that_is_away_is_unavailable_until_it_returns(
    place: Site, store: Store, away: str, back: str
) -> None:
    await appended(store, *chain("s/1", 2))
    await asyncio.to_thread(getattr(place.server, away))
    try:
        began = time.monotonic()
        assert await outcomes(store) == dict.fromkeys(calls(store), "Unavailable")
        assert time.monotonic() - began < 20
    finally:
        await asyncio.to_thread(getattr(place.server, back))

    async def answers() -> bool:
        try:
            await store.ping()
        except Unavailable:
            return False
        return True

    await eventually(answers, "the server returns")
    await store.put([Row("t", "a", 1, b"")])
    assert len(await store.get("t", ["a"])) == 1
    await store.close()
    gc.collect()


@on_servers
async def test_two_stores_race_to_open(place: Site) -> None:
    async def play(store: Store, who: int, number: int) -> list[Appended]:
        return await store.append([commit("s/1", 1, f"c{who}")])

    ((ours, theirs),) = await race(place, 1, play)
    assert {*ours, *theirs} == {OK, STREAM}


# --- models -------------------------------------------------------------------------------------

few = settings(
    max_examples=15,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
keys = st.text("a/ é😀", max_size=3)
bodies = st.none() | st.binary(max_size=3)
dues = st.none() | st.integers(0, 5)
puts = st.lists(st.tuples(keys.filter(bool), st.integers(1, 4), bodies, dues), max_size=5)
examples = itertools.count()


@few
@given(steps=st.lists(puts, max_size=4), prefix=keys, after=keys, limit=st.integers(0, 6))
async def test_rows_are_as_in_a_model(
    store: Store, steps: list[Any], prefix: str, after: str, limit: int
) -> None:
    table = f"model {next(examples)}"
    model: dict[str, Row] = {}
    for step in steps:
        rows = [Row(table, *row) for row in step]
        await store.put(rows)
        for row in rows:
            if row.key not in model or row.sequence > model[row.key].sequence:
                model[row.key] = row
    ordered = [model[key] for key in sorted(model)]
    assert await store.scan(table) == ordered
    found = await store.scan(table, prefix, after, limit)
    assert found == [r for r in ordered if r.key.startswith(prefix) and r.key > after][:limit]
    assert await store.get(table, [prefix, after]) == {
        key: model[key] for key in (prefix, after) if key in model
    }
    late = sorted((r.due, r.key) for r in ordered if r.due is not None and r.due <= 3)
    assert [(r.due, r.key) for r in await store.due(table, 3, limit)] == late[:limit]


commits = st.tuples(st.integers(1, 3), st.booleans(), st.integers(1, 8), st.integers(1, 2))
groups = st.lists(st.lists(commits, min_size=1, max_size=7), max_size=4)


def model_append(known: list[Commit], group: Sequence[Commit]) -> list[Appended]:
    found = []
    lost: set[str] = set()
    for each in group:
        if each.stream in lost:
            outcome = STREAM
        elif any(each.cause == k.cause for k in known):
            outcome = CAUSE
        elif any((each.stream, each.first) == (k.stream, k.first) for k in known):
            outcome = STREAM
        else:
            outcome = OK
            known.append(each)
        if outcome is not OK:
            lost.add(each.stream)
        found.append(outcome)
    return found


@few
@given(steps=groups)
async def test_append_is_as_in_a_model(store: Store, steps: list[Any]) -> None:
    example = f"model {next(examples)}"
    known: list[Commit] = []
    for step in steps:
        ends = {stream: max((k.last for k in known if k.stream == stream), default=0)
                for stream in (f"{example}/{s}" for s, *_ in step)}  # fmt: skip
        group = []
        for s, follows, cause, size in step:
            stream = f"{example}/{s}"
            first = ends[stream] + 1 if follows else 1
            each = commit(stream, first, f"{example}:{cause}", records=(RECORD,) * size)
            ends[stream] = max(ends[stream], each.last)
            group.append(each)
        expected = model_append(known, group)
        assert await store.append(group) == expected
    for stream in (f"{example}/{n}" for n in range(1, 4)):
        history = sorted((k for k in known if k.stream == stream), key=lambda k: k.first)
        for after in (0, *(k.last for k in history)):
            assert await store.history(stream, after) == [k for k in history if k.first > after]
    for cause in (f"{example}:{n}" for n in range(1, 9)):
        expected_commit = next((k for k in known if k.cause == cause), None)
        assert await store.by_cause(cause) == expected_commit
    pending = [p for p in await store.pending(10_000) if p.stream.startswith(f"{example}/")]
    assert sorted(p.cause for p in pending) == sorted(k.cause for k in known)
