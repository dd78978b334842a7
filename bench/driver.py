"""A client of 64 keep-alive connections: `python -m bench.driver PORT TOKEN COUNT`.

Each connection sends its next request when the last one's answer is complete. Prints when the
first request was sent and the last answer had come, on the machine's monotonic clock.
"""

import asyncio
import sys
import time
from collections.abc import Iterator
from functools import partial

import uuid_utils

CONNECTIONS = 64
_BODY = b'{"amount":1}'


def requests(port: int, token: str, count: int) -> Iterator[bytes]:
    head = (
        f"POST /v1/counters HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n"
        f"authorization: Bearer {token}\r\ncontent-type: application/json\r\n"
        f"content-length: {len(_BODY)}\r\nidempotency-key: "
    ).encode()
    for _ in range(count):
        yield head + str(uuid_utils.uuid7()).encode() + b"\r\n\r\n" + _BODY


class _Connection(asyncio.Protocol):
    def __init__(self, left: Iterator[bytes], done: asyncio.Future[None]) -> None:
        self._left, self.done = left, done
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def send(self) -> None:
        assert self._transport is not None
        request = next(self._left, None)
        if request is not None:
            self._transport.write(request)
        elif not self.done.done():
            self.done.set_result(None)

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        if not end:
            return
        length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        if len(body) < length:
            return
        if not self._received.startswith(b"HTTP/1.1 2"):
            self._fail(f"answered {self._received.decode()!r}")
            return
        self._received = b""
        self.send()

    def connection_lost(self, error: Exception | None) -> None:
        self._fail(f"the server hung up: {error!r}")

    def _fail(self, why: str) -> None:
        if not self.done.done():
            self.done.set_exception(RuntimeError(why))


def _itself(connection: _Connection) -> _Connection:
    return connection


async def drive(port: int, token: str, count: int) -> tuple[float, float]:
    loop = asyncio.get_running_loop()
    left = iter(list(requests(port, token, count)))
    connections = []
    for _ in range(CONNECTIONS):
        connection = _Connection(left, loop.create_future())
        await loop.create_connection(partial(_itself, connection), "127.0.0.1", port)
        connections.append(connection)
    start = time.monotonic()
    for connection in connections:
        connection.send()
    await asyncio.gather(*(connection.done for connection in connections))
    return start, time.monotonic()


if __name__ == "__main__":
    started, ended = asyncio.run(drive(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
    print(started, ended)
