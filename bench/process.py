"""The processes of a measure over HTTP: servers that stay, and a driver for each round."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.port import free_port


@dataclass(frozen=True)
class Server:
    """One that serves."""

    port: int
    token: str
    folder: Path

    async def drive(self, count: int, core: int | None = None) -> tuple[float, float]:
        """When the first of so many requests was sent, and when the last was answered."""
        driver = await _start(core, "bench.driver", str(self.port), self.token, str(count))
        said, _ = await driver.communicate()
        if driver.returncode != 0:
            raise RuntimeError("the driver failed")
        started, ended = map(float, said.split())
        return started, ended


@asynccontextmanager
async def server(kind: str, folder: Path, core: int | None = None) -> AsyncIterator[Server]:
    """A server of bench.server, on one core only if one is named."""
    port = free_port()
    process = await _start(core, "bench.server", kind, str(folder), str(port))
    try:
        assert process.stdout is not None
        token = (await process.stdout.readline()).decode().strip()
        if not token:
            raise RuntimeError(f"the server {kind} does not start")
        yield Server(port, token, folder)
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await process.wait()


async def _start(core: int | None, module: str, *arguments: str) -> Process:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, *arguments, stdout=PIPE
    )
    if core is not None:
        os.sched_setaffinity(process.pid, {core})
    return process
