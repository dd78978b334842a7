"""Leases: one holder until they run out."""

import time

from shared.adapters.conformance.features import needs
from shared.adapters.conformance.store.samples import race
from shared.adapters.conformance.store.site import StoreSite, StoreSuite
from shared.adapters.conformance.waiting import eventually
from shared.kernel.ports import Store


class Leases(StoreSuite):
    """Taking, renewing and taking over."""

    async def test_a_lease_has_one_holder(self, store: Store, other: Store) -> None:
        assert await store.lease("relay", "a", 60)
        assert not await other.lease("relay", "b", 60)
        assert await store.lease("relay", "a", 60)
        assert await other.lease("timers", "b", 60)
        assert not await store.lease("timers", "a", 60)

    async def test_a_lease_runs_out_and_can_be_renewed(self, store: Store, other: Store) -> None:
        began = time.monotonic()
        assert await store.lease("relay", "a", 0.2)
        assert await store.lease("relay", "a", 0.5)
        await eventually(lambda: other.lease("relay", "b", 60), "the lease runs out")
        assert time.monotonic() - began > 0.45
        assert not await store.lease("relay", "a", 60)

    @needs("shared")
    async def test_two_stores_race_for_a_lease(self, site: StoreSite, store: Store) -> None:
        async def play(store: Store, who: int, number: int) -> bool:
            return await store.lease(f"relay {number}", f"holder {who}", 60)

        taken = await race(site, 40, play)
        assert [sum(pair) for pair in taken] == [1] * 40

    @needs("shared")
    async def test_two_stores_race_for_a_lease_that_ran_out(
        self, site: StoreSite, store: Store
    ) -> None:
        for number in range(20):
            assert await store.lease(f"relay {number}", "gone", 0)

        async def play(store: Store, who: int, number: int) -> bool:
            return await store.lease(f"relay {number}", f"holder {who}", 60)

        taken = await race(site, 20, play)
        assert all(any(pair) for pair in taken)
        if site.features.atomic_updates:
            assert [sum(pair) for pair in taken] == [1] * 20
