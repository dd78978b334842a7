"""Programs that serve: the whole system in one process (`up`), or one part of it (`serve`)."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack

from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.routing import Mount

from apps.composition.keys import publish
from apps.composition.running import address_of, announced
from apps.composition.system import (
    SERVICES,
    TOPICS,
    VERSION,
    desk_keys,
    make_dev_keys,
    make_log,
    make_service,
    opened,
)
from apps.console.app import console_app
from apps.console.issuer import issuer_app
from apps.server.http import serving
from shared.kernel.ports import Log
from shared.kernel.settings import BadSetting, Settings
from shared.runtime.application import service_app
from shared.runtime.service import Service
from shared.web.authentication import Authenticator

Say = Callable[[str], None]
Ready = Callable[[str], None]


async def up(settings: Settings, ready: Ready, say: Say) -> None:
    """Run all services, the console and the development issuer in this process until SIGTERM.

    The caller holds the data folder's lock. `say` gets a line at each step of the start, `ready`
    the address at its end. Raises BadSetting, BadKey, Forked, and Unavailable without Kafka.
    """
    say(f"Data folder: {settings.data.resolve()}")
    say("Keys: reading those that exist, making those that are missing")
    keys = make_dev_keys(settings)
    address = f"http://{settings.host}:{settings.port}"
    issuer_url = settings.issuer or f"{address}/issuer"
    authenticator = Authenticator(issuer_url)
    log_ = make_log(settings)
    say(f"Services: loading {', '.join(SERVICES)}")
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
        say(f"HTTP: listening on {settings.host}:{settings.port}")
        say(f"Log: opening {settings.embedded_log or settings.log}")
        try:
            with announced(settings.data, address_of(settings)):
                async with opened(log_, settings):
                    await log_.create_topics(TOPICS)
                    await publish(keys, log_)
                    async with console.router.lifespan_context(console):
                        await _run(services, stopped, lambda: ready(address), say)
        finally:
            await authenticator.close()


async def serve(name: str, settings: Settings, ready: Ready) -> None:
    """Run one service, or the console, until SIGTERM. Raises BadSetting on an embedded log.

    It waits for Kafka as long as that takes, and says so.
    """
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
    service, app = one_service(name, settings, log_, authenticator)
    async with serving(app, settings) as stopped:
        try:
            async with opened(log_, settings, wait=True), service.run() as work:
                ready(address)
                await _until_stopped(stopped, [work])
        finally:
            await authenticator.close()


def one_service(
    name: str, settings: Settings, log_: Log, authenticator: Authenticator
) -> tuple[Service, FastAPI]:
    """Make a service and its HTTP side; of the services only this one is loaded.

    Raises BadKey and BadSetting.
    """
    service = make_service(name, settings, log_)
    return service, service_app(service, authenticator, VERSION)


async def _serve_console(settings: Settings, log_: Log, address: str, ready: Ready) -> None:
    urls = settings.service_urls
    issuer = settings.issuer or f"{address}/issuer"
    console = console_app(settings, log_, urls, issuer, embedded=False)
    offered = [_issuer(settings, issuer)] if settings.dev_issuer else []
    app = Starlette(routes=[*offered, Mount("/", console)])
    async with (
        serving(app, settings) as stopped,
        opened(log_, settings, wait=True),
        console.router.lifespan_context(console),
    ):
        ready(address)
        await stopped.wait()


def _issuer(settings: Settings, url: str) -> Mount:
    return Mount("/issuer", issuer_app(url, settings.data / "issuer.key", desk_keys(settings)))


async def _run(
    services: Sequence[Service],
    stopped: asyncio.Event,
    ready: Callable[[], None],
    say: Say,
) -> None:
    async with AsyncExitStack() as stack:
        works = []
        for service in services:
            say(f"{service.name}: comparing its store with the log")
            works.append(await stack.enter_async_context(service.run()))
        ready()
        await _until_stopped(stopped, works)


async def _until_stopped(stopped: asyncio.Event, works: Sequence[asyncio.Task[None]]) -> None:
    stop = asyncio.create_task(stopped.wait())
    done, _ = await asyncio.wait({stop, *works}, return_when=asyncio.FIRST_COMPLETED)
    stop.cancel()
    for work in done - {stop}:
        work.result()  # a service that ends by itself has failed for good
