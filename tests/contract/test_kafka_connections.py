"""Whatever becomes of a Kafka client, each connection that it has opened is closed."""

import asyncio
import struct
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiokafka.admin import AIOKafkaAdminClient  # type: ignore[import-untyped]
from aiokafka.errors import KafkaError  # type: ignore[import-untyped]

from shared.adapters.conformance.log.recorder import Recorder
from shared.adapters.conformance.waiting import until
from shared.adapters.kafka.lifecycle import ended
from shared.adapters.kafka.log import KafkaLog

VERSIONS, METADATA, COORDINATOR = 18, 3, 10
# Less than the 10 s after which aiokafka gives up an answer, and its connection with it.
SOON = 5.0


class Silent:
    """A broker that answers the first `answered` questions of its kinds, and nothing after.

    It counts its connections, and the questions that it has heard.
    """

    def __init__(self) -> None:
        self.answered: dict[int, int] = {}
        self.heard: list[int] = []
        self.opened = self.open = 0
        self.port = 0

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.opened += 1
        self.open += 1
        try:
            while True:
                (size,) = struct.unpack(">i", await reader.readexactly(4))
                kind, version, number = struct.unpack(">hhi", (await reader.readexactly(size))[:8])
                assert kind not in (VERSIONS, METADATA) or version == 0
                self.heard.append(kind)
                if self.heard.count(kind) > self.answered.get(kind, 0):
                    continue
                answer = struct.pack(">i", number) + self._answer(kind)
                writer.write(struct.pack(">i", len(answer)) + answer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            self.open -= 1
            writer.close()

    def _answer(self, kind: int) -> bytes:
        if kind == VERSIONS:
            spoken = [struct.pack(">hhh", each, 0, 0) for each in (VERSIONS, METADATA, COORDINATOR)]
            return struct.pack(">hi", 0, len(spoken)) + b"".join(spoken)
        host, topic = b"127.0.0.1", b"topic"
        node = struct.pack(">iih", 1, 0, len(host)) + host + struct.pack(">i", self.port)
        # One topic of one partition, with node 0 as its leader and only replica.
        named = struct.pack(">ihh", 1, 0, len(topic)) + topic
        return node + named + struct.pack(">ihiiiiii", 1, 0, 0, 0, 1, 0, 1, 0)


@pytest.fixture
async def silent() -> AsyncIterator[Silent]:
    silent = Silent()
    server = await asyncio.start_server(silent.talk, "127.0.0.1", 0)
    silent.port = server.sockets[0].getsockname()[1]
    yield silent
    server.close()
    # The answers to connections that a failed test has left open end with these.
    await until(lambda: silent.open == 0)


async def _open(log: KafkaLog) -> None:
    await log.open()


async def _follow(log: KafkaLog) -> None:
    async with log.subscribe("topic", "group", Recorder()):
        raise AssertionError("nobody has given it partitions")


@pytest.mark.parametrize(
    ("start", "answered", "last"),
    [
        (_open, {}, VERSIONS),
        (_open, {VERSIONS: 1}, METADATA),
        (_follow, {VERSIONS: 1}, METADATA),
        # The second connection is under construction, or waits for its first answer.
        (_follow, {VERSIONS: 1, METADATA: 1}, VERSIONS),
        (_follow, {VERSIONS: 2, METADATA: 2}, COORDINATOR),
    ],
)
async def test_a_start_that_is_cancelled_leaves_no_connection(
    silent: Silent,
    start: Callable[[KafkaLog], Awaitable[None]],
    answered: dict[int, int],
    last: int,
) -> None:
    silent.answered = answered
    log = KafkaLog(f"kafka://127.0.0.1:{silent.port}")
    task = asyncio.ensure_future(start(log))
    await until(lambda: silent.heard.count(last) > answered.get(last, 0))
    task.cancel()
    await asyncio.wait({task}, timeout=SOON)
    assert task.cancelled()
    opened = silent.opened
    await until(lambda: silent.open == 0, 1)
    await log.close()
    assert silent.opened == opened


async def test_a_client_that_is_closed_while_it_connects_leaves_no_connection(
    silent: Silent,
) -> None:
    silent.answered = {VERSIONS: 1, METADATA: 1}
    KafkaLog(f"kafka://127.0.0.1:{silent.port}")  # applies the patches
    admin = AIOKafkaAdminClient(bootstrap_servers=f"127.0.0.1:{silent.port}")
    await admin.start()
    asking = asyncio.ensure_future(admin.list_topics())
    await until(lambda: silent.heard.count(VERSIONS) == 2)
    await ended(admin.close(), admin)
    await until(lambda: silent.open == 0, 1)
    with pytest.raises(KafkaError):
        await asyncio.wait_for(asking, SOON)
    with pytest.raises(KafkaError):
        await asyncio.wait_for(admin.list_topics(), SOON)
    assert silent.opened == 2


async def test_a_stop_that_is_given_up_leaves_no_connection(silent: Silent) -> None:
    silent.answered = {VERSIONS: 2, METADATA: 1}
    KafkaLog(f"kafka://127.0.0.1:{silent.port}")
    admin = AIOKafkaAdminClient(bootstrap_servers=f"127.0.0.1:{silent.port}")
    await admin.start()
    asking = asyncio.ensure_future(admin.list_topics())
    await until(lambda: silent.heard.count(METADATA) == 2)
    stopping = asyncio.ensure_future(ended(asyncio.sleep(60), admin))
    await asyncio.sleep(0)
    stopping.cancel()
    await until(lambda: silent.open == 0, 1)
    with pytest.raises(KafkaError):
        await asyncio.wait_for(asking, SOON)
