"""What a Log promises, proved of every adapter."""

import asyncio
import gzip
import itertools
import statistics
import struct
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer  # type: ignore[import-untyped]
from aiokafka.admin import AIOKafkaAdminClient, NewTopic  # type: ignore[import-untyped]
from aiokafka.admin.config_resource import (  # type: ignore[import-untyped]
    ConfigResource,
    ConfigResourceType,
)
from aiokafka.record.util import calc_crc32c  # type: ignore[import-untyped]

from shared.adapters.kafka.log import KafkaLog
from shared.adapters.sqlite_log import EmbeddedLog
from shared.kernel.ports import Log, LogRecord, Position, Record, Unavailable

if TYPE_CHECKING:
    from tests.servers.kafka import Kafka


@dataclass(frozen=True)
class Adapter:
    """How the adapters differ; whatever is not said here they do alike."""

    partitions: int
    # Partitions are shared out among several logs; without it one log has all subscriptions.
    shares: bool


ADAPTERS = {
    "embedded": Adapter(partitions=1, shares=False),
    "kafka": Adapter(partitions=6, shares=True),
}

Opener = Callable[[], Awaitable[Log]]


@pytest.fixture(params=ADAPTERS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def adapter(name: str) -> Adapter:
    return ADAPTERS[name]


@pytest.fixture
async def another(
    name: str, request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[Opener]:
    """Opens the log once more, as another process would."""
    server: Kafka | None = request.getfixturevalue("kafka_server") if name == "kafka" else None
    opened: list[Log] = []

    async def make() -> Log:
        if server is None and opened:
            return opened[0]
        log: Log = (
            KafkaLog(f"kafka://{server.bootstrap}") if server else EmbeddedLog(tmp_path / "log")
        )
        await log.open()
        opened.append(log)
        return log

    yield make
    for log in opened:
        await log.close()


@pytest.fixture
async def log(another: Opener) -> Log:
    return await another()


@pytest.fixture
async def topic(log: Log) -> str:
    topic = f"topic-{uuid4().hex}"
    await log.create_topics([topic])
    return topic


class Recorder:
    """A handler with a store: it keeps what it has applied, and where it stands with that."""

    def __init__(self, store: "Recorder | None" = None) -> None:
        self.seen: list[LogRecord] = store.seen if store else []
        self.places: dict[int, int] = store.places if store else {}
        self.busy: set[int] = store.busy if store else set()
        self.mine: list[LogRecord] = []
        self.batches: list[Sequence[LogRecord]] = []
        self.assignments: list[list[int]] = []
        self.calls = 0
        self.running = 0
        self.overlaps = 0

    async def assigned(self, partitions: Sequence[int]) -> dict[int, int]:
        self._enter(())
        self.assignments.append(list(partitions))
        try:
            await self.before_assigned()
            return {p: self.places[p] for p in partitions if p in self.places}
        finally:
            self._exit(())

    async def handle(self, batch: Sequence[LogRecord]) -> None:
        partitions = {r.partition for r in batch}
        self._enter(partitions)
        self.calls += 1
        self.batches.append(batch)
        try:
            await self.before(batch)
            for record in batch:
                self.seen.append(record)
                self.mine.append(record)
                self.places[record.partition] = record.offset + 1
        finally:
            self._exit(partitions)

    def _enter(self, partitions: Iterable[int]) -> None:
        self.overlaps += self.running > 0 or not self.busy.isdisjoint(partitions)
        self.running += 1
        self.busy.update(partitions)

    def _exit(self, partitions: Iterable[int]) -> None:
        self.running -= 1
        self.busy.difference_update(partitions)

    async def before(self, batch: Sequence[LogRecord]) -> None: ...

    async def before_assigned(self) -> None: ...


async def until(true: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "not in time"
        await asyncio.sleep(0.002)


def numbered(keys: int, each: int, start: int = 0) -> list[Record]:
    """`each` records for each key, interleaved; a record's value is its number in its key."""
    return [
        Record(b"key/%d" % key, b"%d" % number, (("n", b"%d" % number),))
        for number in range(start, start + each)
        for key in range(keys)
    ]


def by_key(records: Iterable[LogRecord]) -> dict[bytes | None, list[int]]:
    """Per key the numbers in order of arrival."""
    found = defaultdict(list)
    for record in records:
        found[record.record.key].append(int(record.record.value or b""))
    return dict(found)


def firsts(numbers: Iterable[int]) -> list[int]:
    return list(dict.fromkeys(numbers))


def in_partitions(records: Iterable[LogRecord]) -> dict[int, list[int]]:
    found = defaultdict(list)
    for record in records:
        found[record.partition].append(record.offset)
    return dict(found)


async def everything(log: Log, topic: str) -> list[LogRecord]:
    found = []
    for partition, end in (await log.ends(topic)).items():
        async for batch in log.read(topic, partition, 0, end):
            found += batch
    return found


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


# send


async def test_send_returns_each_records_position(log: Log, topic: str) -> None:
    records = numbered(keys=8, each=5)
    positions = await log.send(topic, records) + await log.send(topic, records)
    assert len(set(positions)) == len(positions) == 80
    stand = {Position(r.partition, r.offset): r for r in await everything(log, topic)}
    assert [stand[position].record for position in positions] == records * 2
    assert all(r.topic == topic for r in stand.values())


async def test_records_of_one_key_share_a_partition_and_keep_their_order(
    log: Log, topic: str, adapter: Adapter
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
    assert len(set.union(*partitions.values())) == adapter.partitions
    expected = list(range(711))
    assert by_key(await everything(log, topic)) == {r.key: expected for r in sent[:keys]}


async def test_bytes_come_back_as_they_were_sent(log: Log, topic: str) -> None:
    positions = await log.send(topic, WEIRD)
    read = {Position(r.partition, r.offset): r.record for r in await everything(log, topic)}
    assert [read[position] for position in positions] == WEIRD
    recorder = Recorder()
    async with log.subscribe(topic, "group", recorder):
        await until(lambda: len(recorder.seen) == len(WEIRD))
    seen = {Position(r.partition, r.offset): r.record for r in recorder.seen}
    assert [seen[position] for position in positions] == WEIRD


async def test_sending_nothing(log: Log, topic: str) -> None:
    assert await log.send(topic, []) == []


async def test_a_record_that_never_fits_is_refused_and_nothing_is_appended(
    log: Log, topic: str
) -> None:
    large = Record(b"key/0", b"x" * 2_000_000, ())
    with pytest.raises(ValueError, match="a record"):
        await log.send(topic, [*numbered(3, 3), large])
    assert sum((await log.ends(topic)).values()) == 0
    [position] = await log.send(topic, [large._replace(value=b"x" * 1_000_000)])
    assert position.offset == 0


async def test_sent_records_outlive_the_log_object(log: Log, topic: str, another: Opener) -> None:
    records = numbered(5, 5)
    await log.send(topic, records)
    await log.close()
    await log.open()
    for reopened in (log, await another()):
        assert sorted(r.record for r in await everything(reopened, topic)) == sorted(records)


# topics, ends, read


async def test_topics_are_made_once(log: Log, topic: str, adapter: Adapter) -> None:
    await log.send(topic, numbered(2, 2))
    other = f"{topic}-other"
    await log.create_topics([topic, other])
    await log.create_topics([])
    assert sum((await log.ends(topic)).values()) == 4
    assert await log.ends(other) == dict.fromkeys(range(adapter.partitions), 0)


async def test_ends_are_the_next_offsets(log: Log, topic: str, adapter: Adapter) -> None:
    expected = dict.fromkeys(range(adapter.partitions), 0)
    assert await log.ends(topic) == expected
    for _ in range(3):
        for partition, offset in await log.send(topic, numbered(9, 4)):
            assert offset == expected[partition]
            expected[partition] += 1
    assert await log.ends(topic) == expected


async def test_read_gives_exactly_the_range(log: Log, topic: str) -> None:
    [(partition, _), *_] = await log.send(topic, numbered(1, 2_500))

    async def read(start: int, end: int) -> list[int]:
        batches = [batch async for batch in log.read(topic, partition, start, end)]
        assert all(batches)
        return [r.offset for batch in batches for r in batch]

    for start, end in [(0, 2500), (0, 1), (2499, 2500), (17, 2022), (499, 501), (7, 7), (9, 3)]:
        assert await read(start, end) == list(range(start, end))
    assert await read(2400, 9999) == list(range(2400, 2500))
    assert await read(2500, 2600) == []


async def test_reading_may_stop_early(log: Log, topic: str) -> None:
    [(partition, _), *_] = await log.send(topic, numbered(1, 3_000))
    reading = log.read(topic, partition, 0, 3_000)
    assert (await anext(reading))[0].offset == 0
    await reading.aclose()


async def test_ping(log: Log) -> None:
    await asyncio.wait_for(log.ping(), 5)


# subscribe


async def test_a_subscription_starts_at_the_beginning(
    log: Log, topic: str, adapter: Adapter
) -> None:
    await log.send(topic, numbered(20, 100))
    recorder = Recorder()
    async with log.subscribe(topic, "group", recorder):
        await until(lambda: len(recorder.seen) == 2000)
        assert recorder.assignments == [list(range(adapter.partitions))]
    assert sorted(recorder.seen) == sorted(await everything(log, topic))
    for offsets in in_partitions(recorder.seen).values():
        assert offsets == list(range(len(offsets)))
    for batch in recorder.batches:
        assert all(offsets == sorted(offsets) for offsets in in_partitions(batch).values())


async def test_a_subscription_starts_where_the_handler_stands(log: Log, topic: str) -> None:
    await log.send(topic, numbered(30, 10))
    ends = await log.ends(topic)
    recorder = Recorder()
    # One place is missing: that partition comes from 0.
    starts = {p: end // 2 for p, end in ends.items() if p != 1}
    recorder.places.update(starts)
    wanted = {p: list(range(starts.get(p, 0), end)) for p, end in ends.items()}
    async with log.subscribe(topic, "group", recorder):
        await until(lambda: len(recorder.seen) >= sum(map(len, wanted.values())))
    assert in_partitions(recorder.seen) == wanted
    # What the group has acknowledged does not count: the handler may have lost its store.
    again = Recorder()
    async with log.subscribe(topic, "group", again):
        await until(lambda: len(again.seen) == 300)
    assert sorted(again.seen) == sorted(await everything(log, topic))


async def test_records_come_within_milliseconds(log: Log, topic: str) -> None:
    recorder = Recorder()
    async with log.subscribe(topic, "group", recorder):
        waits = []
        for number in range(100):
            await log.send(topic, numbered(1, 1, number))
            sent = time.perf_counter()
            await until(lambda: len(recorder.seen) == number + 1, 5)  # noqa: B023
            waits.append(time.perf_counter() - sent)
    assert max(waits) < 1
    assert statistics.median(waits) < 0.1
    assert by_key(recorder.seen) == {b"key/0": list(range(100))}


async def test_what_failed_comes_again_from_the_first(log: Log, topic: str) -> None:
    class Failing(Recorder):
        async def before(self, batch: Sequence[LogRecord]) -> None:
            if self.calls <= 4:
                raise RuntimeError(f"failure {self.calls}")

    failing, other = Failing(), Recorder()
    async with log.subscribe(topic, "failing", failing), log.subscribe(topic, "other", other):
        await log.send(topic, numbered(10, 50))
        await until(lambda: len(other.seen) == 500)
        # Later records must not slip past those that failed.
        await log.send(topic, numbered(10, 50, 50))
        await until(lambda: len(failing.seen) == 1000 and len(other.seen) == 1000)
    assert failing.calls > 4
    for recorder in (failing, other):
        assert by_key(recorder.seen) == {b"key/%d" % k: list(range(100)) for k in range(10)}
        assert recorder.overlaps == 0
    for failed, repeated in itertools.pairwise(failing.batches[:5]):
        starts = {p: offsets[0] for p, offsets in in_partitions(failed).items()}
        for partition, offsets in in_partitions(repeated).items():
            assert offsets[0] == starts.get(partition, 0)


async def test_a_failing_handler_is_not_called_in_a_hot_loop(log: Log, topic: str) -> None:
    class Failing(Recorder):
        async def before(self, batch: Sequence[LogRecord]) -> None:
            raise RuntimeError

    failing = Failing()
    await log.send(topic, numbered(1, 1))
    async with log.subscribe(topic, "failing", failing):
        await until(lambda: failing.calls >= 3)
        since, calls = time.monotonic(), failing.calls
        await until(lambda: time.monotonic() - since > 1)
        assert failing.calls - calls < 15
    assert failing.seen == []


async def test_a_place_that_cannot_be_had_is_asked_for_again(log: Log, topic: str) -> None:
    class Away(Recorder):
        async def before_assigned(self) -> None:
            if len(self.assignments) < 4:
                raise Unavailable("the store is away")

    await log.send(topic, numbered(5, 20))
    away = Away()
    away.places[0] = 3
    async with log.subscribe(topic, "group", away):
        await until(lambda: len(away.seen) == 97)
    assert in_partitions(away.seen)[0][0] == 3
    assert away.overlaps == 0


async def test_two_groups_both_get_everything(log: Log, topic: str) -> None:
    one, two = Recorder(), Recorder()
    async with log.subscribe(topic, "one", one), log.subscribe(topic, "two", two):
        await log.send(topic, numbered(10, 30))
        await until(lambda: len(one.seen) == len(two.seen) == 300)
    assert sorted(one.seen) == sorted(two.seen) == sorted(await everything(log, topic))


async def test_a_group_shares_partitions_and_hands_them_over(
    log: Log, topic: str, another: Opener, adapter: Adapter
) -> None:
    class Slow(Recorder):
        async def before(self, batch: Sequence[LogRecord]) -> None:
            await asyncio.sleep(0.02)

    store = Recorder()
    members = [Slow(store) for _ in range(3)]
    keys = 30
    done = asyncio.Event()

    async def stream() -> int:
        for number in itertools.count():
            await log.send(topic, numbered(keys, 1, number))
            if done.is_set():
                return number + 1
            await asyncio.sleep(0.005)
        raise AssertionError

    streaming = asyncio.create_task(stream())
    async with AsyncExitStack() as stays:
        await stays.enter_async_context(log.subscribe(topic, "group", members[0]))
        await until(lambda: len(members[0].seen) > 100)
        async with AsyncExitStack() as leaves:
            await leaves.enter_async_context(
                (await another()).subscribe(topic, "group", members[1])
            )
            await stays.enter_async_context((await another()).subscribe(topic, "group", members[2]))
            if adapter.shares:
                counts = [len(m.mine) for m in members]
                await until(
                    lambda: all(len(m.mine) > c for m, c in zip(members, counts, strict=True))
                )
                held = [m.assignments[-1] for m in members]
                assert sorted(itertools.chain(*held)) == list(range(adapter.partitions))
        left = len(members[1].mine)
        after = len(store.seen)
        await until(lambda: len(store.seen) > after + 300)
        done.set()
        total = await streaming
        await until(lambda: len(set(store.seen)) == total * keys)
        assert len(members[1].mine) == left
    numbers = by_key(store.seen)
    assert len(numbers) == keys
    # A hand-over without a crash repeats nothing, so this is also the order.
    assert all(found == list(range(total)) for found in numbers.values())
    assert [m.overlaps for m in members] == [0, 0, 0]


async def test_leaving_waits_for_a_batch_that_ends_in_time(log: Log, topic: str) -> None:
    class Slow(Recorder):
        async def before(self, batch: Sequence[LogRecord]) -> None:
            await asyncio.sleep(0.5)

    await log.send(topic, numbered(3, 3))
    slow = Slow()
    async with log.subscribe(topic, "group", slow):
        await until(lambda: slow.running > 0)
        left = time.monotonic()
    assert time.monotonic() - left < 5
    assert slow.running == 0
    # Applied as a whole or not at all; what was not applied comes to the next.
    async with log.subscribe(topic, "group", slow):
        await until(lambda: len(slow.seen) == 9)
    assert by_key(slow.seen) == {b"key/%d" % k: [0, 1, 2] for k in range(3)}


async def test_leaving_ends_a_batch_that_hangs(log: Log, topic: str) -> None:
    class Hanging(Recorder):
        hangs = True

        async def before(self, batch: Sequence[LogRecord]) -> None:
            if self.hangs:
                await asyncio.Event().wait()

    await log.send(topic, numbered(3, 3))
    hanging = Hanging()
    async with log.subscribe(topic, "group", hanging):
        await until(lambda: hanging.running > 0)
        left = time.monotonic()
    assert time.monotonic() - left < 10
    assert hanging.running == 0
    assert hanging.seen == []
    # Handled but not acknowledged: it comes again.
    hanging.hangs = False
    async with log.subscribe(topic, "group", hanging):
        await until(lambda: len(hanging.seen) == 9)
    assert by_key(hanging.seen) == {b"key/%d" % k: [0, 1, 2] for k in range(3)}


# Kafka: what its records and its broker can do


@pytest.fixture
async def kafka(kafka_server: "Kafka") -> AsyncIterator[KafkaLog]:
    log = KafkaLog(f"kafka://{kafka_server.bootstrap}")
    await log.open()
    yield log
    await log.close()


@pytest.fixture
async def kafka_topic(kafka: KafkaLog) -> str:
    topic = f"topic-{uuid4().hex}"
    await kafka.create_topics([topic])
    return topic


@asynccontextmanager
async def producer(server: "Kafka", **settings: Any) -> AsyncIterator[AIOKafkaProducer]:
    client = AIOKafkaProducer(bootstrap_servers=server.bootstrap, **settings)
    await client.start()
    yield client
    await client.stop()


async def test_partitions_are_those_of_kafkas_own_clients(
    kafka: KafkaLog, kafka_topic: str
) -> None:
    # The hashes are those in the tests of Kafka's Java client.
    hashes = {
        b"21": -973932308,
        b"foobar": -790332482,
        b"a-little-bit-long-string": -985981536,
        b"a-little-bit-longer-string": -1486304829,
        b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8": -58897971,
        b"abc": 479470107,
    }
    positions = await kafka.send(kafka_topic, [Record(key, b"", ()) for key in hashes])
    assert [p.partition for p in positions] == [(h & 0x7FFFFFFF) % 6 for h in hashes.values()]


async def test_topics_keep_everything(kafka: KafkaLog, kafka_server: "Kafka") -> None:
    topic, wide = f"topic-{uuid4().hex}", f"topic-{uuid4().hex}"
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_server.bootstrap)
    await admin.start()
    # Made by an operator, who knows better.
    await admin.create_topics([NewTopic(wide, 9, 1)])
    await kafka.create_topics([topic, wide])
    assert len(await kafka.ends(wide)) == 9
    [answer] = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
    [(_, _, _, _, entries)] = answer.resources
    settings = {entry[0]: entry[1] for entry in entries}
    assert settings["retention.ms"] == settings["retention.bytes"] == "-1"
    assert settings["cleanup.policy"] == "delete"
    assert int(settings["max.message.bytes"]) >= 1024 * 1024
    await admin.close()


async def test_a_lower_limit_of_the_topic_hurts_only_what_exceeds_it(
    kafka: KafkaLog, kafka_server: "Kafka"
) -> None:
    topic = f"topic-{uuid4().hex}"
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_server.bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(topic, 1, 1, None, {"max.message.bytes": "3000"})])
    await admin.close()
    small = [Record(b"key", b"%d" % n + b" " * 500, ()) for n in range(20)]
    # As one batch they are too large, each by itself is not.
    positions = await kafka.send(topic, small)
    assert [p.offset for p in positions] == list(range(20))
    with pytest.raises(ValueError, match="as large"):
        await kafka.send(topic, [Record(b"key", b"x" * 4000, ())])
    await kafka.send(topic, small)
    assert [r.record for r in await everything(kafka, topic)] == small * 2


async def test_offsets_without_records_are_passed(
    kafka: KafkaLog, kafka_topic: str, kafka_server: "Kafka"
) -> None:
    async with producer(kafka_server, transactional_id=uuid4().hex) as client:
        for number in range(4):
            async with client.transaction():
                await client.send_and_wait(kafka_topic, b"%d" % number, b"key/0", partition=2)
    # Each transaction leaves a mark behind its record, the last one at the end of the log.
    assert (await kafka.ends(kafka_topic))[2] == 8
    for start, end, wanted in [(0, 8, [0, 2, 4, 6]), (1, 8, [2, 4, 6]), (3, 4, []), (7, 8, [])]:
        found = [r.offset async for b in kafka.read(kafka_topic, 2, start, end) for r in b]
        assert found == wanted
    recorder = Recorder()
    recorder.places[2] = 1
    async with kafka.subscribe(kafka_topic, "group", recorder):
        await until(lambda: len(recorder.seen) == 3)


async def test_a_header_name_that_is_not_utf8_blocks_nothing(
    kafka: KafkaLog, kafka_topic: str, kafka_server: "Kafka"
) -> None:
    for compression in (None, "gzip"):
        async with producer(kafka_server, compression_type=compression) as client:
            batch = client.create_batch()
            build = batch._build
            for number in range(3):
                header = "XXXX" if number == 1 else "name"
                batch.append(
                    timestamp=None,
                    key=b"key/0",
                    value=b"%d" % number,
                    headers=[(header, b"\xff"), (header, None)],
                )

            def broken(build: Any = build, compression: str | None = compression) -> bytearray:
                data: bytearray = build()
                body = bytes(data[61:])
                if compression:
                    body = gzip.compress(gzip.decompress(body).replace(b"XXXX", b"\xffX\xfeX"))
                else:
                    body = body.replace(b"XXXX", b"\xffX\xfeX")
                data[61:] = body
                struct.pack_into(">i", data, 8, len(data) - 12)
                struct.pack_into(">I", data, 17, calc_crc32c(bytes(data[21:])))
                return data

            batch._build = broken
            await (await client.send_batch(batch, kafka_topic, partition=0))
    await kafka.send(kafka_topic, [Record(b"key/1", b"0", ())])
    recorder = Recorder()
    async with kafka.subscribe(kafka_topic, "group", recorder):
        await until(lambda: len(recorder.seen) == 7)
    for found in (recorder.seen, await everything(kafka, kafka_topic)):
        odd = [r.record for r in found if r.record.value == b"1"]
        assert [r.headers for r in odd] == [((r"\xffX\xfeX", b"\xff"), (r"\xffX\xfeX", None))] * 2
        assert by_key(found)[b"key/0"] == [0, 1, 2] * 2


async def test_leaving_lets_a_slow_batch_finish_and_acknowledges_it(
    kafka: KafkaLog, kafka_topic: str, kafka_server: "Kafka"
) -> None:
    class Slow(Recorder):
        async def before(self, batch: Sequence[LogRecord]) -> None:
            await asyncio.sleep(2.5)

    await kafka.send(kafka_topic, [Record(b"key/0", b"0", ())] * 5)
    slow = Slow()
    async with kafka.subscribe(kafka_topic, "group", slow):
        await until(lambda: slow.running > 0)
        await until(lambda: kafka.batch_age > 0.1)
    assert len(slow.seen) == 5
    assert kafka.batch_age == 0
    # Where the group stands, as operators' tools show it.
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_server.bootstrap)
    await admin.start()
    offsets = await admin.list_consumer_group_offsets(f"group.{kafka_topic}")
    await admin.close()
    assert {place.partition: at.offset for place, at in offsets.items()} == {
        slow.seen[0].partition: 5
    }


async def test_several_batches_of_a_partition_keep_their_order(
    kafka: KafkaLog, kafka_topic: str
) -> None:
    big = [Record(b"key/%d" % (n % 3), b"%d" % n + b" " * 200_000, ()) for n in range(30)]
    await kafka.send(kafka_topic, big)
    found = by_key(await everything(kafka, kafka_topic))
    assert found == {b"key/%d" % k: list(range(k, 30, 3)) for k in range(3)}


@pytest.fixture
async def breakable(kafka_server: "Kafka") -> "Kafka":
    """Skips at once where the server is not the tests' to break."""
    await asyncio.to_thread(kafka_server.pause)
    await asyncio.to_thread(kafka_server.resume)
    return kafka_server


class Stream:
    """A relay that sends numbered records and, as relays do, sends again from the first."""

    def __init__(self, log: Log, topic: str, keys: int = 12) -> None:
        self._log, self._topic, self.keys = log, topic, keys
        self.sent = 0
        self.failures = 0
        self._done = False

    async def run(self) -> None:
        while not self._done:
            try:
                await self._log.send(self._topic, numbered(self.keys, 3, self.sent))
            except Unavailable:
                self.failures += 1
            else:
                self.sent += 3
            await asyncio.sleep(0.002)

    async def stop(self, task: "asyncio.Task[None]") -> None:
        self._done = True
        await task

    def check(self, recorder: Recorder) -> None:
        found = by_key(recorder.seen)
        wanted = list(range(self.sent))
        for key in range(self.keys):
            numbers = found[b"key/%d" % key]
            assert set(wanted) <= set(numbers), "lost"
            assert firsts(numbers) == sorted(set(numbers)), "overtaken"


@pytest.mark.parametrize("how", ["kill", "pause"])
async def test_a_broker_that_dies_or_freezes_in_mid_stream_loses_and_inverts_nothing(
    breakable: "Kafka", kafka: KafkaLog, kafka_topic: str, how: str
) -> None:
    recorder = Recorder()
    stream = Stream(kafka, kafka_topic)
    async with kafka.subscribe(kafka_topic, "group", recorder):
        task = asyncio.create_task(stream.run())
        await until(lambda: len(recorder.seen) > 1000)
        if how == "kill":
            await asyncio.to_thread(breakable.kill)
            await asyncio.to_thread(breakable.start)
        else:
            await asyncio.to_thread(breakable.pause)
            frozen = time.monotonic()
            await until(lambda: time.monotonic() - frozen > 5)
            await asyncio.to_thread(breakable.resume)
        sent, seen = stream.sent, len(recorder.seen)
        await until(lambda: stream.sent > sent + 50 and len(recorder.seen) > seen + 1000, 30)
        await stream.stop(task)
        await until(lambda: all(stream.sent - 1 in n for n in by_key(recorder.seen).values()), 15)
    stream.check(recorder)
    assert recorder.overlaps == 0


async def test_while_the_broker_is_gone(
    breakable: "Kafka", kafka: KafkaLog, kafka_topic: str, caplog: pytest.LogCaptureFixture
) -> None:
    gone = KafkaLog(f"kafka://{breakable.bootstrap}")
    await gone.open()
    recorder = Recorder()
    await kafka.send(kafka_topic, numbered(2, 2))
    async with gone.subscribe(kafka_topic, "gone", recorder):
        await until(lambda: len(recorder.seen) == 4)
        await asyncio.to_thread(breakable.kill)

        async def unavailable(call: Awaitable[Any]) -> float:
            started = time.monotonic()
            with pytest.raises(Unavailable):
                await call
            return time.monotonic() - started

        took = await asyncio.gather(
            unavailable(kafka.send(kafka_topic, numbered(1, 1))),
            unavailable(kafka.ping()),
            unavailable(kafka.ends(kafka_topic)),
            unavailable(kafka.create_topics(["other"])),
            unavailable(anext(aiter(kafka.read(kafka_topic, 0, 0, 5)))),
        )
        assert max(took) < 15
        assert await unavailable(kafka.send(kafka_topic, numbered(1, 1))) < 15
        left = time.monotonic()
    assert time.monotonic() - left < 10
    closing = time.monotonic()
    await gone.close()
    assert time.monotonic() - closing < 10

    waiting = KafkaLog(f"kafka://{breakable.bootstrap}")
    opening = asyncio.create_task(waiting.open())
    await until(lambda: "waiting for Kafka" in caplog.text)
    entering = AsyncExitStack()
    subscribing = asyncio.create_task(
        entering.enter_async_context(waiting.subscribe(kafka_topic, "group", recorder))
    )
    await until(lambda: "waits for" in caplog.text)
    assert not opening.done()
    assert not subscribing.done()
    await asyncio.to_thread(breakable.start)
    await asyncio.wait_for(opening, 20)
    await asyncio.wait_for(subscribing, 20)
    await kafka.send(kafka_topic, numbered(2, 2, 2))
    await until(lambda: len(recorder.seen) >= 8)
    await entering.aclose()
    await waiting.close()
    found = by_key(await everything(kafka, kafka_topic))
    assert firsts(found[b"key/0"]) == [0, 1, 2, 3]
    # Without a limit the client writes about 39 error lines a second.
    assert len([r for r in caplog.records if r.name.startswith("aiokafka")]) < 60


async def test_while_the_broker_is_frozen_everything_ends_in_time(
    breakable: "Kafka", kafka: KafkaLog, kafka_topic: str
) -> None:
    frozen = KafkaLog(f"kafka://{breakable.bootstrap}")
    await frozen.open()
    recorder = Recorder()
    async with frozen.subscribe(kafka_topic, "group", recorder):
        await frozen.send(kafka_topic, numbered(2, 2))
        await until(lambda: len(recorder.seen) == 4)
        sending = asyncio.create_task(frozen.send(kafka_topic, numbered(2, 2, 2)))
        await asyncio.to_thread(breakable.pause)
        left = time.monotonic()
    assert time.monotonic() - left < 10
    closing = time.monotonic()
    await frozen.close()
    assert time.monotonic() - closing < 10
    await asyncio.gather(sending, return_exceptions=True)
    await asyncio.to_thread(breakable.resume)
    await until(lambda: True)
    await asyncio.wait_for(kafka.send(kafka_topic, numbered(2, 2, 2)), 15)
