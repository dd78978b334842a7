"""Everything here that rests on the insides of aiokafka or FastStream, and the versions it fits.

tests/contract/test_aiokafka_patches.py fails when another version is installed, and names for each
entry of PATCHES how to see that it is no longer needed.
"""

import asyncio
import contextlib
import itertools
import logging
import time
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from typing import SupportsIndex, cast, overload
from weakref import WeakSet

import aiokafka.admin.client as aiokafka_admin  # type: ignore[import-untyped]
import aiokafka.client as aiokafka_client  # type: ignore[import-untyped]
import aiokafka.consumer.consumer as aiokafka_consumer  # type: ignore[import-untyped]
import aiokafka.consumer.fetcher as aiokafka_fetcher  # type: ignore[import-untyped]
import aiokafka.producer.producer as aiokafka_producer  # type: ignore[import-untyped]
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.client import AIOKafkaClient
from aiokafka.conn import (  # type: ignore[import-untyped]
    AIOKafkaConnection,
    CloseReason,
)
from aiokafka.errors import (  # type: ignore[import-untyped]
    CorruptRecordException,
    KafkaConnectionError,
    ProducerClosed,
)
from aiokafka.record.default_records import (  # type: ignore[import-untyped]
    _DefaultRecordBatchPy,
)
from aiokafka.record.memory_records import MemoryRecords  # type: ignore[import-untyped]
from aiokafka.record.util import decode_varint_py  # type: ignore[import-untyped]

WRITTEN_FOR = {"aiokafka": "0.14.0", "faststream": "0.7.8"}


@dataclass(frozen=True)
class Patch:
    """One dependence on a client's insides: the names, the defect, and the sign of its end."""

    touches: str
    mends: str
    needless_when: str


PATCHES = (
    Patch(
        "aiokafka.consumer.fetcher.MemoryRecords, record._DefaultRecordBatchPy._read_msg",
        "A record with a header name that is not UTF-8 blocks its partition for ever.",
        "aiokafka's MemoryRecords reads such a record without an error.",
    ),
    Patch(
        "the loggers named aiokafka.*",
        "A broker that is gone makes 39 log lines a second.",
        "Without the filter, test_a_broker_that_is_gone_is_reported_seldom passes.",
    ),
    Patch(
        "aiokafka.client.create_conn, AIOKafkaClient (bootstrap, _get_conn, close,"
        " force_metadata_update, _sync_task, _md_update_fut, _retry_backoff) and its name in"
        " aiokafka.admin.client, aiokafka.consumer.consumer and aiokafka.producer.producer;"
        " AIOKafkaConnection._writer",
        "A start that is cancelled leaves a connection open, and a client that has been closed"
        " opens new ones for what still runs.",
        "AIOKafkaClient itself passes tests/contract/test_kafka_connections.py.",
    ),
    Patch(
        "AIOKafkaConsumer._client, AIOKafkaAdminClient._client",
        "Stopping a consumer waits for a frozen broker.",
        "AIOKafkaConsumer.stop takes a timeout or closes its connections first.",
    ),
    Patch(
        "AIOKafkaProducer._sender.sender_task, ._message_accumulator (_batches, _pending_batches)",
        "Stopping a producer waits for ever for a broker that is gone, and sends later what its"
        " caller was told has failed.",
        "AIOKafkaProducer has a public way to stop that drops what it holds.",
    ),
    Patch(
        "faststream.kafka.message.FAKE_CONSUMER and KafkaAckableMessage (subscription.py)",
        "FastStream's parser drops a whole batch with a header that it cannot decode, and its"
        " acknowledgement would commit the client's position instead of the handler's.",
        "FastStream hands a batch of raw records to a subscriber with AckPolicy.MANUAL.",
    ),
    Patch(
        "the subscriber's `consumer` (subscription.py)",
        "FastStream has no call to seek, pause, resume or commit an offset.",
        "FastStream's subscriber has such calls.",
    ),
)


def apply_patches() -> None:
    """Replace aiokafka's record reader and client and quieten its loggers, for the process."""
    aiokafka_fetcher.MemoryRecords = LenientRecords
    aiokafka_client.create_conn = _connect
    for module in (aiokafka_admin, aiokafka_consumer, aiokafka_producer):
        module.AIOKafkaClient = FinalClient
    for name in list(logging.root.manager.loggerDict):
        if name.startswith("aiokafka"):
            # A logger keeps one filter only once.
            logging.getLogger(name).addFilter(_sparse)


class _Lenient(bytearray):
    """Bytes that decode whatever they hold."""

    @overload
    def __getitem__(self, index: SupportsIndex, /) -> int: ...
    @overload
    def __getitem__(self, index: slice, /) -> bytearray: ...
    def __getitem__(self, index: SupportsIndex | slice, /) -> int | bytearray:
        found = super().__getitem__(index)
        return _Lenient(found) if isinstance(found, bytearray) else found

    def decode(self, encoding: str = "utf-8", errors: str = "backslashreplace") -> str:
        return super().decode(encoding, "backslashreplace")


