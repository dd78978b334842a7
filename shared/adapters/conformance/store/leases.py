"""Leases: a beat that one holder raises, and that another may take over."""

import pytest

from shared.adapters.conformance.features import needs
from shared.adapters.conformance.store.samples import race
from shared.adapters.conformance.store.site import StoreSite, StoreSuite
from shared.kernel.ports import Beat, Store


class Leases(StoreSuite):
    """Taking, beating, taking over and giving up."""

    async def test_a_lease_has_one_holder(self, store: Store, other: Store) -> None:
        taken = await store.beat("relay", "a", None)
        assert taken == Beat("a", 1)
        assert await other.beat("relay", "b", None) == taken
        assert await other.beat("timers", "b", None) == Beat("b", 1)
        assert await store.beat("relay", "a", taken) == Beat("a", 2)

    async def test_only_the_beat_that_was_seen_can_be_taken_over(
        self, store: Store, other: Store
    ) -> None:
        seen = await store.beat("relay", "a", None)
        newer = await store.beat("relay", "a", seen)
        assert await other.beat("relay", "b", seen) == newer
        assert await other.beat("relay", "b", newer) == Beat("b", 3)
        # Who was overtaken learns it by its next beat.
        assert await store.beat("relay", "a", newer) == Beat("b", 3)

    async def test_a_lease_can_be_given_up(self, store: Store, other: Store) -> None:
        seen = await store.beat("relay", "a", None)
        beat = await store.beat("relay", "a", seen)
        await other.release("relay", seen)
        assert await other.beat("relay", "b", None) == beat
        await store.release("relay", beat)
        assert await other.beat("relay", "b", None) == Beat("b", 1)
        await store.release("unknown", beat)

    @pytest.mark.parametrize("lost", [Beat("gone", 7), Beat("", 0)])
    async def test_a_beat_that_is_lost_leaves_the_lease_free(
        self, store: Store, lost: Beat
    ) -> None:
        assert await store.beat("relay", "a", lost) == Beat("", 0)
        assert await store.beat("relay", "a", None) == Beat("a", 1)

    @needs("shared")
    async def test_two_stores_race_for_a_lease(self, site: StoreSite, store: Store) -> None:
        async def play(store: Store, who: int, number: int) -> Beat:
            return await store.beat(f"relay {number}", f"holder {who}", None)

        for one, other in await race(site, 40, play):
            assert one == other

    @needs("shared")
    async def test_two_stores_race_to_take_a_lease_over(
        self, site: StoreSite, store: Store
    ) -> None:
        gone = [await store.beat(f"relay {number}", "gone", None) for number in range(20)]

        async def play(store: Store, who: int, number: int) -> Beat:
            return await store.beat(f"relay {number}", f"holder {who}", gone[number])

        for one, other in await race(site, 20, play):
            assert "gone" not in (one.holder, other.holder)
            if site.features.atomic_updates:
                assert one == other == Beat(one.holder, 2)
