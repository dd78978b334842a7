"""From a command over HTTP to the other service's reaction, both services on one core."""

import asyncio
import os
import sqlite3
import time
from contextlib import AsyncExitStack, closing
from pathlib import Path

from bench.measure import Result, Site, in_turn
from bench.process import Server, server

_REQUESTS = 2000
_PATIENCE = 120.0


async def measure(site: Site) -> list[Result]:
    cores = sorted(os.sched_getaffinity(0))
    async with AsyncExitStack() as stack:

        async def start(kind: str) -> Server:
            return await stack.enter_async_context(server(kind, site.new(kind), cores[0]))

        chain, views, noop = await start("chain"), await start("views"), await start("noop")

        async def reacted(of: Server) -> float:
            with closing(_beta(of.folder)) as beta:
                goal = _commits(beta) + _REQUESTS
                driving = asyncio.create_task(of.drive(_REQUESTS, cores[-1]))
                deadline = time.monotonic() + _PATIENCE
                while _commits(beta) < goal:
                    if driving.done():
                        driving.result()
                    if time.monotonic() > deadline:
                        raise TimeoutError(f"{goal - _commits(beta)} reactions are missing")
                    await asyncio.sleep(0.005)
                seen = time.monotonic()
                started, _ = await driving
            return _REQUESTS / (seen - started)

        async def answered() -> float:
            started, ended = await noop.drive(_REQUESTS, cores[-1])
            return _REQUESTS / (ended - started)

        alone, viewed, yardstick = await in_turn(
            site.rounds, lambda: reacted(chain), lambda: reacted(views), answered
        )
    to = "until the last reaction is committed, both services on one core"
    noop_too = "/ the FastAPI no-op of `command` on one core"
    return [
        Result("chain", f"POST {to}, no views {noop_too}", "1/s", alone, yardstick, 0.55),
        Result(
            "chain+views", f"the same, and each service keeps a view {noop_too}",
            "1/s", viewed, yardstick, 0.55,
        ),
    ]  # fmt: skip


def _beta(folder: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{folder / 'beta.sqlite'}?mode=ro", uri=True)


def _commits(beta: sqlite3.Connection) -> int:
    (number,) = beta.execute("SELECT coalesce(max(number), 0) FROM commits").fetchone()
    return int(number)
