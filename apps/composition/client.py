"""The HTTP client of a running system: its console, its services and its development issuer."""

import asyncio
import time
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from functools import partial
from typing import Any, NamedTuple, Self
from urllib.parse import quote

import httpx
import orjson
import uuid_utils
from pydantic import BaseModel, ValidationError

_SIGNINGS = 8
_PATIENCE = 60.0
_PAUSE = 1.0
_READ = {"GET", "HEAD"}


class Failed(Exception):
    """The system did not answer, or refused; the message is for a person."""


class Found(BaseModel):
    """A console's answer about its system: the mode, and the address of each service."""

    mode: str
    services: dict[str, str]


class Problem(BaseModel):
    """A refusal as the services write it (RFC 9457)."""

    rule: str = "?"
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.rule}: {self.detail}"


class RowFields(BaseModel):
    """The hashes of a row's fields by path, at a sequence of the row's stream."""

    sequence: int
    fields: dict[str, str]


class _Attestation(BaseModel):
    attestation: str


class _Token(BaseModel):
    access_token: str


class _Request(NamedTuple):
    """A request that can be sent again as it is."""

    method: str
    url: str
    content: bytes | None
    headers: dict[str, str]


class System:
    """Finds the services of a system by the address of its console, and speaks to them.

    Tokens are the one that was given or, in development, those of the built-in issuer by account
    name; the account "" is somebody without one. A request that is answered with 503 is sent
    again after the seconds that Retry-After says, for up to 60 s.
    """

    def __init__(self, url: str, client: httpx.AsyncClient, token: str = "") -> None:
        self._url, self._client, self._token = url.rstrip("/"), client, token
        self._tokens: dict[str, str] = {}
        self.services: dict[str, str] = {}
        self.mode = ""

    @classmethod
    async def find(
        cls,
        url: str,
        client: httpx.AsyncClient,
        services: Mapping[str, str] | None = None,
        token: str = "",
    ) -> Self:
        """Return the system at this address. Raises Failed where there is none.

        `services` are addresses that count instead of those the console tells.
        """
        system = cls(url, client, token)
        answer = await system.console("/v1/system")
        if answer.is_error:
            raise Failed(f"{answer.url} answered {answer.status_code}: {answer.text[:500]}")
        try:
            found = Found.model_validate_json(answer.content)
        except ValidationError as error:
            raise Failed(f"what answers at {system._url} is no console of Sinergi") from error
        system.services, system.mode = dict(services or found.services), found.mode
        return system

    async def console(self, path: str, query: Mapping[str, str] | None = None) -> httpx.Response:
        """Read from the console. Raises Failed only when nothing answers."""
        url = f"{self._url}{path}" + (f"?{httpx.QueryParams(query)}" if query else "")
        try:
            return await self._answer(_Request("GET", url, None, {}))
        except Failed as error:
            raise Failed(f"{error}. Is `sinergi up` running?") from error

    async def token(self, account: str) -> str:
        """Return the account's access token. Raises Failed where there is none to be had."""
        if self._token:
            return self._token
        if account not in self._tokens:
            content = orjson.dumps({"account": account})
            answer = await self._send(_Request("POST", f"{self._url}/issuer/token", content, {}))
            if answer.is_error:
                raise Failed(
                    f"no token for {account}: set SINERGI_TOKEN, or let the console offer the"
                    f" development issuer ({answer.status_code})"
                )
            self._tokens[account] = _Token.model_validate_json(answer.content).access_token
        return self._tokens[account]

    async def call(
        self,
        account: str,
        method: str,
        service: str,
        path: str,
        body: Mapping[str, object] | None = None,
        key: str | None = None,
    ) -> httpx.Response:
        """Send a request as an account. Raises Failed only when nothing answers.

        A command has an Idempotency-Key, a new one where none is given. What the service wants
        signed by the account's agency is signed.
        """
        headers = await self._headers(account)
        if method not in _READ:
            headers["idempotency-key"] = key or new_key()
        content = None if body is None else orjson.dumps(body)
        request = _Request(method, self._at(service, path), content, headers)
        # The stream may move on between the question what to sign and the answer.
        for _ in range(_SIGNINGS):
            answer = await self._send(request)
            if answer.status_code == httpx.codes.PRECONDITION_REQUIRED:
                headers["attestation"] = await self._sign(account, answer, content or b"")
            elif answer.status_code == httpx.codes.PRECONDITION_FAILED and "attestation" in headers:
                del headers["attestation"]
            else:
                break
        return answer

    async def send(
        self, account: str, service: str, path: str, body: bytes, media: str
    ) -> httpx.Response:
        """Send a body that is no JSON, as an account. Raises Failed only when nothing answers.

        A service that was away may get it twice.
        """
        headers = {**await self._headers(account), "content-type": media}
        return await self._send(_Request("POST", self._at(service, path), body, headers))

    async def fields(self, service: str, table: str, key: str) -> RowFields | None:
        """Return the hashes of a row's fields; None when there is no such row. Raises Failed."""
        query = f"?table={quote(table, safe='')}&key={quote(key, safe='')}"
        answer = await self.call("auditor", "GET", service, f"/v1/digests/row{query}")
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        if answer.is_error:
            raise Failed(f"{service} does not give a row's fields: {answer.text[:300]}")
        return RowFields.model_validate_json(answer.content)

    async def digests(self, service: str) -> AsyncIterator[Mapping[str, Any]]:
        """Yield a service's digest lines (shared.web.digests.stream). Raises Failed."""
        url, headers = self._at(service, "/v1/digests"), await self._headers("auditor")
        try:
            async with self._client.stream("GET", url, headers=headers) as answer:
                if answer.is_error:
                    raise Failed(f"{url} answered {answer.status_code}")
                async for line in answer.aiter_lines():
                    yield orjson.loads(line)
        except httpx.HTTPError as error:
            raise Failed(f"its digests cannot be read: {error!r}") from error

    def _at(self, service: str, path: str) -> str:
        if service not in self.services:
            raise Failed(f"there is no service {service} in the system at {self._url}")
        return self.services[service] + path

    async def _headers(self, account: str) -> dict[str, str]:
        headers = {"accept-language": "id"}
        if account:
            headers["authorization"] = f"Bearer {await self.token(account)}"
        return headers

    async def _send(self, request: _Request) -> httpx.Response:
        """Send a request, again and again while the answer is 503 and the time is not over."""
        deadline = time.monotonic() + _PATIENCE
        while True:
            answer = await self._answer(request)
            pause = retry_after(answer)
            if pause is None or time.monotonic() + pause > deadline:
                return answer
            await asyncio.sleep(pause)

    async def _answer(self, request: _Request) -> httpx.Response:
        """Return the answer to a request. Raises Failed when nothing answers.

        A server may close a kept connection at the instant at which it is used again: then the
        request is sent once more. It takes effect once all the same, since it only reads, or has
        an Idempotency-Key, or is a table whose rows have them.
        """
        method, url, content, headers = request
        if content is not None:
            headers = {"content-type": "application/json", **headers}
        send = partial(self._client.request, method, url, content=content, headers=headers)
        try:
            try:
                return await send()
            except (httpx.ReadError, httpx.RemoteProtocolError):
                return await send()
        except httpx.HTTPError as error:
            raise Failed(f"nothing answers at {url}: {error!r}") from error

    async def _sign(self, account: str, asked: httpx.Response, body: bytes) -> str:
        """Sign as an agency's own system would: the development issuer holds the demo's desks."""
        wanted = {
            "account": account,
            "attest": asked.json()["attest"],
            "body": b64encode(body).decode(),
        }
        url = f"{self._url}/issuer/sign"
        answer = await self._send(_Request("POST", url, orjson.dumps(wanted), {}))
        if answer.is_error:
            raise Failed(f"nobody signs for {account}: {answer.status_code} {answer.text[:300]}")
        return _Attestation.model_validate_json(answer.content).attestation


def new_key() -> str:
    """Return an Idempotency-Key; a UUIDv7 keeps the ids that come from it in order."""
    return str(uuid_utils.uuid7())


def retry_after(answer: httpx.Response) -> float | None:
    """Return the seconds after which a 503 may be tried again; None for any other answer."""
    if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
        return None
    told = answer.headers.get("retry-after", "")
    return float(told) if told.isdigit() else _PAUSE


def problem_of(answer: httpx.Response) -> Problem:
    """Return the refusal that an answer holds; an empty one where it holds none."""
    try:
        return Problem.model_validate_json(answer.content)
    except ValidationError:
        return Problem(detail=answer.text[:300])
