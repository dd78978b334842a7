"""HTTP served by uvicorn until SIGTERM or SIGINT."""

import asyncio
import contextlib
import errno
import gc
import resource
import signal
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.types import ASGIApp

from apps.server.connections import Connection, Connections
from shared.kernel.logs import log
from shared.kernel.settings import BadSetting, Settings

# More descriptors than these are of no use to one process on one core.
_DESCRIPTORS = 8192
_BACKLOG = 2048


class _Server(uvicorn.Server):
    """Leaves signals to `serving`: uvicorn would raise them again before we have drained."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        # The other half is for the store, the log and the files of those who run all in one.
        self._connections = self.server_state = Connections(_descriptors() // 2)
        # asyncio accepts as many at once as its backlog, before any of them can make room.
        config.backlog = max(1, self._connections.most // 8)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for each in sockets or ():
            each.listen(_BACKLOG)  # as it was; asyncio has set its own

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def on_tick(self, counter: int) -> bool:
        if counter % 10 == 0:  # once a second
            self._connections.cut_overdue(asyncio.get_running_loop().time())
        return await super().on_tick(counter)


@asynccontextmanager
async def serving(app: ASGIApp, settings: Settings) -> AsyncIterator[asyncio.Event]:
    """Answer HTTP while the context is open; the event is set by SIGTERM and SIGINT.

    Raises BadSetting where nobody can listen at the host and port of the settings.
    """
    listening = listen(settings)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        http=Connection,
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=settings.proxies,
        timeout_graceful_shutdown=3,
        server_header=False,
    )
    server = _Server(config)
    # The modules that are loaded by now stay; without this the collector would visit them again
    # at every 700 short-lived objects.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    stopped, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    task = asyncio.create_task(server.serve(sockets=[listening]), name="http")
    task.add_done_callback(lambda _: stopped.set())
    try:
        yield stopped
    finally:
        server.should_exit = True
        with contextlib.suppress(SystemExit):
            await task
        listening.close()
    log.info("http: stopped")


def _descriptors() -> int:
    """Raise the limit of open files as far as is useful and allowed; return it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _DESCRIPTORS if hard == resource.RLIM_INFINITY else min(hard, _DESCRIPTORS)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    return wanted


def listen(settings: Settings) -> socket.socket:
    """Return a socket that listens at the host and port of the settings. Raises BadSetting."""
    host, port = settings.host, settings.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise BadSetting(
                f"SINERGI_PORT: another program listens on {host}:{port}: stop it, or choose"
                " another port with --port or SINERGI_PORT"
            ) from error
        if error.errno in (errno.EACCES, errno.EPERM):
            raise BadSetting(
                f"SINERGI_PORT: this user may not listen on port {port}: choose one above 1023"
            ) from error
        raise BadSetting(
            f"SINERGI_HOST: this machine has no address {host} to listen on: {error.strerror}"
        ) from error
    # Accepted connections inherit it. asyncio sets it only on a socket that names its protocol, and
    # without it a body waits 40 ms for the client to acknowledge its head.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening
