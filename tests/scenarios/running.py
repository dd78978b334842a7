"""A system as an operator starts it: `sinergi up`, a process of its own, ended by SIGTERM."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from aiokafka.admin import AIOKafkaAdminClient  # type: ignore[import-untyped]
from pymongo import MongoClient

from apps.composition.system import SERVICES, TOPICS
from tests.servers.port import free_port
from tests.servers.server import until

SINERGI = Path(sys.executable).with_name("sinergi")
START, STOP = 120.0, 60.0


@dataclass(frozen=True)
class System:
    """A running system and the settings it was started with."""

    url: str
    pid: int
    env: Mapping[str, str]
    output: Path

    def run(self, *arguments: str, seconds: float = 600) -> subprocess.CompletedProcess[str]:
        """`sinergi` with these arguments and the system's settings; its output is kept."""
        return subprocess.run(
            [SINERGI, *arguments],
            env=dict(self.env),
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )

    def ready(self) -> bool:
        """True if every service says so; takes a few seconds at most."""
        try:
            with httpx.Client(timeout=10, trust_env=False) as client:
                found = client.get(f"{self.url}/v1/system").raise_for_status().json()
                answers = [client.get(f"{url}/readyz") for url in found["services"].values()]
        except httpx.HTTPError:
            return False
        return bool(answers) and all(answer.is_success for answer in answers)


@contextmanager
def running(folder: Path, **settings: str) -> Iterator[System]:
    """Starts a system with its data in this folder and waits until all its services are ready.

    At the end it must stop by itself at SIGTERM, with exit code 0.
    """
    port, output = free_port(), folder.with_suffix(".output")
    env = {name: value for name, value in os.environ.items() if not name.startswith("SINERGI_")}
    # No terminal, so that the output has no colours and is as wide as it wants to be.
    env |= {"SINERGI_DATA": str(folder), "SINERGI_PORT": str(port), **settings}
    url = f"http://127.0.0.1:{port}"
    env["SINERGI_URL"] = url
    with output.open("ab") as sink:
        process = subprocess.Popen(
            [SINERGI, "up"],
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        system = System(url, process.pid, env, output)

        def ready() -> bool:
            assert process.poll() is None, f"it ended with {process.returncode}: {_tail(output)}"
            return system.ready()

        until(ready, START, lambda: _tail(output))
        yield system
        os.kill(process.pid, signal.SIGTERM)
        code = process.wait(STOP)
        assert code == 0, f"it ended with {code}: {_tail(output)}"
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def _tail(output: Path) -> str:
    return "\n".join(output.read_text(errors="replace").splitlines()[-30:])


def empty_kafka(bootstrap: str) -> None:
    """Deletes the system's topics, so that another system may begin its own there."""

    async def empty() -> None:
        admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
        await admin.start()
        try:
            found = sorted(set(TOPICS) & set(await admin.list_topics()))
            if found:
                await admin.delete_topics(found)
            async with asyncio.timeout(30):
                while True:
                    if not set(TOPICS) & set(await admin.list_topics()):
                        return
                    await asyncio.sleep(0.05)
        finally:
            await admin.close()

    asyncio.run(empty())


def empty_mongo(url: str) -> None:
    """Drops the services' databases."""
    client: MongoClient[dict[str, Any]]
    with MongoClient(url) as client:
        for name in SERVICES:
            client.drop_database(name)
