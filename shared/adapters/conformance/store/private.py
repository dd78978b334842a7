"""Private values: kept once, never on the log."""

import os

from shared.adapters.conformance.features import needs
from shared.adapters.conformance.store.samples import appended, chain, race
from shared.adapters.conformance.store.site import StoreSite, StoreSuite
from shared.kernel.ports import Store


class Private(StoreSuite):
    """Keeping, listing, replacing and deleting private values."""

    async def test_private_values_are_kept_once(self, store: Store, other: Store) -> None:
        value = bytes(range(256))
        assert await store.keep_private("keys", "p/1", value) == value
        assert await other.keep_private("keys", "p/1", b"late") == value
        assert (
            await store.keep_private("nik", "p/1", b"another collection") == b"another collection"
        )
        assert await store.keep_private("keys", "p/é", b"") == b""
        assert await other.get_private("keys", ["p/1", "p/2", "p/é", "p/1"]) == {
            "p/1": value,
            "p/é": b"",
        }
        assert await other.get_private("keys", []) == {}
        assert await other.get_private("no such collection", ["p/1"]) == {}
        assert await store.scan("keys") == []

    @needs("shared")
    async def test_two_stores_race_to_keep_a_private_value(
        self, site: StoreSite, store: Store
    ) -> None:
        async def play(store: Store, who: int, number: int) -> bytes:
            return await store.keep_private("keys", f"p/{number}", b"%d" % who)

        kept = await race(site, 40, play)
        assert all(ours == theirs for ours, theirs in kept)
        found = await store.get_private("keys", [f"p/{n}" for n in range(40)])
        assert [found[f"p/{n}"] for n in range(40)] == [pair[0] for pair in kept]

    async def test_deleted_private_values_are_gone(
        self, site: StoreSite, store: Store, other: Store
    ) -> None:
        secret = b"rahasia " + os.urandom(16).hex().encode()
        assert await store.keep_private("keys", "p/1", secret) == secret
        await store.keep_private("keys", "p/2", b"stays")
        await appended(store, *chain("s/1", 3))
        await store.delete_private("keys", ["p/1", "unknown"])
        await store.delete_private("keys", [])
        await store.delete_private("no such collection", ["p/1"])
        assert await other.get_private("keys", ["p/1", "p/2"]) == {"p/2": b"stays"}
        if site.features.forgets:
            files = list(site.files())
            assert files
            assert [path for path in files if secret in path.read_bytes()] == []
        assert await store.keep_private("keys", "p/1", b"new") == b"new"

    async def test_private_values_are_listed_in_order(self, store: Store, other: Store) -> None:
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
        self, site: StoreSite, store: Store, other: Store
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
        if site.features.forgets:
            files = list(site.files())
            assert [path for path in files if secret in path.read_bytes()] == []
