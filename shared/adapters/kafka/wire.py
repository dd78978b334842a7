"""What the Kafka client lacks: any header name, a quiet log, an end that cannot hang."""

import asyncio
import contextlib
import itertools
import logging
import time
from collections.abc import Coroutine, Iterator
from typing import Any, SupportsIndex

import aiokafka.consumer.fetcher as aiokafka_fetcher  # type: ignore[import-untyped]
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord
from aiokafka.errors import (  # type: ignore[import-untyped]
    CorruptRecordException,
    ProducerClosed,
)
from aiokafka.record.default_records import (  # type: ignore[import-untyped]
    _DefaultRecordBatchPy,
)
from aiokafka.record.memory_records import MemoryRecords  # type: ignore[import-untyped]
from aiokafka.record.util import decode_varint_py  # type: ignore[import-untyped]

from shared.kernel.logs import log
from shared.kernel.ports import LogRecord, Record

_OFTEN = 30.0
_BATCH_OVERHEAD = 12


def log_record(record: ConsumerRecord) -> LogRecord:
    """The record as the port has it; the client's headers are already pairs in wire order."""
    return LogRecord(
        record.topic,
        record.partition,
        record.offset,
        Record(record.key, record.value, record.headers),
    )


class _Lenient(bytearray):
    """Bytes that decode whatever they hold."""

    def __getitem__(self, index: SupportsIndex | slice) -> Any:
        found = super().__getitem__(index)
        return _Lenient(found) if isinstance(found, bytearray) else found

    def decode(self, encoding: str = "utf-8", errors: str = "backslashreplace") -> str:
        return super().decode(encoding, "backslashreplace")


class _Batch:
    """A batch of records; a header name that is not UTF-8 comes with its bad bytes as \\xNN."""

    def __init__(self, batch: Any, raw: bytes) -> None:
        self._batch, self._raw = batch, raw

    def __getattr__(self, name: str) -> Any:
        return getattr(self._batch, name)

    def __next__(self) -> Any:
        return next(self._batch)

    def __iter__(self) -> Iterator[Any]:
        read = 0
        try:
            for record in self._batch:
                yield record
                read += 1
        except (UnicodeDecodeError, CorruptRecordException):
            yield from self._decode(read)

    def _decode(self, skip: int) -> Iterator[Any]:
        batch = _DefaultRecordBatchPy(self._raw)
        batch._maybe_uncompress()  # noqa: SLF001 - see _Records
        batch._buffer = _Lenient(batch._buffer)  # noqa: SLF001
        for index in range(batch._num_records):  # noqa: SLF001
            try:
                record = batch._read_msg(decode_varint_py)  # noqa: SLF001
            except (ValueError, IndexError) as error:
                raise CorruptRecordException(f"not a record: {error!r}") from error
            if index >= skip:
                yield record


class _Records:
    """Fetched batches.

    aiokafka decodes header names strictly, below every hook it offers: one record with a name
    that is not UTF-8, which any producer can write, would block its partition for ever.
    """

    def __init__(self, data: bytes) -> None:
        self._data, self._start, self._records = data, 0, MemoryRecords(data)

    def has_next(self) -> bool:
        return bool(self._records.has_next())

    def size_in_bytes(self) -> int:
        return int(self._records.size_in_bytes())

    def next_batch(self) -> Any:
        start = self._start
        size = int.from_bytes(self._data[start + 8 : start + _BATCH_OVERHEAD], "big")
        self._start = start + _BATCH_OVERHEAD + size
        return _Batch(self._records.next_batch(), self._data[start : self._start])


class _Sparse(logging.Filter):
    """Lets each kind of warning through once in 30 s: a lost broker makes 39 lines a second."""

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING:
            return True
        kind, now = (record.name, str(record.msg)), time.monotonic()
        if now - self._last.get(kind, -_OFTEN) < _OFTEN:
            return False
        self._last[kind] = now
        return True


if aiokafka_fetcher.MemoryRecords is not _Records:
    aiokafka_fetcher.MemoryRecords = _Records
    for _name in [n for n in logging.root.manager.loggerDict if n.startswith("aiokafka")]:
        logging.getLogger(_name).addFilter(_Sparse())

_ending: set[asyncio.Task[Any]] = set()


async def ended(stop: Coroutine[Any, Any, Any], seconds: float) -> bool:
    """Waits for a client's stop, at most so long; then it goes on by itself.

    A task of its own, because stopping a client whose broker is gone may raise CancelledError.
    """
    task = asyncio.create_task(stop)
    _ending.add(task)
    task.add_done_callback(_report)
    await asyncio.wait({task}, timeout=seconds)
    return task.done()


async def undivided(start: Coroutine[Any, Any, Any], seconds: float) -> None:
    """Waits for a client's start; who is cancelled meanwhile waits for its end, at most so long.

    A connection that is being made when the start is cancelled belongs to nobody, and stays open.
    """
    task = asyncio.create_task(start)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        task.add_done_callback(_report)
        await asyncio.wait({task}, timeout=seconds)
        raise


def _report(task: asyncio.Task[Any]) -> None:
    _ending.discard(task)
    if not task.cancelled() and (error := task.exception()):
        log.warning("a Kafka client did not stop cleanly: %r", error)


async def hang_up(consumer: AIOKafkaConsumer) -> None:
    """Closes the connections under a consumer whose stop waits for a frozen broker."""
    await consumer._client.close()  # noqa: SLF001 - no public way


async def discard(producer: AIOKafkaProducer) -> None:
    """Ends a producer with what it still holds.

    Its own stop delivers first, so it waits for ever for a broker that is gone; and left alone it
    would send again, later, what its caller was told has failed.
    """
    sender = producer._sender.sender_task  # noqa: SLF001 - no public way
    while sender is not None and not sender.done():
        # The first cancellation makes it wait for its requests, the second ends these too.
        sender.cancel()
        await asyncio.wait({sender}, timeout=0.1)
    accumulator = producer._message_accumulator  # noqa: SLF001
    held = accumulator._pending_batches  # noqa: SLF001
    # aiokafka takes a batch that waits to be sent again out of this set, then misses it there.
    held.update(itertools.chain(*accumulator._batches.values()))  # noqa: SLF001
    accumulator.fail_all(ProducerClosed())
    for batch in list(held):
        # Looked at, because asyncio reports a failure that nobody waits for any more.
        batch.future.exception()
        batch._drain_waiter.exception()  # noqa: SLF001
    with contextlib.suppress(asyncio.CancelledError):
        await producer.stop()
