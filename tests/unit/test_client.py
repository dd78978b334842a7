"""The HTTP client of a running system: it waits as it is told, and does nothing twice."""

import json
import time

import httpx
import pytest

from apps.composition import client as client_module
from apps.composition.client import Failed, System

URL = "http://console.invalid"
SERVICE = f"{URL}/registration"


class Server:
    """Answers as a console, and as a service that is away for a while."""

    def __init__(self, away: int, retry_after: str | None = "0") -> None:
        self.away, self.retry_after = away, retry_after
        self.asked: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/system":
            return httpx.Response(200, json={"mode": "test", "services": {"registration": SERVICE}})
        if request.url.path == "/issuer/token":
            account = json.loads(request.content)["account"]
            return httpx.Response(200, json={"access_token": f"token of {account}"})
        self.asked.append(request)
        if len(self.asked) <= self.away:
            headers = {"retry-after": self.retry_after} if self.retry_after else {}
            return httpx.Response(503, headers=headers, json={"rule": "unavailable"})
        return httpx.Response(200, json={"id": "p1"})


def client_of(server: Server) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.MockTransport(server))


async def test_a_command_is_sent_again_with_its_key_while_the_service_is_away() -> None:
    server = Server(away=3)
    async with client_of(server) as client:
        system = await System.find(URL, client)
        answer = await system.call("kepala-blk", "POST", "registration", "/v1/programmes", {"a": 1})
    assert answer.json() == {"id": "p1"}
    assert len(server.asked) == 4
    assert len({request.headers["idempotency-key"] for request in server.asked}) == 1
    assert {request.content for request in server.asked} == {b'{"a":1}'}
    assert {r.headers["authorization"] for r in server.asked} == {"Bearer token of kepala-blk"}


async def test_it_waits_for_as_long_as_retry_after_says() -> None:
    server, began = Server(away=1, retry_after="1"), time.monotonic()
    async with client_of(server) as client:
        system = await System.find(URL, client)
        await system.call("", "GET", "registration", "/v1/programmes")
    assert time.monotonic() - began >= 1
    assert "authorization" not in server.asked[0].headers


async def test_a_service_that_stays_away_is_given_up_at_the_deadline(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(client_module, "_PATIENCE", 0.5)
    monkeypatch.setattr(client_module, "_PAUSE", 0.2)
    server = Server(away=1000, retry_after=None)
    async with client_of(server) as client:
        system = await System.find(URL, client)
        answer = await system.call("", "GET", "registration", "/v1/programmes")
    assert answer.status_code == 503
    assert 1 < len(server.asked) <= 4


async def test_a_service_that_would_be_back_after_the_deadline_is_not_waited_for() -> None:
    server = Server(away=1000, retry_after="3600")
    async with client_of(server) as client:
        system = await System.find(URL, client)
        assert (await system.call("", "GET", "registration", "/v1/x")).status_code == 503
    assert len(server.asked) == 1


async def test_what_is_no_console_is_said_to_be_none() -> None:
    def other(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, text="<html>hello</html>")

    async with httpx.AsyncClient(transport=httpx.MockTransport(other)) as client:
        with pytest.raises(Failed, match="is no console of Sinergi"):
            await System.find(URL, client)


async def test_a_service_that_the_system_has_not_is_named() -> None:
    async with client_of(Server(away=0)) as client:
        system = await System.find(URL, client)
        with pytest.raises(Failed, match="there is no service kitchen"):
            await system.call("", "GET", "kitchen", "/v1/x")


@pytest.mark.parametrize("closed", [httpx.ReadError(""), httpx.RemoteProtocolError("closed")])
async def test_a_command_whose_connection_was_closed_is_sent_once_more(
    closed: httpx.TransportError,
) -> None:
    server, keys = Server(away=0), []

    def closing(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/v1/programmes"):
            keys.append(request.headers["idempotency-key"])
            if len(keys) == 1:
                raise closed
        return server(request)

    async with httpx.AsyncClient(transport=httpx.MockTransport(closing)) as client:
        system = await System.find(URL, client)
        answer = await system.call("kepala-blk", "POST", "registration", "/v1/programmes", {})
    assert answer.json() == {"id": "p1"}
    assert len(keys) == 2
    assert len(set(keys)) == 1


async def test_a_server_that_always_closes_the_connection_is_given_up() -> None:
    asked = []

    def closing(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        raise httpx.ReadError("")

    async with httpx.AsyncClient(transport=httpx.MockTransport(closing)) as client:
        with pytest.raises(Failed, match="nothing answers"):
            await System.find(URL, client)
    assert len(asked) == 2
