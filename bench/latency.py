"""From a durable commit to the durable reaction of the other service, 200 commands a second."""

import asyncio
import os
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from bench.history import stream
from bench.measure import Result, Site, percentile
from shared.adapters.kafka.log import KafkaLog
from shared.adapters.sqlite_log import EmbeddedLog
from shared.adapters.sqlite_store import SqliteStore
from shared.kernel.ports import Appended, Commit, Log
from shared.runtime.service import Service
from tests.toy import World, add, until

_RATE = 200
_COMMANDS = 800
_WARM = 200
_SYNCS = 300
_PAGE = 4096
_PAGES = 1024


class _Timed(SqliteStore):
    """Notes when each stream's first commit was durable."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.durable: dict[str, float] = {}

    async def append(self, group: Sequence[Commit]) -> list[Appended]:
        outcomes = await super().append(group)
        now = time.perf_counter()
        for commit in group:
            self.durable.setdefault(commit.stream, now)
        return outcomes


async def embedded(site: Site) -> list[Result]:
    folder = site.new("latency")
    log = EmbeddedLog(folder / "log.sqlite")
    p50, p99, syncs = [], [], []
    async with AsyncExitStack() as stack:
        command, durable = await _pair(stack, folder, log)
        await _reactions(command, durable, _WARM)
        for _ in range(site.rounds):
            taken = await _reactions(command, durable, _COMMANDS)
            p50.append(percentile(taken, 0.5))
            p99.append(percentile(taken, 0.99))
            syncs.append(percentile(_fdatasyncs(folder / "sync"), 0.5))
    what = (
        f"the cause's commit durable to the reaction's, {_RATE} commands/s, embedded log, views"
        " on, both services in one process; {} of a round / the p50 of fdatasync of a 4 KiB"
        " write over a file of 4 MiB on the same file system"
    )
    return [
        Result("latency p50", what.format("p50"), "ms", p50, syncs, 5, at_most=True),
        Result("latency p99", what.format("p99"), "ms", p99, syncs, 10, at_most=True),
    ]


async def on_kafka(site: Site) -> list[Result]:
    p50, p99 = [], []
    async with AsyncExitStack() as stack:
        log = KafkaLog(f"kafka://{site.kafka}")
        command, durable = await _pair(stack, site.new("latency"), log)
        await _reactions(command, durable, _WARM)
        for _ in range(site.rounds):
            taken = await _reactions(command, durable, _COMMANDS)
            p50.append(percentile(taken, 0.5))
            p99.append(percentile(taken, 0.99))
    what = "the same on a real Kafka, stores on SQLite; in ms, no yardstick"
    return [
        Result("kafka p50", what, "ms", p50, (), 10, at_most=True),
        Result("kafka p99", what, "ms", p99, (), 50, at_most=True),
    ]


async def _pair(
    stack: AsyncExitStack, folder: Path, log: Log
) -> tuple[Service, tuple[dict[str, float], dict[str, float]]]:
    """Alpha, which takes commands, and when either service's commits were durable."""
    world = World(f"-{os.getpid()}")
    await log.open()
    stack.push_async_callback(log.close)
    await log.create_topics(world.topics)
    services, stores = [], []
    for definition in world.definitions:
        store = _Timed(folder / f"{definition.name}.sqlite")
        service = world.service(definition, store, log, data=folder)
        await stack.enter_async_context(service.run())
        services.append(service)
        stores.append(store)
    return services[0], (stores[0].durable, stores[1].durable)


async def _reactions(
    service: Service, durable: tuple[dict[str, float], dict[str, float]], commands: int
) -> list[float]:
    """Milliseconds from each cause to its effect, the commands evenly spaced in time."""
    causes, effects = durable
    streams = [stream() for _ in range(commands)]
    started = time.perf_counter()
    asked = []
    for number, name in enumerate(streams):
        await asyncio.sleep(max(0.0, started + number / _RATE - time.perf_counter()))
        asked.append(asyncio.create_task(add(service, name, 1)))
    await asyncio.gather(*asked)

    async def all_reacted() -> bool:
        return effects.keys() >= set(streams)

    await until(all_reacted, "every command has its reaction")
    return [1000 * (effects[name] - causes[name]) for name in streams]


def _fdatasyncs(file: Path) -> list[float]:
    """Milliseconds of a write and fdatasync each, over a file that is there already."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT)
    try:
        os.pwrite(descriptor, os.urandom(_PAGE * _PAGES), 0)
        os.fsync(descriptor)
        page, taken = os.urandom(_PAGE), []
        for number in range(_SYNCS):
            started = time.perf_counter()
            os.pwrite(descriptor, page, number % _PAGES * _PAGE)
            os.fdatasync(descriptor)
            taken.append(1000 * (time.perf_counter() - started))
    finally:
        os.close(descriptor)
    return taken
