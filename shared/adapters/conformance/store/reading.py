"""Reading commits: by cause, by place, by stream."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from shared.adapters.conformance.store.samples import RECORD, appended, chain, commit
from shared.adapters.conformance.store.site import StoreSuite
from shared.kernel.ports import Place, Position, Record, Store

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


class Reading(StoreSuite):
    """Commits come back byte for byte."""

    async def test_records_come_back_byte_for_byte(self, store: Store, other: Store) -> None:
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
        assert await other.by_cause("cause:é/1") == replace(stored, sent=Position(3, 2**40))

    async def test_instants_are_exact(self, store: Store) -> None:
        base = datetime(2026, 12, 31, 23, 59, 59, 999_990, tzinfo=UTC)
        commits = [
            commit("s/1", n, f"{n}", time=base + timedelta(microseconds=n)) for n in range(1, 20)
        ]
        await appended(store, *commits)
        assert [c.time for c in await store.history("s/1")] == [c.time for c in commits]

    async def test_by_cause_knows_only_what_was_appended(self, store: Store) -> None:
        await appended(store, *chain("s/1", 2))
        assert await store.by_cause("s/1:2") == chain("s/1", 2)[1]
        assert await store.by_cause("s/1:3") is None
        assert await store.by_cause("") is None

    async def test_history_is_ascending_and_begins_after(self, store: Store, other: Store) -> None:
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

    async def test_history_is_of_one_stream_whatever_it_is_called(self, store: Store) -> None:
        """Names that look like places, patterns or one another's beginnings."""
        streams = [
            "s",
            "s#",
            "s#000000000002",
            "s#000000000002#000000000001",
            "s/",
            "s*",
            "S",
            "s:",
        ]
        for stream in streams:
            await appended(store, *chain(stream, 6))
        for stream in streams:
            assert await store.history(stream) == chain(stream, 6)
            assert await store.history(stream, 4) == chain(stream, 2, first=5)
            assert await store.at(Place(stream, 2)) == chain(stream, 1, first=2)[0]
        assert await store.history("s#000000000003") == []

    async def test_at_knows_the_first_of_a_commit(self, store: Store) -> None:
        long = commit("s/1", 1, "a", records=(RECORD,) * 3)
        await appended(store, long, *chain("s/1", 1, first=4))
        assert await store.at(Place("s/1", 1)) == long
        assert await store.at(Place("s/1", 2)) is None
        assert await store.at(Place("s/1", 4)) == chain("s/1", 1, first=4)[0]
        assert await store.at(Place("s/1", 5)) is None
        assert await store.at(Place("s/2", 1)) is None
        await store.mark_sent({long.place: Position(0, 2)})
        assert await store.at(long.place) == replace(long, sent=Position(0, 2))
