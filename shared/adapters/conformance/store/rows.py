"""Rows: the highest sequence stands."""

from shared.adapters.conformance.features import needs
from shared.adapters.conformance.store.samples import STREAM, appended, chain, commit, race
from shared.adapters.conformance.store.site import StoreSite, StoreSuite
from shared.kernel.ports import Place, Position, Row, Store


class Rows(StoreSuite):
    """Writing, getting and deleting rows, and those that are due."""

    async def test_put_writes_only_above_the_sequence_that_is_there(self, store: Store) -> None:
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

    async def test_rows_that_are_refused_leave_their_neighbours(self, store: Store) -> None:
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

    async def test_the_highest_wins_within_one_put(self, store: Store) -> None:
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

    async def test_many_rows_at_once(self, store: Store) -> None:
        rows = [Row("t", f"{n:03}", 1, b"%d" % n, n) for n in range(130)]
        await store.put(rows)
        assert await store.scan("t") == rows
        newer = [row._replace(sequence=2, body=b"\xff\x00") for row in rows[::2]]
        await store.put([*newer, *(row._replace(body=b"no") for row in rows[1::2])])
        assert await store.get("t", [row.key for row in rows]) == {
            row.key: row for row in (*newer, *rows[1::2])
        }

    @needs("shared")
    async def test_two_stores_race_on_rows(self, site: StoreSite, store: Store) -> None:
        async def play(store: Store, who: int, number: int) -> None:
            # In turn the higher sequence comes from either, to a fresh row and one that is there.
            sequence = 10 * (number // 2) + (who + number) % 2
            await store.put([Row("t", f"{number % 2}", sequence + 1, b"%d" % who)])

        await race(site, 40, play)
        found = await store.get("t", ["0", "1"])
        assert {key: row.sequence // 10 for key, row in found.items()} == {"0": 19, "1": 19}
        if site.features.atomic_updates:
            assert [row.sequence for row in found.values()] == [192, 192]

    async def test_get_gives_those_that_exist(self, store: Store) -> None:
        assert await store.get("t", []) == {}
        assert await store.get("t", ["a"]) == {}
        rows = [Row("t", "a", 1, b"a"), Row("t", "c", 1, None, 3), Row("u", "b", 1, b"b")]
        await store.put(rows)
        assert await store.get("t", ["a", "b", "c", "a"]) == {"a": rows[0], "c": rows[1]}

    async def test_due_rows_come_earliest_first(self, store: Store) -> None:
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

    async def test_due_rows_go_on_after_a_row(self, store: Store) -> None:
        rows = [Row("t", key, 1, b"", due) for due, key in [(1, "z"), *((2, k) for k in "abcd")]]
        await store.put([*rows, Row("t", "a0", 1, b""), Row("u", "b", 1, b"", 2)])
        first = await store.due("t", 2, 2)
        assert first == rows[:2]
        assert await store.due("t", 2, 2, (2, first[-1].key)) == rows[2:4]
        assert await store.due("t", 2, 2, (2, "c")) == rows[4:]
        assert await store.due("t", 2, 2, (2, "d")) == []
        assert [row.key for row in await store.due("t", 2, 9, (2, "b"))] == ["c", "d"]
        assert [row.key for row in await store.due("t", 2, 9, (1, "zz"))] == list("abcd")
        assert await store.due("t", 1, 9, (1, "z")) == []
        assert await store.due("t", 1, 9, (2, "a")) == []
        assert await store.due("t", 2, 0, (1, "z")) == []

    async def test_delete_takes_rows_and_their_sequences(self, store: Store) -> None:
        await store.put([Row("t", key, 9, b"", 1) for key in "abc"] + [Row("u", "a", 1, b"")])
        await store.delete("t", [])
        await store.delete("t", ["a", "c", "unknown"])
        await store.delete("no such table", ["a"])
        assert [row.key for row in await store.scan("t")] == ["b"]
        assert [row.key for row in await store.due("t", 1, 10)] == ["b"]
        assert [row.key for row in await store.scan("u")] == ["a"]
        await store.put([Row("t", "a", 1, b"again")])
        assert await store.get("t", ["a"]) == {"a": Row("t", "a", 1, b"again")}

    async def test_drop_empties_one_table(self, store: Store) -> None:
        await appended(store, *chain("s/1", 1))
        await store.put([Row("t", "a", 9, b"", 1), Row("tt", "a", 1, b""), Row("t.t", "a", 1, b"")])
        await store.drop("t")
        await store.drop("no such table")
        assert await store.scan("t") == []
        assert len(await store.scan("tt")) == len(await store.scan("t.t")) == 1
        assert len(await store.history("s/1")) == 1
        await store.put([Row("t", "a", 1, b"", 1)])
        assert len(await store.due("t", 1, 10)) == 1

    async def test_clear_leaves_only_what_is_private(self, store: Store, other: Store) -> None:
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
