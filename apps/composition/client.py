"""A running system as its users meet it: over HTTP."""

import os
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from typing import Any, Self
from urllib.parse import quote

import httpx
import orjson

from apps.audit.live import CannotCheck

_SIGNINGS = 8


class Failed(Exception):
    """The system did not answer, or refused; the message is for a person."""


class System:
    """Finds the services of a system by the address of its console, and speaks to them.

    Tokens come from SINERGI_TOKEN or, in development, from the built-in issuer by account name.
    """

    def __init__(self, url: str, client: httpx.AsyncClient) -> None:
        self._url, self._client = url.rstrip("/"), client
        self._tokens: dict[str, str] = {}
        self.services: dict[str, str] = {}
        self.mode = ""

    @classmethod
    async def find(
        cls, url: str, client: httpx.AsyncClient, services: Mapping[str, str] | None = None
    ) -> Self:
        """`services` are addresses that count instead of those the console tells.

        Raises Failed when there is no system at this address.
        """
        system = cls(url, client)
        found = await system._get(f"{system._url}/v1/system")
        system.services, system.mode = dict(services or found["services"]), found["mode"]
        return system

    async def _get(self, url: str, **options: Any) -> Any:
        try:
            answer = await self._client.get(url, **options)
        except httpx.HTTPError as error:
            raise Failed(
                f"nothing answers at {url}: {error!r}. Is `sinergi up` running?"
            ) from error
        if answer.is_error:
            raise Failed(f"{url} answered {answer.status_code}: {answer.text[:500]}")
        return answer.json()

    async def token(self, account: str) -> str:
        """Raises Failed where there is neither SINERGI_TOKEN nor a development issuer."""
        if given := os.environ.get("SINERGI_TOKEN"):
            return given
        if account not in self._tokens:
            answer = await self._client.post(f"{self._url}/issuer/token", json={"account": account})
            if answer.is_error:
                raise Failed(
                    f"no token for {account}: set SINERGI_TOKEN, or let the console offer the"
                    f" development issuer ({answer.status_code})"
                )
            self._tokens[account] = answer.json()["access_token"]
        return self._tokens[account]

    async def call(
        self,
        account: str,
        method: str,
        service: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        key: str | None = None,
    ) -> httpx.Response:
        """One request as an account. Raises Failed only when nothing answers."""
        headers = {"authorization": f"Bearer {await self.token(account)}", "accept-language": "id"}
        if key:
            headers["idempotency-key"] = key
        content = None if body is None else orjson.dumps(body)
        url = self.services[service] + path
        # The stream may move on between the question what to sign and the answer.
        for _ in range(_SIGNINGS):
            answer = await self._request(method, url, content, headers)
            if answer.status_code == httpx.codes.PRECONDITION_REQUIRED:
                headers["attestation"] = await self._sign(account, answer, content or b"")
            elif answer.status_code == httpx.codes.PRECONDITION_FAILED and "attestation" in headers:
                del headers["attestation"]
            else:
                break
        return answer

    async def _request(
        self, method: str, url: str, content: bytes | None, headers: Mapping[str, str]
    ) -> httpx.Response:
        json = {"content-type": "application/json"} if content is not None else {}
        try:
            return await self._client.request(
                method, url, content=content, headers={**headers, **json}
            )
        except httpx.HTTPError as error:
            raise Failed(f"nothing answers at {url}: {error!r}") from error

    async def _sign(self, account: str, asked: httpx.Response, body: bytes) -> str:
        """As an agency's own system would: the development issuer holds the demo's desks."""
        wanted = {
            "account": account,
            "attest": asked.json()["attest"],
            "body": b64encode(body).decode(),
        }
        url = f"{self._url}/issuer/sign"
        answer = await self._request("POST", url, orjson.dumps(wanted), {})
        if answer.is_error:
            raise Failed(f"nobody signs for {account}: {answer.status_code} {answer.text[:300]}")
        return str(answer.json()["attestation"])

    async def send(
        self, account: str, service: str, path: str, body: bytes, media: str
    ) -> httpx.Response:
        """A body that is no JSON, as an account. Raises Failed only when nothing answers."""
        headers = {
            "authorization": f"Bearer {await self.token(account)}",
            "accept-language": "id",
            "content-type": media,
        }
        url = self.services[service] + path
        try:
            return await self._client.post(url, content=body, headers=headers)
        except httpx.HTTPError as error:
            raise Failed(f"nothing answers at {url}: {error!r}") from error

    async def fields(self, service: str, table: str, key: str) -> Mapping[str, Any] | None:
        """The hashes of a row's fields; None when there is no such row. Raises Failed."""
        query = f"?table={quote(table, safe='')}&key={quote(key, safe='')}"
        answer = await self.call("auditor", "GET", service, f"/v1/digests/row{query}")
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        if answer.is_error:
            raise Failed(f"{service} does not give a row's fields: {answer.text[:300]}")
        found: Mapping[str, Any] = answer.json()
        return found

    async def digests(self, service: str) -> AsyncIterator[Mapping[str, Any]]:
        """A service's digest lines. Raises CannotCheck."""
        try:
            headers = {"authorization": f"Bearer {await self.token('auditor')}"}
            url = f"{self.services[service]}/v1/digests"
            async with self._client.stream("GET", url, headers=headers) as answer:
                if answer.is_error:
                    raise CannotCheck(f"{url} answered {answer.status_code}")
                async for line in answer.aiter_lines():
                    yield orjson.loads(line)
        except (httpx.HTTPError, Failed, KeyError) as error:
            raise CannotCheck(f"its digests cannot be read: {error!r}") from error
