"""Scanning a table's rows in order of code points."""

from shared.adapters.conformance.store.site import StoreSuite
from shared.kernel.ports import Row, Store, scan_all

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


class Scanning(StoreSuite):
    """Rows by prefix, in order, in pages."""

    async def test_scan_is_in_order_of_code_points(self, store: Store) -> None:
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

    async def test_scan_pages(self, store: Store) -> None:
        await store.put([Row("t", key, 1, b"") for key in KEYS[1:]])
        seen: list[str] = []
        for _ in range(len(KEYS)):
            page = await store.scan("t", after=seen[-1] if seen else "", limit=4)
            if not page:
                break
            seen += [row.key for row in page]
        assert seen == KEYS[1:]

    async def test_prefixes_are_no_patterns(self, store: Store) -> None:
        await store.put(
            [Row("t", key, 1, b"") for key in ("a.c", "abc", "a%", "a_", "a*", "^a", "A.")]
        )
        assert [row.key for row in await store.scan("t", "a.")] == ["a.c"]
        assert [row.key for row in await store.scan("t", "a%")] == ["a%"]
        assert [row.key for row in await store.scan("t", "a_")] == ["a_"]
        assert [row.key for row in await store.scan("t", "a*")] == ["a*"]
        assert [row.key for row in await store.scan("t", "^")] == ["^a"]

    async def test_scan_all_gives_every_page(self, store: Store) -> None:
        rows = [Row("t", f"a/{n:04}", 1, b"") for n in range(2_100)]
        await store.put([*rows, Row("t", "b", 1, b"")])
        assert [row async for row in scan_all(store, "t", "a/")] == rows

    async def test_a_page_is_in_the_rows_own_order(self, store: Store) -> None:
        assert await store.page("t") == []
        orders = {"a": "x 3", "b": "x 1", "c": "y 2", "d": None, "e": "x 2", "é": "x é", "f": "x"}
        rows = {key: Row("t", key, 1, key.encode(), None, at) for key, at in orders.items()}
        await store.put([*rows.values(), Row("u", "a", 1, b"", None, "x 0")])

        async def keys(prefix: str = "", after: str = "", limit: int = 10) -> list[str]:
            found = await store.page("t", prefix, after, limit)
            assert found == [rows[row.key] for row in found]
            return [row.key for row in found]

        assert await keys() == ["f", "b", "e", "a", "é", "c"]
        assert await keys("x ") == ["b", "e", "a", "é"]
        assert await keys("x ", "x 1") == ["e", "a", "é"]
        assert await keys("x ", "x 1", 2) == ["e", "a"]
        assert await keys("y ", "x 1") == ["c"]
        assert await keys("x ", "y") == await keys("z") == await keys(limit=0) == []

    async def test_a_row_leaves_the_order_when_it_says_so(self, store: Store) -> None:
        await store.put([Row("t", key, 2, b"", None, key) for key in "abcd"])
        await store.put([Row("t", "a", 3, None), Row("t", "b", 1, None)])
        moved = Row("t", "c", 3, b"", None, "z")
        await store.put([moved])
        assert [row.order for row in await store.page("t")] == ["b", "d", "z"]
        assert await store.get("t", ["c"]) == {"c": moved}
        await store.delete("t", ["d"])
        assert [row.order for row in await store.page("t")] == ["b", "z"]
        await store.drop("t")
        assert await store.page("t") == []
        await store.put([Row("t", "a", 1, b"", None, "o")])
        assert [row.order for row in await store.page("t")] == ["o"]
