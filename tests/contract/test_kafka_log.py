"""The Kafka log where Kafka itself matters: partitions, settings, transactions, limits, offsets."""

import asyncio
import gzip
import struct
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer  # type: ignore[import-untyped]
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic  # type: ignore[import-untyped]
from aiokafka.admin.config_resource import (  # type: ignore[import-untyped]
    ConfigResource,
    ConfigResourceType,
)
from aiokafka.record.util import calc_crc32c  # type: ignore[import-untyped]

from shared.adapters.conformance.log.recorder import (
    Recorder,
    by_key,
    everything,
    numbered,
)
from shared.adapters.conformance.waiting import eventually, until
from shared.adapters.kafka.log import KafkaLog
from shared.kernel.ports import LogRecord, Record, Unavailable
from tests.servers.kafka import Kafka


@pytest.fixture
async def kafka(kafka_server: Kafka) -> AsyncIterator[KafkaLog]:
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
async def producer(server: Kafka, **settings: Any) -> AsyncIterator[AIOKafkaProducer]:
    client = AIOKafkaProducer(bootstrap_servers=server.bootstrap, **settings)
    await client.start()
    yield client
    await client.stop()


async def test_keys_stay_where_they_are_when_partitions_are_added(
    kafka_server: Kafka, kafka: KafkaLog, kafka_topic: str
) -> None:
    records = [Record(f"key/{number}".encode(), b"{}", ()) for number in range(60)]
    before = [place.partition for place in await kafka.send(kafka_topic, records, partitions=6)]
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka_server.bootstrap)
    await admin.start()
    try:
        await admin.create_partitions({kafka_topic: NewPartitions(total_count=9)})

        async def added() -> bool:
            (found,) = await admin.describe_topics([kafka_topic])
            return len(found["partitions"]) == 9

        await eventually(added, "the partitions are there")
    finally:
        await admin.close()
    again = KafkaLog(f"kafka://{kafka_server.bootstrap}")
    await again.open()
    try:
        after = await again.send(kafka_topic, records, partitions=6)
        moved = await again.send(kafka_topic, records)
    finally:
        await again.close()
    assert [place.partition for place in after] == before
    assert [place.partition for place in moved] != before


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


async def test_topics_keep_everything(kafka: KafkaLog, kafka_server: Kafka) -> None:
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
    kafka: KafkaLog, kafka_server: Kafka
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
    kafka: KafkaLog, kafka_topic: str, kafka_server: Kafka
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
    kafka: KafkaLog, kafka_topic: str, kafka_server: Kafka
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
    kafka: KafkaLog, kafka_topic: str, kafka_server: Kafka
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


async def test_a_broker_that_is_gone_is_reported_seldom(
    kafka_server: Kafka, kafka: KafkaLog, kafka_topic: str, caplog: pytest.LogCaptureFixture
) -> None:
    recorder = Recorder()
    async with kafka.subscribe(kafka_topic, "group", recorder):
        await kafka.send(kafka_topic, numbered(1, 1))
        await until(lambda: len(recorder.seen) == 1)
        await asyncio.to_thread(kafka_server.kill)
        waiting = KafkaLog(f"kafka://{kafka_server.bootstrap}")
        opening = asyncio.create_task(waiting.open())
        await until(lambda: "waiting for Kafka" in caplog.text)
        with pytest.raises(Unavailable):
            await kafka.send(kafka_topic, numbered(1, 1))
        await asyncio.to_thread(kafka_server.start)
        await asyncio.wait_for(opening, 20)
        await waiting.close()
    # Without a limit the client writes about 39 error lines a second.
    assert len([r for r in caplog.records if r.name.startswith("aiokafka")]) < 60
