"""Services served over HTTP: all in one process (`up`), or one (`serve`)."""

import asyncio
import contextlib
import gc
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from apps.composition.keys import publish
from apps.composition.system import (
    SERVICES,
    TOPICS,
    VERSION,
    desk_keys,
    make_dev_keys,
    make_log,
    make_service,
)
from apps.console.app import console_app
from apps.console.issuer import issuer_app
from shared.kernel.logs import log
from shared.kernel.ports import Log
from shared.kernel.settings import BadSetting, Settings
from shared.runtime.application import service_app
from shared.runtime.service import Service
from shared.web.authentication import Authenticator

Ready = Callable[[str], None]


class _Server(uvicorn.Server):
    """Leaves signals to `serving`: uvicorn would raise them again before we have drained."""

    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        yield


async def up(settings: Settings, ready: Ready) -> None:
    """All services, the console and the development issuer in this process, until SIGTERM.

    The caller holds the data folder's lock. `ready` is called with the address.
    """
    keys = make_dev_keys(settings)
    address = f"http://{settings.host}:{settings.port}"
    issuer_url = settings.issuer or f"{address}/issuer"
    authenticator = Authenticator(issuer_url)
    log_ = make_log(settings)
    services = [make_service(name, settings, log_) for name in SERVICES]
    urls = {service.name: f"{address}/{service.name}" for service in services}
    console = console_app(settings, log_, urls, issuer_url, embedded=True)
    mounts = [
        Mount(f"/{service.name}", service_app(service, authenticator, VERSION))
        for service in services
    ]
    issuer = [] if settings.issuer else [_issuer(settings, issuer_url)]
    app = Starlette(routes=[*mounts, *issuer, Mount("/", console)])
    async with serving(app, settings) as stopped:
        await log_.open()
        try:
            await log_.create_topics(TOPICS)
            await publish(keys, log_)
            async with console.router.lifespan_context(console):
                await _run(services, stopped, lambda: ready(address))
        finally:
            await log_.close()
            await authenticator.close()


async def serve(name: str, settings: Settings, ready: Ready) -> None:
    """One service, or the console, until SIGTERM. Raises BadSetting on an embedded log."""
    if settings.embedded_log is not None:
        raise BadSetting(
            "SINERGI_LOG: one service by itself needs Kafka (kafka://HOST:PORT); an embedded log"
            " belongs to one process, `sinergi up`"
        )
    address = f"http://{settings.host}:{settings.port}"
    log_ = make_log(settings)
    if name == "console":
        await _serve_console(settings, log_, address, ready)
        return
    if not settings.issuer:
        raise BadSetting("SINERGI_ISSUER: say which OIDC issuer's tokens are accepted")
    authenticator = Authenticator(settings.issuer)
    service = make_service(name, settings, log_)
    app = service_app(service, authenticator, VERSION)
    async with serving(app, settings) as stopped:
        await log_.open()
        try:
            await _run([service], stopped, lambda: ready(address))
        finally:
            await log_.close()
            await authenticator.close()


async def _serve_console(settings: Settings, log_: Log, address: str, ready: Ready) -> None:
    urls = settings.service_urls
    issuer = settings.issuer or f"{address}/issuer"
    console = console_app(settings, log_, urls, issuer, embedded=False)
    offered = [_issuer(settings, issuer)] if settings.dev_issuer else []
    app = Starlette(routes=[*offered, Mount("/", console)])
    async with serving(app, settings) as stopped:
        await log_.open()
        try:
            async with console.router.lifespan_context(console):
                ready(address)
                await stopped.wait()
        finally:
            await log_.close()


def _issuer(settings: Settings, url: str) -> Mount:
    return Mount("/issuer", issuer_app(url, settings.data / "issuer.key", desk_keys(settings)))


async def _run(
    services: Sequence[Service], stopped: asyncio.Event, ready: Callable[[], None]
) -> None:
    async with AsyncExitStack() as stack:
        works = [await stack.enter_async_context(service.run()) for service in services]
        ready()
        stop = asyncio.create_task(stopped.wait())
        done, _ = await asyncio.wait({stop, *works}, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        for work in done - {stop}:
            work.result()  # a service that ends by itself has failed for good


@asynccontextmanager
async def serving(app: Any, settings: Settings) -> AsyncIterator[asyncio.Event]:
    """Answers HTTP while the context is open; the event is set by SIGTERM and SIGINT."""
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_level="warning",
        access_log=False,
        http="httptools",
        proxy_headers=bool(settings.proxies),
        forwarded_allow_ips=settings.proxies,
        timeout_graceful_shutdown=3,
        server_header=False,
    )
    server = _Server(config)
    # What is there now stays; short-lived objects need no collector at every 700 of them.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    stopped, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    task = asyncio.create_task(server.serve(), name="http")
    task.add_done_callback(lambda _: stopped.set())
    try:
        yield stopped
    finally:
        server.should_exit = True
        with contextlib.suppress(SystemExit):
            await task
        log.info("http: stopped")
