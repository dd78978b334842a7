"""A service's rows dropped and folded anew from the log, while the service is stopped."""

import asyncio
import sys
import time
from contextlib import ExitStack

import typer

from apps.composition.system import data_lock, make_log, make_service, make_store, opened
from apps.operations.stopped import alone, insist
from shared.kernel.ports import Log, Unavailable
from shared.kernel.settings import Settings

_PATIENCE = 30.0


async def rebuild(settings: Settings, name: str) -> None:
    """Drop a stopped service's rows and fold them anew from the log.

    Private values (persons' keys and look-ups) stay: they are on no log.

    Commits that the log does not have yet are sent first. Raises BadSetting, Busy, Forked, and
    Unavailable while another process holds the service's lease.
    """
    insist(name)
    with ExitStack() as stack:
        if settings.embedded_log or settings.embedded_stores:
            stack.enter_context(data_lock(settings.data))
        async with opened(make_log(settings), settings) as log:
            await send_pending(settings, name, log)
            store = make_store(settings, name)
            await store.open()
            await store.clear()
            await store.close()
            await _fold(settings, name, log)


async def send_pending(settings: Settings, name: str, log: Log) -> None:
    service = make_service(name, settings, log)
    await service.store.open()
    await alone(service.store, name)
    relay = asyncio.create_task(service.relay.run(service.command_handler))
    try:
        async with asyncio.timeout(_PATIENCE):
            await service.relay.drained.wait()
    except TimeoutError as error:
        raise Unavailable("commits that the log lacks could not be sent") from error
    finally:
        relay.cancel()
        await asyncio.wait({relay})
        await service.store.close()


async def _fold(settings: Settings, name: str, log: Log) -> None:
    service = make_service(name, settings, log)
    started = time.monotonic()
    async with service.run():
        ends = {topic: await service.log.ends(topic) for topic in service.subscribers}
        total = sum(sum(partitions.values()) for partitions in ends.values())
        with typer.progressbar(length=total, label=f"{name}", file=sys.stderr) as bar:
            done = 0
            while not await service.reached(ends):
                applied = 0
                for topic in service.subscribers:
                    applied += sum((await service.positions(topic)).values())
                bar.update(max(0, applied - done))
                done = max(done, applied)
                await asyncio.sleep(0.1)
            bar.update(max(0, total - done))
    typer.echo(f"{name}: {total} records in {time.monotonic() - started:.1f} s", err=True)