class _Batch:
    """A batch of records; a header name that is not UTF-8 comes with its bad bytes as \\xNN."""

    def __init__(self, batch: Iterator[object], raw: bytes) -> None:
        self._batch, self._raw = batch, raw

    def __getattr__(self, name: str) -> object:
        return getattr(self._batch, name)

    def __next__(self) -> object:
        return next(self._batch)

    def __iter__(self) -> Iterator[object]:
        read = 0
        try:
            for record in self._batch:
                yield record
                read += 1
        except (UnicodeDecodeError, CorruptRecordException):
            yield from self._decode(read)

    def _decode(self, skip: int) -> Iterator[object]:
        batch = _DefaultRecordBatchPy(self._raw)
        batch._maybe_uncompress()  # noqa: SLF001
        batch._buffer = _Lenient(batch._buffer)  # noqa: SLF001
        for index in range(batch._num_records):  # noqa: SLF001
            try:
                record = batch._read_msg(decode_varint_py)  # noqa: SLF001
            except (ValueError, IndexError) as error:
                raise CorruptRecordException(f"not a record: {error!r}") from error
            if index >= skip:
                yield record


class LenientRecords:
    """Fetched batches, in the place of aiokafka's MemoryRecords.

    aiokafka decodes header names strictly, below every hook it offers: one record with a name
    that is not UTF-8, which any producer can write, would block its partition for ever.
    """

    # Offset (8 bytes) and length (4), before what the length counts.
    _OVERHEAD = 12

    def __init__(self, data: bytes) -> None:
        self._data, self._start, self._records = data, 0, MemoryRecords(data)

    def has_next(self) -> bool:
        return bool(self._records.has_next())

    def size_in_bytes(self) -> int:
        return int(self._records.size_in_bytes())

    def next_batch(self) -> _Batch:
        start = self._start
        size = int.from_bytes(self._data[start + 8 : start + self._OVERHEAD], "big")
        self._start = start + self._OVERHEAD + size
        batch = cast("Iterator[object]", self._records.next_batch())
        return _Batch(batch, self._data[start : self._start])


class SparseFilter(logging.Filter):
    """Lets each kind of warning through once in 30 s."""

    _OFTEN = 30.0

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.levelno < logging.WARNING:
            return True
        kind, now = (record.name, str(record.msg)), time.monotonic()
        if now - self._last.get(kind, -self._OFTEN) < self._OFTEN:
            return False
        self._last[kind] = now
        return True


_sparse = SparseFilter()


_connecting: ContextVar["FinalClient"] = ContextVar("_connecting")


async def _connect(host: str, port: int, **settings: object) -> AIOKafkaConnection:
    """Make a connection that its client knows before it is open, and closes whatever happens."""
    client = _connecting.get()
    connection = AIOKafkaConnection(host, port, **settings)
    client.connections.add(connection)
    await connection.connect()
    if client.over:
        _abort(connection)
        raise KafkaConnectionError("the client was closed meanwhile")
    return connection


def _abort(connection: AIOKafkaConnection) -> None:
    writer: asyncio.StreamWriter | None = connection._writer  # noqa: SLF001
    connection.close(reason=CloseReason.SHUTDOWN)
    if writer is not None:
        # A close alone first sends what a frozen broker does not take.
        writer.transport.abort()


class FinalClient(AIOKafkaClient):  # type: ignore[misc]
    """aiokafka's client with an end that is final: no connection stays open or is made later."""

    def __init__(self, *arguments: object, **settings: object) -> None:
        super().__init__(*arguments, **settings)
        self.connections: WeakSet[AIOKafkaConnection] = WeakSet()
        self.over = False

    async def bootstrap(self) -> None:
        asked = _connecting.set(self)
        try:
            await super().bootstrap()
        except BaseException:
            self._abort_all()
            raise
        finally:
            _connecting.reset(asked)
        if self.over:
            self.hang_up()
            raise KafkaConnectionError("the client was closed meanwhile")

    async def _get_conn(self, *node: object, **how: object) -> AIOKafkaConnection | None:
        if self.over:
            return None
        asked = _connecting.set(self)
        try:
            return await super()._get_conn(*node, **how)
        finally:
            _connecting.reset(asked)

    def force_metadata_update(self) -> asyncio.Future[bool]:
        if not self.over:
            return cast("asyncio.Future[bool]", super().force_metadata_update())
        # Those who ask ask again at once, so that an answer at once would block the loop.
        loop = asyncio.get_running_loop()
        never: asyncio.Future[bool] = loop.create_future()
        loop.call_later(self._retry_backoff, _resolve, never)
        return never

    async def close(self) -> None:
        self.hang_up()
        await super().close()

    def hang_up(self) -> None:
        """Close all connections at once: what still waits for an answer fails."""
        self.over = True
        if self._sync_task is not None:
            self._sync_task.cancel()
        if self._md_update_fut is not None:
            _resolve(self._md_update_fut)
        self._abort_all()

    def _abort_all(self) -> None:
        for connection in list(self.connections):
            _abort(connection)


def _resolve(update: asyncio.Future[bool]) -> None:
    if not update.done():
        update.set_result(False)


def hang_up(owner: AIOKafkaAdminClient | AIOKafkaConsumer | AIOKafkaProducer) -> None:
    """Close the connections under a client whose stop waits for a frozen broker."""
    client = owner.client if isinstance(owner, AIOKafkaProducer) else owner._client  # noqa: SLF001
    client.hang_up()


async def discard(producer: AIOKafkaProducer) -> None:
    """End a producer together with what it still holds.

    Its own stop delivers first, so it waits for ever for a broker that is gone; and left alone it
    would send again, later, what its caller was told has failed.
    """
    sender = producer._sender.sender_task  # noqa: SLF001
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
