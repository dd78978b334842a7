"""The patches fit the installed clients, and each is still needed."""

import importlib.metadata
import logging
import struct
from collections.abc import Sequence

import aiokafka.consumer.fetcher as aiokafka_fetcher  # type: ignore[import-untyped]
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.record.default_records import (  # type: ignore[import-untyped]
    DefaultRecordBatchBuilder,
)
from aiokafka.record.memory_records import MemoryRecords  # type: ignore[import-untyped]
from aiokafka.record.util import calc_crc32c  # type: ignore[import-untyped]
from faststream.kafka import KafkaBroker
from faststream.kafka.message import FAKE_CONSUMER

from shared.adapters.kafka.aiokafka_patches import (
    PATCHES,
    WRITTEN_FOR,
    LenientRecords,
    SparseFilter,
    apply_patches,
)


@pytest.mark.parametrize("package", WRITTEN_FOR)
def test_the_installed_client_is_the_one_the_patches_were_written_for(package: str) -> None:
    installed = importlib.metadata.version(package)
    told = "\n".join(f"- {p.touches}: {p.mends} Needless when: {p.needless_when}" for p in PATCHES)
    assert installed == WRITTEN_FOR[package], (
        f"{package} is now {installed}. Check each patch, then change WRITTEN_FOR:\n{told}"
    )


def fetched(names: Sequence[bytes]) -> bytes:
    """Return a fetched batch of one record for each header name of four bytes."""
    builder = DefaultRecordBatchBuilder(2, 0, 0, -1, -1, -1, 1 << 20)
    for offset, _ in enumerate(names):
        builder.append(offset, None, b"key", b"%d" % offset, [("~~~~", b"v")])
    data = bytearray(builder.build())
    for name in names:
        data = data.replace(b"~~~~", name, 1)
    struct.pack_into(">I", data, 17, calc_crc32c(bytes(data[21:])))
    return bytes(data)


def test_aiokafka_still_stumbles_over_a_header_name_that_is_not_utf8() -> None:
    records = MemoryRecords(fetched([b"name", b"\xffX\xfeX"]))
    with pytest.raises(UnicodeDecodeError):
        list(records.next_batch())


def test_a_header_name_that_is_not_utf8_is_read_with_its_bytes() -> None:
    data = fetched([b"name", b"\xffX\xfeX", b"last"])
    records = LenientRecords(data + fetched([b"next"]))
    found = []
    while records.has_next():
        found += [(r.value, tuple(r.headers)) for r in records.next_batch()]  # type: ignore[attr-defined]
    assert found == [
        (b"0", (("name", b"v"),)),
        (b"1", ((r"\xffX\xfeX", b"v"),)),
        (b"2", (("last", b"v"),)),
        (b"0", (("next", b"v"),)),
    ]


def test_patches_may_be_applied_again() -> None:
    for _ in range(2):
        apply_patches()
    assert aiokafka_fetcher.MemoryRecords is LenientRecords
    for name in ("aiokafka.consumer.fetcher", "aiokafka.producer.sender", "aiokafka.conn"):
        filters = logging.getLogger(name).filters
        assert [type(each) for each in filters] == [SparseFilter]


def test_each_kind_of_warning_passes_once() -> None:
    def record(level: int, message: str) -> logging.LogRecord:
        return logging.LogRecord("aiokafka", level, "", 0, message, ("x",), None)

    sparse = SparseFilter()
    kinds = [(logging.WARNING, "a %s"), (logging.ERROR, "b %s"), (logging.WARNING, "a %s")]
    assert [sparse.filter(record(*kind)) for kind in kinds] == [True, True, False]
    assert all(sparse.filter(record(logging.INFO, "c %s")) for _ in range(3))


async def test_the_insides_that_are_used_are_there() -> None:
    producer, consumer = AIOKafkaProducer(), AIOKafkaConsumer()
    assert producer._sender.sender_task is None
    assert producer._message_accumulator._pending_batches == set()
    assert producer._message_accumulator._batches == {}
    assert callable(consumer._client.close)
    await consumer.stop()
    await producer.stop()
    assert KafkaBroker().subscriber("topic", batch=True).consumer is None
    assert callable(FAKE_CONSUMER.commit)
