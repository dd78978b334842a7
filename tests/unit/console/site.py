"""A console that follows a log, a client for it, and its live events."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import orjson
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import Message

from apps.composition.system import SERVICES
from apps.console import app as console
from shared.kernel.settings import Settings

ADDRESS = "http://127.0.0.1:8000"
URLS = {name: f"{ADDRESS}/{name}" for name in SERVICES}
SECONDS = 60.0


@dataclass
class Site:
    """A console whose log is followed, and a client for it."""

    app: Starlette
    client: httpx.AsyncClient

    async def text(self, path: str = "/", **headers: str) -> str:
        answer = await self.client.get(path, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.text

    async def json(self, path: str) -> Any:
        return orjson.loads(await self.text(path))


@asynccontextmanager
async def site(settings: Settings, log: Any, *, embedded: bool = True) -> AsyncIterator[Site]:
    """Mounted below another application, its log read to the end."""
    app = console.console_app(settings, log, URLS, f"{ADDRESS}/issuer", embedded=embedded)
    transport = httpx.ASGITransport(Starlette(routes=[Mount("/", app)]))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client,
    ):
        await until(lambda: _ready(client))
        yield Site(app, client)


async def _ready(client: httpx.AsyncClient) -> bool:
    return (await client.get("/readyz")).status_code == 200


async def until(check: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(SECONDS):
        while not await check():  # noqa: ASYNC110 - what is waited for is behind HTTP
            await asyncio.sleep(0.01)


class Stream:
    """An open Server-Sent Events response; httpx's ASGI transport would wait for its end."""

    def __init__(self, app: Starlette, query: str, headers: Mapping[str, str]) -> None:
        self.status, self._buffer = 0, b""
        self._sent: asyncio.Queue[Message] = asyncio.Queue()
        self._gone = asyncio.Event()
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": "GET",
            "path": "/v1/events/stream",
            "raw_path": b"/v1/events/stream",
            "root_path": "",
            "scheme": "http",
            "query_string": query.encode(),
            "headers": [(k.encode(), v.encode()) for k, v in headers.items()],
        }
        self.task = asyncio.create_task(app(scope, self._receive, self._sent.put))

    async def _receive(self) -> Message:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def next(self) -> tuple[str, str, Any]:
        """The next message's event, id and data."""
        async with asyncio.timeout(SECONDS):
            while True:
                block, found, rest = self._buffer.partition(b"\n\n")
                if not found:
                    message = await self._sent.get()
                    self.status = message.get("status", self.status)
                    self._buffer += message.get("body", b"")
                    continue
                self._buffer = rest
                lines = dict(line.split(": ", 1) for line in block.decode().splitlines())
                if "data" in lines:
                    return lines["event"], lines.get("id", ""), orjson.loads(lines["data"])

    async def happened(self) -> tuple[str, Any]:
        while True:
            event, id_, data = await self.next()
            if event == "happened":
                return id_, data

    async def close(self) -> None:
        self._gone.set()
        await asyncio.wait_for(self.task, SECONDS)


@asynccontextmanager
async def stream(app: Starlette, query: str = "", **headers: str) -> AsyncIterator[Stream]:
    opened = Stream(app, query, headers)
    try:
        yield opened
    finally:
        await opened.close()
