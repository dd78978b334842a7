"""Commits that wait to be sent, and the marks of those that were."""

import time
from dataclasses import replace
from datetime import timedelta

import pytest

from shared.adapters.conformance.store.samples import RECORD, TIME, appended, chain, commit
from shared.adapters.conformance.store.site import StoreSuite
from shared.kernel.ports import Place, Position, Store


class Sending(StoreSuite):
    """Pending commits in order; marks that can be set and taken away."""

    async def test_pending_is_oldest_first(self, store: Store) -> None:
        assert await store.pending(10) == []
        for number in range(6):
            time = TIME + timedelta(seconds=number)
            await appended(store, commit(f"s/{5 - number}", 1, f"c{number}", time=time))
        assert [c.cause for c in await store.pending(10)] == [f"c{n}" for n in range(6)]
        assert [c.cause for c in await store.pending(4)] == [f"c{n}" for n in range(4)]
        assert await store.pending(0) == []

    async def test_pending_keeps_the_order_of_a_stream_within_a_group(self, store: Store) -> None:
        group = [
            c for trio in zip(*(chain(f"s/{n}", 8) for n in range(3)), strict=True) for c in trio
        ]
        await appended(store, *group)
        assert await store.pending(100) == group
        for limit in range(1, 24):
            found = await store.pending(limit)
            assert len(found) == limit
            for stream in ("s/0", "s/1", "s/2"):
                firsts = [c.first for c in found if c.stream == stream]
                assert firsts == list(range(1, len(firsts) + 1))

    async def test_pending_keeps_the_order_of_a_stream_when_clocks_differ(
        self, store: Store, other: Store, monkeypatch: pytest.MonkeyPatch
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

    async def test_marking_takes_commits_from_pending(self, store: Store, other: Store) -> None:
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

    async def test_marked_tells_which_are_sent(self, store: Store, other: Store) -> None:
        assert await store.marked([]) == set()
        commits = [*chain("s/1", 3), *chain("s/2", 2), *chain("s/o'ne", 1)]
        await appended(store, *commits)
        asked = [*(c.place for c in commits), Place("s/1", 9), Place("none", 1)]
        assert await store.marked(asked) == set()
        sent = {c.place: Position(0, n) for n, c in enumerate((commits[0], commits[3], commits[5]))}
        await store.mark_sent(sent)
        assert await other.marked(asked) == set(sent)
        assert await other.marked([commits[1].place]) == set()
        await store.mark_pending([commits[0].place])
        assert await other.marked(asked) == set(sent) - {commits[0].place}

    async def test_marks_can_be_taken_away(self, store: Store, other: Store) -> None:
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

    async def test_sent_ends_and_sent_from(self, store: Store) -> None:
        assert await store.sent_ends() == {}
        assert await store.sent_from(0, 0) == []
        commits = [commit(f"s/{n}", 1, f"c{n}") for n in range(8)]
        await appended(store, *commits)
        assert await store.sent_ends() == {}
        places = [
            Position(p, o) for p, o in ((0, 0), (11, 7), (0, 2**33), (2, 0), (11, 30), (0, 9))
        ]
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

    async def test_commits_may_come_sent(self, store: Store) -> None:
        """A store that is rebuilt from the log knows where its records stand."""
        there = commit("s/1", 1, "a", sent=Position(4, 12))
        await appended(store, there, commit("s/1", 2, "b"))
        assert await store.by_cause("a") == there
        assert [c.cause for c in await store.pending(10)] == ["b"]
        assert await store.sent_ends() == {4: 12}
        assert await store.sent_from(4, 0) == [there]
