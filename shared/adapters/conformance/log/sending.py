"""Sending records: their positions, order and bytes."""

from collections import defaultdict

import pytest

from shared.adapters.conformance.features import LogFeatures, needs
from shared.adapters.conformance.log.recorder import Recorder, by_key, everything, numbered
from shared.adapters.conformance.log.site import LogSuite, Opener
from shared.adapters.conformance.waiting import until
from shared.kernel.ports import Log, Position, Record

WEIRD = [
    Record(b"plain", b"value", (("name", b"value"),)),
    Record(b"null header", b"v", (("name", None),)),
    Record(b"empty", b"", (("name", b""), ("", b"no name"))),
    Record(b"not utf-8", b"\xff\xfe", (("name", b"\xff\x00\xfe"),)),
    Record(b"twice", b"v", (("name", b"1"), ("other", b"2"), ("name", b"1"), ("name", b"3"))),
    Record(b"h\xc3\xa9", b"v", (("n\u00e4me \u1f600", b"v"),)),
    Record(None, b"no key", ()),
    Record(b"no value", None, (("name", b"v"),)),
    Record(None, None, ()),
    Record(b"", b"empty key", ()),
    Record(b"\x00\xff", b"\x00" * 300_000, ()),
]


class Sending(LogSuite):
    """Records get positions, keep their keys' order and come back byte for byte."""

    async def test_send_returns_each_records_position(self, log: Log, topic: str) -> None:
        records = numbered(keys=8, each=5)
        positions = await log.send(topic, records) + await log.send(topic, records)
        assert len(set(positions)) == len(positions) == 80
        stand = {Position(r.partition, r.offset): r for r in await everything(log, topic)}
        assert [stand[position].record for position in positions] == records * 2
        assert all(r.topic == topic for r in stand.values())

    async def test_records_of_one_key_share_a_partition_and_keep_their_order(
        self, log: Log, topic: str, features: LogFeatures
    ) -> None:
        keys = 40
        sent: list[Record] = []
        positions: list[Position] = []
        for size in (1, 3, 200, 7, 500):
            part = numbered(keys, each=size, start=len(sent) // keys)
            # Batches that end in the middle of a round of keys.
            for piece in (part[: len(part) // 3], part[len(part) // 3 :]):
                positions += await log.send(topic, piece)
                sent += piece
        partitions = defaultdict(set)
        offsets = defaultdict(list)
        for record, (partition, offset) in zip(sent, positions, strict=True):
            partitions[record.key].add(partition)
            offsets[record.key].append(offset)
        assert all(len(found) == 1 for found in partitions.values())
        assert all(found == sorted(found) for found in offsets.values())
        assert len(set.union(*partitions.values())) == features.partitions
        expected = list(range(711))
        assert by_key(await everything(log, topic)) == {r.key: expected for r in sent[:keys]}

    async def test_bytes_come_back_as_they_were_sent(self, log: Log, topic: str) -> None:
        positions = await log.send(topic, WEIRD)
        read = {Position(r.partition, r.offset): r.record for r in await everything(log, topic)}
        assert [read[position] for position in positions] == WEIRD
        recorder = Recorder()
        async with log.subscribe(topic, "group", recorder):
            await until(lambda: len(recorder.seen) == len(WEIRD))
        seen = {Position(r.partition, r.offset): r.record for r in recorder.seen}
        assert [seen[position] for position in positions] == WEIRD

    async def test_sending_nothing(self, log: Log, topic: str) -> None:
        assert await log.send(topic, []) == []

    async def test_a_record_that_never_fits_is_refused_and_nothing_is_appended(
        self, log: Log, topic: str
    ) -> None:
        large = Record(b"key/0", b"x" * 2_000_000, ())
        with pytest.raises(ValueError, match="a record"):
            await log.send(topic, [*numbered(3, 3), large])
        assert sum((await log.ends(topic)).values()) == 0
        [position] = await log.send(topic, [large._replace(value=b"x" * 1_000_000)])
        assert position.offset == 0

    @needs("persistent")
    async def test_sent_records_outlive_the_log_object(
        self, log: Log, topic: str, another: Opener
    ) -> None:
        records = numbered(5, 5)
        await log.send(topic, records)
        await log.close()
        await log.open()
        for reopened in (log, await another()):
            assert sorted(r.record for r in await everything(reopened, topic)) == sorted(records)
