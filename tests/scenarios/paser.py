"""The three services in this process, reached through their HTTP applications."""

from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import orjson
from fastapi import FastAPI

from apps.composition.keys import publish
from apps.composition.system import (
    SERVICES,
    TOPICS,
    desk_keys,
    make_dev_keys,
    make_log,
    make_service,
)
from apps.console.issuer import issuer_app
from shared.events.values import wita_day
from shared.kernel.clock import system_clock
from shared.kernel.settings import Settings
from shared.runtime.application import service_app
from shared.runtime.service import Service
from shared.web.authentication import Authenticator
from shared.web.routing import Access
from tests.toy import until

ISSUER = "http://issuer.test/issuer"
TODAY = wita_day(system_clock())


class Paser:
    """A running system; `call` asks as an account, `said` insists on success."""

    def __init__(
        self,
        services: dict[str, Service],
        clients: dict[str, httpx.AsyncClient],
        issuer: Any,
        apps: dict[str, FastAPI],
    ) -> None:
        self.services, self.clients, self._issuer = services, clients, issuer
        self.apps = apps
        self.routes: dict[str, list[Access]] = {n: app.state.roles for n, app in apps.items()}
        self._tokens: dict[str, str] = {}

    async def token(self, account: str) -> str:
        if account not in self._tokens:
            answer = await self._issuer.post("/token", json={"account": account})
            self._tokens[account] = answer.json()["access_token"]
        return self._tokens[account]

    async def call(
        self, account: str, method: str, path: str, body: Any = None, **headers: str
    ) -> httpx.Response:
        """`path` begins with the service: registration/v1/..."""
        service, _, rest = path.partition("/")
        given = {"authorization": f"Bearer {await self.token(account)}", "accept-language": "en"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        content = None if body is None else orjson.dumps(body)
        for _ in range(5):
            answer = await self.clients[service].request(
                method, f"/{rest}", content=content, headers=given
            )
            if answer.status_code != 428 or "attestation" in headers:
                break
            if "attest" in answer.json():
                given["attestation"] = await self.sign(account, answer, content or b"")
            else:
                given["idempotency-key"] = key()
        return answer

    async def sign(self, account: str, asked: httpx.Response, body: bytes) -> str:
        """The header Attestation for what a service asked to be signed."""
        attest = asked.json()["attest"]
        wanted = {"account": account, "attest": attest, "body": b64encode(body).decode()}
        answer = await self._issuer.post("/sign", json=wanted)
        assert answer.is_success, answer.text
        return str(answer.json()["attestation"])

    async def said(self, account: str, path: str, body: Any = None, **headers: str) -> Any:
        answer = await self.call(account, "POST", path, body, **headers)
        assert answer.is_success, f"{path}: {answer.status_code} {answer.text}"
        return answer.json()

    async def refused(self, account: str, path: str, body: Any, status: int, rule: str) -> Any:
        """The refusal, which must have this status and rule and name nothing stored."""
        service = path.partition("/")[0]
        before = await self.size(service)
        answer = await self.call(account, "POST", path, body)
        problem = answer.json()
        assert (answer.status_code, problem.get("rule")) == (status, rule), answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert await self.size(service) == before
        return problem

    async def opened(self, account: str, **changes: Any) -> str:
        """A class of a new programme that takes applications; its id."""
        published = await self.said(account, "registration/v1/programmes", programme())
        drafted = await self.said(
            account, "registration/v1/intakes", plan(published["id"], **changes)
        )
        await self.said(account, f"registration/v1/intakes/{drafted['id']}/opening")
        return str(drafted["id"])

    async def size(self, service: str) -> int:
        """Count the commits that requests made; reactions to them may still be on their way."""
        store = self.services[service].store
        commits = {commit.place: commit for commit in await store.pending(100_000)}
        for partition in await store.sent_ends():
            commits |= {commit.place: commit for commit in await store.sent_from(partition, 0)}
        return sum(commit.cause.startswith("request/") for commit in commits.values())

    async def eventually(self, account: str, path: str, **fields: Any) -> Any:
        """Polls until what stands at the address has these fields."""
        found: Any = None

        async def there() -> bool:
            nonlocal found
            answer = await self.call(account, "GET", path)
            found = answer.json()
            return answer.is_success and all(found.get(k) == v for k, v in fields.items())

        await until(there, f"{path} has {fields}")
        return found


@asynccontextmanager
async def paser(folder: Path, **settings: Any) -> AsyncIterator[Paser]:
    given = Settings(data=folder, react_from="beginning", receipt_seconds=3600, **settings)
    keys = make_dev_keys(given)
    desks = desk_keys(given)
    issuer = httpx.AsyncClient(
        transport=httpx.ASGITransport(issuer_app(ISSUER, folder / "issuer.key", desks)),
        base_url="http://issuer.test",
    )
    outside = httpx.AsyncClient(
        transport=httpx.ASGITransport(_mounted(issuer_app(ISSUER, folder / "issuer.key", desks)))
    )
    authenticator = Authenticator(ISSUER, fetch=outside)
    log = make_log(given)
    async with AsyncExitStack() as stack:
        stack.push_async_callback(issuer.aclose)
        stack.push_async_callback(outside.aclose)
        await log.open()
        stack.push_async_callback(log.close)
        await log.create_topics(TOPICS)
        await publish(keys, log)
        services, clients = {}, {}
        apps: dict[str, FastAPI] = {}
        for name in SERVICES:
            service = services[name] = make_service(name, given, log)
            await stack.enter_async_context(service.run())
            app = apps[name] = service_app(service, authenticator, "test")
            transport = httpx.ASGITransport(app)
            clients[name] = await stack.enter_async_context(
                httpx.AsyncClient(transport=transport, base_url=f"http://{name}.test")
            )
        yield Paser(services, clients, issuer, apps)


def _mounted(app: Any) -> Any:
    from starlette.applications import Starlette
    from starlette.routing import Mount

    return Starlette(routes=[Mount("/issuer", app)])


def programme(**changes: Any) -> dict[str, Any]:
    return {
        "title": "Plate welder SMAW 3G UP/PF",
        "kejuruan": "las",
        "skkni": "C.24LAS01.003.2",
        "hours": 260,
        "local_potential": "Bengkel dan tambang di Paser mencari juru las",
        "tna_reference": "TNA/BLK-PSR/2022/01",
        "entry": {"min_education": "sma", "max_age": 35},
        "equipment": [{"item": "mesin-las", "quantity": 2}],
    } | changes


def plan(programme_id: str, **changes: Any) -> dict[str, Any]:
    return {
        "programme": programme_id,
        "quota": 2,
        "waiting_list": 2,
        "funding": "APBN",
        "registration_opens": str(TODAY - timedelta(days=1)),
        "registration_closes": str(TODAY + timedelta(days=10)),
        "starts_on": str(TODAY + timedelta(days=20)),
        "ends_on": str(TODAY + timedelta(days=50)),
    } | changes


def applicant(intake: str, serial: int, **changes: Any) -> dict[str, Any]:
    return {
        "intake": intake,
        "nik": f"640104170899{serial:04d}",
        "name": "Rahmat Hidayat",
        "birth_date": "1999-08-17",
        "sex": "male",
        "ktp_region": "64.01.04",
        "education": "smk",
        "in_school": False,
        "in_training": False,
        "in_higher_education": False,
        "employed": False,
    } | changes


def key() -> str:
    return str(uuid4())


def partner(code: str, *fields: str) -> dict[str, Any]:
    return {
        "unit": f"BPVP {code}",
        "city": code.title(),
        "agency": f"urn:sinergi:bpvp-{code}",
        "fields": fields,
        "capacity": 64,
    }


def terms(code: str, field: str, *kinds: str) -> dict[str, Any]:
    """An agreement that holds from today for a year."""
    return {
        "partner": code,
        "kinds": kinds,
        "fields": [field],
        "number": f"560/{code}",
        "starts_on": str(TODAY),
        "ends_on": str(TODAY + timedelta(days=365)),
    }
