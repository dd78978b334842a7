"""kill -9 at random points of hundreds of commands: nothing lost, twice or out of order."""

import asyncio
import itertools
import json
import os
import random
import subprocess
from base64 import b64encode
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from services.equipment.domain.proposal.checklist import POINTS
from tests.scenarios.running import SINERGI, empty_kafka, empty_mongo, running
from tests.servers.port import free_port
from tests.toy import until

CHAINS = 60  # of five commands each, and more until there were so many kills
KILLS = 3  # and one at the end
CLIENTS = 8
SEED = 20261124


class Victim:
    """A `sinergi up` that is killed and started again with the same settings."""

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.folder, self.kills, self.answered = folder, 0, 0
        self.settings = settings | {"SINERGI_DATA": str(folder), "SINERGI_PORT": str(port)}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.folder.with_suffix(".output").open("ab") as sink:
            self._process = subprocess.Popen(
                [SINERGI, "up"], env=dict(os.environ) | self.settings, stdout=sink, stderr=sink
            )

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()
        self.kills += 1

    async def haunt(self, chance: random.Random, client: httpx.AsyncClient) -> None:
        """Kills it again and again, in the midst of commands, whenever some more were answered."""
        while True:
            await self.serving(client)
            wanted = self.answered + chance.randint(10, 40)

            async def reached(wanted: int = wanted) -> bool:
                return self.answered >= wanted

            await until(reached, f"{wanted} answers", 120)
            await asyncio.sleep(chance.uniform(0, 0.02))
            await asyncio.to_thread(self.kill)
            self.start()

    async def serving(self, client: httpx.AsyncClient) -> None:
        async def ready() -> bool:
            try:
                answer = await client.get(f"{self.url}/partners/readyz")
            except httpx.HTTPError:
                return False
            return answer.is_success

        await until(ready, f"ready again, see {self.folder.with_suffix('.output')}", 60)

    @asynccontextmanager
    async def haunted(self, client: httpx.AsyncClient) -> AsyncIterator[None]:
        task = asyncio.create_task(self.haunt(random.Random(SEED), client))
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait({task})
        if not task.cancelled() and (error := task.exception()):
            raise error


async def insist(
    client: httpx.AsyncClient, victim: Victim, path: str, account: str, body: Any
) -> Any:
    """One command with one key, asked until it is answered."""
    key, url = str(uuid4()), f"{victim.url}/equipment/v1/proposals{path}"
    raw, signed = json.dumps(body).encode(), dict[str, str]()
    async with asyncio.timeout(120):
        while True:
            try:
                token = await client.post(f"{victim.url}/issuer/token", json={"account": account})
                headers = {
                    "authorization": f"Bearer {token.json()['access_token']}",
                    "idempotency-key": key,
                    **signed,
                }
                answer = await client.post(url, content=raw, headers=headers)
                if answer.status_code == httpx.codes.PRECONDITION_REQUIRED:
                    wanted = {"account": account, "attest": answer.json()["attest"]}
                    wanted["body"] = b64encode(raw).decode()
                    sign = await client.post(f"{victim.url}/issuer/sign", json=wanted)
                    signed = {"attestation": sign.json()["attestation"]}
                    continue
            except (httpx.HTTPError, json.JSONDecodeError):
                await asyncio.sleep(0.05)
                continue
            if answer.status_code == 503:
                await asyncio.sleep(0.05)
                continue
            assert answer.is_success, f"{url}: {answer.status_code} {answer.text}"
            victim.answered += 1
            return answer.json()


async def chain(client: httpx.AsyncClient, victim: Victim, number: int) -> str:
    """A proposal that the ministry rejects, so that the network is asked."""
    item = {"item": "oven", "name": "Oven", "quantity": 1, "unit_price": 1000 + number}
    proposal = {"kejuruan": "roti-kue", "items": [item], "justification": f"Usulan {number}"}
    drafted = await insist(client, victim, "", "petugas-blk", proposal)
    one, reviewer = f"/{drafted['id']}", "peninjau-kemenaker"
    await insist(client, victim, f"{one}/submission", "petugas-blk", {})
    await insist(client, victim, f"{one}/review", reviewer, {})
    checks = [{"point": point, "met": True} for point in POINTS]
    await insist(client, victim, f"{one}/checklist", reviewer, {"checks": checks})
    rejected = {"decisions": [{"item": "oven", "approved_quantity": 0, "reason": "pagu"}]}
    await insist(client, victim, f"{one}/decision", reviewer, rejected)
    return str(drafted["id"])


@pytest.mark.timeout(600)
@pytest.mark.parametrize("backend", ["embedded", "kafka+mongo"])
async def test_kill_9(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    settings: dict[str, str] = {}
    if backend == "kafka+mongo":
        kafka, mongo = (request.getfixturevalue(f"{n}_server") for n in ("kafka", "mongo"))
        await asyncio.to_thread(empty_kafka, kafka.bootstrap)
        await asyncio.to_thread(empty_mongo, mongo.url)
        settings = {"SINERGI_LOG": f"kafka://{kafka.bootstrap}", "SINERGI_STORE": mongo.url}
    victim = Victim(tmp_path / "data", settings)
    victim.start()
    ids: list[str] = []
    try:
        async with httpx.AsyncClient(timeout=10, trust_env=False) as client:
            await victim.serving(client)
            async with victim.haunted(client):
                numbers = itertools.count()

                async def work() -> None:
                    while (number := next(numbers)) < CHAINS or victim.kills < KILLS:
                        ids.append(await chain(client, victim, number))

                await asyncio.gather(*(work() for _ in range(CLIENTS)))
    finally:
        victim.kill()
    assert victim.kills > KILLS
    assert len(set(ids)) == len(ids) >= CHAINS
    with running(tmp_path / "data", **settings) as system:
        await until(_asked(system, ids), "every rejected proposal has its request", 60)
        events = _events(system)
        verified = system.run("audit", "verify")
        assert verified.returncode == 0, verified.stdout
    for id_ in ids:
        types = [e["type"].split(".")[2] for e in events[f"proposal/{id_}"]]
        assert types == [
            "ProposalDrafted",
            "ProposalSubmitted",
            "ReviewStarted",
            "ChecklistRecorded",
            "ProposalRejected",
        ]
        assert [e["type"].split(".")[2] for e in events[f"support/{id_}"]] == ["SupportRequested"]
    assert sum(s.startswith("proposal/") for s in events) == len(ids)
    assert sum(s.startswith("support/") for s in events) == len(ids)
    print(f"{victim.kills} kills over {5 * len(ids)} commands on {backend}")


def _asked(system: Any, ids: list[str]) -> Any:
    async def check() -> bool:
        events = await asyncio.to_thread(_events, system)
        return all(f"support/{id_}" in events for id_ in ids)

    return check


def _events(system: Any) -> dict[str, list[dict[str, Any]]]:
    """Each stream's events as they first came to the log; a repeat changes nothing."""
    listed = system.run("events", "list")
    assert listed.returncode == 0, listed.stderr
    streams: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in listed.stdout.splitlines():
        event = json.loads(line)
        if event["subject"].startswith("consumer/"):
            continue  # several services have one of this name
        stream = streams[event["subject"]]
        if int(event["sequence"]) <= len(stream):
            assert stream[int(event["sequence"]) - 1]["signature"] == event["signature"]
        else:
            assert int(event["sequence"]) == len(stream) + 1, "an event overtook an earlier one"
            stream.append(event)
    return streams
