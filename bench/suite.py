"""The measures by name, each run in a process of its own."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from bench import (
    append,
    chain,
    checkpoint,
    command,
    consumer,
    group,
    latency,
    pages,
    rebuild,
    relay,
    replay,
    verify,
    verify_scale,
)
from bench.measure import Result, Site

Measure = Callable[[Site], Awaitable[list[Result]]]

EMBEDDED: dict[str, Measure] = {
    "command": command.measure,
    "chain": chain.measure,
    "group": group.measure,
    "append": append.measure,
    "replay": replay.measure,
    "verify": verify.measure,
    "verify-scale": verify_scale.measure,
    "latency": latency.embedded,
    "rebuild": rebuild.measure,
    "pages": pages.measure,
}
ON_KAFKA: dict[str, Measure] = {
    "relay": relay.measure,
    "checkpoint": checkpoint.measure,
    "consumer": consumer.measure,
    "latency-kafka": latency.on_kafka,
}
NAMES = (*EMBEDDED, *ON_KAFKA)


def run(name: str, site: Site) -> list[Result]:
    """Return the measure's results, run in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_run, name, site).result()


def _run(name: str, site: Site) -> list[Result]:
    measure = {**EMBEDDED, **ON_KAFKA}[name]

    async def measured() -> list[Result]:
        return await measure(site)

    return asyncio.run(measured())
