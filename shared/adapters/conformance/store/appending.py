"""Appending commits, and refusing what is taken."""

from shared.adapters.conformance.features import needs
from shared.adapters.conformance.store.samples import (
    CAUSE,
    OK,
    STREAM,
    appended,
    chain,
    commit,
    race,
)
from shared.adapters.conformance.store.site import StoreSite, StoreSuite
from shared.kernel.ports import Appended, Store


class Appending(StoreSuite):
    """One outcome for each commit; unique by place and by cause."""

    async def test_append_gives_one_outcome_each_in_order(self, store: Store) -> None:
        assert await store.append([]) == []
        await appended(store, *chain("s/1", 2), *chain("s/2", 1))
        assert await store.history("s/1") == chain("s/1", 2)
        assert await store.history("s/2") == chain("s/2", 1)
        assert await store.history("s/3") == []

    async def test_append_refuses_a_cause_that_took_effect(self, store: Store) -> None:
        await appended(store, commit("s/1", 1, "c"))
        assert await store.append([commit("s/1", 2, "c")]) == [CAUSE]
        assert await store.append([commit("s/2", 1, "c")]) == [CAUSE]
        assert await store.history("s/2") == []
        assert len(await store.history("s/1")) == 1

    async def test_append_refuses_a_place_that_is_taken(self, store: Store) -> None:
        await appended(store, commit("s/1", 1, "c"))
        assert await store.append([commit("s/1", 1, "d")]) == [STREAM]
        assert await store.by_cause("d") is None

    async def test_append_names_the_cause_when_both_are_taken(self, store: Store) -> None:
        await appended(store, commit("s/1", 1, "c"), commit("s/2", 1, "d"))
        assert await store.append([commit("s/1", 1, "c")]) == [CAUSE]
        assert await store.append([commit("s/2", 1, "c")]) == [CAUSE]

    async def test_losers_leave_their_neighbours_and_take_their_stream_with_them(
        self, store: Store
    ) -> None:
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

    async def test_losers_within_one_group(self, store: Store) -> None:
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
        assert [c.cause for s in ("s/1", "s/2", "s/3") for c in await store.history(s)] == [
            "a",
            "e",
        ]

    async def test_a_large_group(self, store: Store) -> None:
        group = [c for n in range(40) for c in chain(f"s/{n}", 3)]
        await appended(store, *group)
        assert await store.append(group) == [CAUSE, STREAM, STREAM] * 40
        assert await store.history("s/39") == chain("s/39", 3)

    @needs("shared")
    async def test_two_stores_race_for_one_place(self, site: StoreSite, store: Store) -> None:
        async def play(store: Store, who: int, number: int) -> Appended:
            (outcome,) = await store.append([commit("s/1", number + 1, f"{number} by {who}")])
            return outcome

        outcomes = await race(site, 100, play)
        assert {frozenset(pair) for pair in outcomes} == {frozenset((OK, STREAM))}
        history = await store.history("s/1")
        assert [c.cause for c in history] == [
            f"{number} by {pair.index(OK)}" for number, pair in enumerate(outcomes)
        ]
        assert await store.pending(200) == history

    @needs("shared")
    async def test_two_stores_race_with_one_cause(self, site: StoreSite, store: Store) -> None:
        async def play(store: Store, who: int, number: int) -> Appended:
            # A repeated request meets its stream in every second round, else another stream.
            stream = f"s/{number}" if number % 2 else f"s/{number}/{who}"
            (outcome,) = await store.append([commit(stream, 1, f"c{number}")])
            return outcome

        outcomes = await race(site, 100, play)
        assert {frozenset(pair) for pair in outcomes} == {frozenset((OK, CAUSE))}
        assert len(await store.pending(200)) == 100
