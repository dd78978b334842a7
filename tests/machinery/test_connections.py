"""Connections of clients that are slow, silent or too many, on a real socket."""

import asyncio
import gc
import select
import socket
import sys
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from apps.server import connections, http
from apps.server.http import listen, serving
from shared.kernel.settings import Settings
from tests.servers.clients import Heard, exchange, head, is_closed
from tests.servers.port import free_port
from tests.servers.process import Process
from tests.servers.server import until

LARGE = 8 * 1024 * 1024


async def whole(request: Request) -> Response:
    return PlainTextResponse(f"{len(await request.body())} bytes")


async def early(request: Request) -> Response:
    return PlainTextResponse("no", 401)


async def late(request: Request) -> Response:
    await asyncio.sleep(2.5)
    return PlainTextResponse("at last")


async def large(request: Request) -> Response:
    return Response(b"x" * LARGE)


APP = Starlette(
    routes=[
        Route(f"/{answer.__name__}", answer, methods=["GET", "POST"])
        for answer in (whole, early, late, large)
    ]
)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Deadlines of a second; and the collector as it was, which serving tunes."""
    threshold = gc.get_threshold()
    monkeypatch.setattr(connections, "REQUEST_SECONDS", 1.0)
    monkeypatch.setattr(connections, "ANSWER_SECONDS", 1.0)
    yield
    gc.unfreeze()
    gc.set_threshold(*threshold)


@asynccontextmanager
async def served(folder: Path) -> AsyncIterator[int]:
    """Serve APP on the port that is returned."""
    settings = Settings(data=folder, port=free_port())
    async with serving(APP, settings):
        yield settings.port


@pytest.fixture
async def port(tmp_path: Path) -> AsyncIterator[int]:
    async with served(tmp_path) as port:
        yield port


async def heard(port: int, *pieces: bytes, pause: float = 0.0, patience: float = 30.0) -> Heard:
    return await asyncio.to_thread(exchange, port, pieces, pause=pause, patience=patience)


POST = head("POST", "/whole", content_length=1000)


WAITING: Mapping[str, tuple[Sequence[bytes], int]] = {
    "nothing": ((), 0),
    "half a line": ([b"GET /whole HT"], 408),
    "half a head": ([POST[:-2]], 408),
    "no body": ([POST], 408),
    "half a body": ([POST, b"x" * 999], 408),
    "half the chunks": (
        [head("POST", "/whole", transfer_encoding="chunked"), b"1\r\nx\r\n"],
        408,
    ),
    "an empty line after a request": ([head("GET", "/whole"), b"\r\n"], 200),
    "half a request after a whole one": ([head("GET", "/whole"), b"GET /whole HT"], 200),
}


async def test_what_never_comes_is_not_waited_for(port: int) -> None:
    found = await asyncio.gather(*(heard(port, *pieces) for pieces, _ in WAITING.values()))
    told = dict(zip(WAITING, found, strict=True))
    assert {name: answer.status for name, answer in told.items()} == {
        name: status for name, (_, status) in WAITING.items()
    }
    for answer in found:
        assert answer.seconds < 10
        if answer.status == 408:
            assert b"connection: close" in answer.head
            assert b"application/problem+json" in answer.head
            assert b"belum lengkap setelah 1 detik" in answer.answer


async def test_a_byte_now_and_then_is_too_slow(port: int) -> None:
    for slow in (POST, POST + b"x" * 999):
        pieces = [slow[:-60], *(slow[at : at + 1] for at in range(len(slow) - 60, len(slow)))]
        answer = await heard(port, *pieces, pause=0.25)
        assert answer.status == 408
        assert answer.seconds < 10


async def test_a_slow_line_is_waited_for(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "RATE", 100.0)
    request = head("POST", "/whole", content_length=1000, connection="close")
    answer = await heard(port, request, *[b"x" * 100] * 10, pause=0.3)
    assert answer.answer.endswith(b"1000 bytes")
    assert answer.seconds > 2.5


async def test_a_slow_answer_is_not_the_clients_fault(port: int) -> None:
    answer = await heard(port, head("GET", "/late", connection="close"))
    assert answer.answer.endswith(b"at last")
    two = head("GET", "/late") + head("POST", "/whole", content_length=3, connection="close")
    answer = await heard(port, two, b"xxx")
    assert answer.answer.endswith(b"3 bytes")


async def test_the_language_of_a_request_that_is_cut(port: int) -> None:
    answer = await heard(port, head("POST", "/whole", accept_language="en", content_length=9))
    assert b"was not complete after 1 seconds" in answer.answer


async def test_who_is_answered_while_still_sending_hears_it(port: int) -> None:
    """A close at once would reset the connection: sending on would fail, the answer be lost."""

    def sending() -> bytes:
        with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
            connection.sendall(head("POST", "/early", content_length=600_000))
            assert select.select([connection], [], [], 30)[0]  # the answer is there
            for _ in range(60):
                connection.sendall(b"x" * 10_000)
            answer = b""
            while received := connection.recv(65536):
                answer += received
        return answer

    answer = await asyncio.to_thread(sending)
    assert answer.startswith(b"HTTP/1.1 401 ")
    assert b"connection: close" in answer
    assert answer.endswith(b"no")


async def test_who_never_stops_sending_is_answered_and_cut(port: int) -> None:
    request = head("POST", "/early", transfer_encoding="chunked")
    answer = await heard(port, request, *[b"1\r\nx\r\n"] * 100, pause=0.1)
    assert answer.status == 401
    assert answer.seconds < 10


async def test_a_connection_is_used_again_after_an_ordinary_request(port: int) -> None:
    first = head("POST", "/whole", content_length=3) + b"xxx"
    last = head("POST", "/whole", content_length=4, connection="close") + b"xxxx"
    both = await heard(port, first + last)
    assert both.answer.count(b"3 bytes") == both.answer.count(b"4 bytes") == 1


async def test_a_head_without_end_is_refused(port: int) -> None:
    lines = (b"x-%d: %s\r\n" % (number, b"y" * 1000) for number in range(2_000))
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.setblocking(False)
        loop = asyncio.get_running_loop()
        cut = False
        for line in (b"GET / HTTP/1.1\r\n", *lines):
            try:
                await loop.sock_sendall(connection, line)
            except (BrokenPipeError, ConnectionResetError):
                cut = True
                break
            await asyncio.sleep(0)
        assert cut
    answer = await heard(port, b"GET / HTTP/1.1\r\nx: " + b"y" * (connections.MAX_HEAD + 1))
    assert answer.status in (431, 0)  # 0: closed while the client still sent


async def test_who_does_not_take_the_answer_is_cut(port: int) -> None:
    def silent() -> float:
        with socket.socket() as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.connect(("127.0.0.1", port))
            connection.sendall(head("GET", "/large"))
            started = time.monotonic()
            while time.monotonic() < started + 20:
                try:
                    connection.send(b"\r\n")
                except (BrokenPipeError, ConnectionResetError):
                    return time.monotonic() - started
                time.sleep(0.1)
        raise TimeoutError

    assert await asyncio.to_thread(silent) > 1


async def test_who_takes_a_large_answer_slowly_gets_it(port: int) -> None:
    def slow() -> int:
        with socket.socket() as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
            connection.connect(("127.0.0.1", port))
            connection.sendall(head("GET", "/large", connection="close"))
            taken = 0
            while received := connection.recv(65536):
                taken += len(received)
                time.sleep(0.02)
        return taken

    started = time.monotonic()
    assert await asyncio.to_thread(slow) > LARGE
    assert time.monotonic() - started > 2


@pytest.mark.parametrize("first", [b"GET /whole HT", head("GET", "/whole")], ids=["half", "idle"])
async def test_who_has_waited_longest_makes_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: bytes
) -> None:
    monkeypatch.setattr(http, "_DESCRIPTORS", 32)
    monkeypatch.setattr(connections, "REQUEST_SECONDS", 60.0)
    async with served(tmp_path) as port:
        with ExitStack() as stack:
            others = []
            for _ in range(40):
                others.append(stack.enter_context(socket.create_connection(("127.0.0.1", port))))
                others[-1].sendall(first)
                answer = await heard(port, head("GET", "/whole", connection="close"))
                assert answer.status == 200
            closed = [is_closed(connection) for connection in others]
            assert 24 <= sum(closed) <= 26
            assert closed == sorted(closed, reverse=True)


def test_the_body_of_an_answer_does_not_wait_for_the_client(tmp_path: Path) -> None:
    """The option has effect on each connection, or each answer takes 40 ms more."""
    settings = Settings(data=tmp_path, port=free_port())
    with (
        listen(settings) as listening,
        socket.create_connection(("127.0.0.1", settings.port)),
        listening.accept()[0] as accepted,
    ):
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


# A process must accept no more at once than its descriptors bear: else it can accept nothing for a
# second, again and again, and says so in thousands of lines.
FEW = """
import asyncio, sys
from pathlib import Path
from apps.server.http import serving
from shared.kernel.settings import Settings
from tests.machinery.test_connections import APP
async def main():
    async with serving(APP, Settings(data=Path(sys.argv[1]), port=int(sys.argv[2]))) as stopped:
        await stopped.wait()
asyncio.run(main())
"""


def test_a_crowd_finds_few_descriptors(tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "server.log"
    limited = ["sh", "-c", 'ulimit -n 128; exec "$@"', "sh"]
    server = Process([*limited, sys.executable, "-c", FEW, tmp_path, str(port)], log)
    server.start()

    def answers() -> bool:
        try:
            found = exchange(port, [head("GET", "/whole", connection="close")])
        except ConnectionRefusedError:
            return False
        return found.status == 200

    try:
        until(answers, 60, server.last_words)
        with ExitStack() as stack:
            half = []
            for _ in range(1_000):
                connection = socket.create_connection(("127.0.0.1", port), timeout=30)
                half.append(stack.enter_context(connection))
                connection.sendall(b"GET /whole HT")
            assert answers()
            until(lambda: all(map(is_closed, half)), 30, server.last_words)
    finally:
        server.stop()
    assert "Too many open files" not in log.read_text()
