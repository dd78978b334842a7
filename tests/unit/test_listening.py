"""The socket that the HTTP server listens on."""

import asyncio
import socket
from contextlib import closing

from apps.server.http import listen
from shared.kernel.settings import Settings
from tests.servers.port import free_port


async def test_an_answer_does_not_wait_for_the_client_to_acknowledge_its_head() -> None:
    at_once: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer):
            accepted: socket.socket = writer.get_extra_info("socket")
            at_once.set_result(accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))

    port = free_port()
    async with await asyncio.start_server(answer, sock=listen(Settings(port=port))):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        with closing(writer):
            assert await asyncio.wait_for(at_once, 10)
