"""The demo's hands: what a person at a screen does with the system, and how long they wait."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
import uuid_utils

from apps.composition.client import Failed, System

AT_ONCE = 8
PAGE = 200
_PATIENCE = 30.0
_PAUSE, _LONGEST_PAUSE = 0.1, 1.0

T = TypeVar("T")
Witness = Callable[[str, str, int], None]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command brought about, and the headers of the answer."""

    id: str
    stream: str
    sequence: int
    events: Mapping[str, Mapping[str, Any]]
    headers: Mapping[str, str]

    def event(self, name: str) -> Mapping[str, Any]:
        """The data of an event that must be there. Raises Failed."""
        if name not in self.events:
            raise Failed(
                f"{self.stream}: {name} was expected, but there came {', '.join(self.events)}"
            )
        return self.events[name]


class Desk:
    """Speaks to the services as the demo's accounts; every command has an Idempotency-Key.

    The account "" is somebody without one, who sends no token. `witness` hears of each event that
    an account brought about: account, stream, sequence.
    """

    def __init__(self, system: System, client: httpx.AsyncClient, witness: Witness) -> None:
        self._system, self._client, self._witness = system, client, witness

    async def ask(
        self,
        account: str,
        service: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        key: str | None = None,
    ) -> Answer:
        """Commands something that must succeed. Raises Failed with what the service said."""
        answer = await self._post(account, service, path, body, key)
        if answer.is_error:
            raise Failed(
                f"{account or 'somebody'} asked {service} for {path} and was refused"
                f" ({answer.status_code}): {_said(answer)}"
            )
        done = answer.json()
        events = {event["type"].split(".")[2]: event for event in done["events"]}
        for event in done["events"]:
            self._witness(account, done["stream"], event["sequence"])
        data = {name: event["data"] for name, event in events.items()}
        return Answer(done["id"], done["stream"], done["sequence"], data, answer.headers)

    async def refused(
        self,
        account: str,
        service: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        rule: str,
    ) -> str:
        """Asks for what this rule must refuse; the words that the person reads. Raises Failed."""
        answer = await self._post(account, service, path, body, None)
        if not answer.is_error:
            raise Failed(f"{service} accepted from {account} at {path} what {rule} should refuse")
        problem = _problem(answer)
        if problem.get("rule") != rule:
            raise Failed(f"{service} refused {path}, but not by {rule}: {_said(answer)}")
        return str(problem["detail"])

    async def find(self, account: str, service: str, path: str) -> dict[str, Any] | None:
        """What there is to read; None for what there is not. Raises Failed."""
        answer = await self._patiently(
            lambda: self._call(account, "GET", service, path), lambda _: False
        )
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        if answer.is_error:
            raise Failed(f"{account} may not read {service} {path}: {_said(answer)}")
        found: dict[str, Any] = answer.json()
        return found

    async def read(self, account: str, service: str, path: str) -> dict[str, Any]:
        """What must be there to read. Raises Failed."""
        found = await self.find(account, service, path)
        if found is None:
            raise Failed(f"{service} knows nothing of {path}")
        return found

    async def rows(self, account: str, service: str, path: str) -> list[dict[str, Any]]:
        """All pages of a list. Raises Failed."""
        items: list[dict[str, Any]] = []
        mark, after = "&" if "?" in path else "?", ""
        while True:
            cursor = f"&after={quote(after, safe='')}" if after else ""
            page = await self.read(account, service, f"{path}{mark}limit={PAGE}{cursor}")
            items += page["items"]
            after = page.get("next") or ""
            if not after:
                return items

    async def _post(
        self,
        account: str,
        service: str,
        path: str,
        body: Mapping[str, Any] | None,
        key: str | None,
    ) -> httpx.Response:
        key = key or new_key()
        return await self._patiently(
            lambda: self._call(account, "POST", service, path, body, key),
            lambda problem: problem.get("rule") == "not-yet",
        )

    async def look(
        self, account: str, service: str, path: str, body: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Asks a question that needs a body, and changes nothing. Raises Failed."""
        answer = await self._post(account, service, path, body, None)
        if answer.is_error:
            raise Failed(f"{service} did not answer {path}: {_said(answer)}")
        found: dict[str, Any] = answer.json()
        return found

    async def _call(
        self,
        account: str,
        method: str,
        service: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        key: str | None = None,
    ) -> httpx.Response:
        if account:
            return await self._system.call(account, method, service, path, body, key)
        url = self._system.services[service] + path
        headers = {"accept-language": "id"} | ({"idempotency-key": key} if key else {})
        try:
            return await self._client.request(method, url, json=body, headers=headers)
        except httpx.HTTPError as error:
            raise Failed(f"nothing answers at {url}: {error!r}") from error

    async def _patiently(
        self,
        call: Callable[[], Awaitable[httpx.Response]],
        again: Callable[[Mapping[str, Any]], bool],
    ) -> httpx.Response:
        """Repeats the same request while the service says that it is too early for it."""
        deadline = time.monotonic() + _PATIENCE
        while True:
            answer = await call()
            early = answer.status_code == httpx.codes.SERVICE_UNAVAILABLE
            if not early and not (answer.is_error and again(_problem(answer))):
                return answer
            if time.monotonic() > deadline:
                return answer
            await asyncio.sleep(_PAUSE)


def new_key() -> str:
    """An Idempotency-Key; a UUIDv7 keeps the ids that come from it in order."""
    return str(uuid_utils.uuid7())


async def until(
    agency: str,
    expected: str,
    read: Callable[[], Awaitable[T]],
    holds: Callable[[T], bool],
    shown: Callable[[T], object] = repr,
    seconds: float = 90.0,
) -> T:
    """What was read, as soon as it holds. Raises Failed at the deadline."""
    deadline, pause = time.monotonic() + seconds, _PAUSE
    while True:
        found = await read()
        if holds(found):
            return found
        if time.monotonic() > deadline:
            raise Failed(
                f"{agency} did not reach the expected state within {seconds:.0f} s: expected"
                f" {expected}; reached: {shown(found)}"
            )
        await asyncio.sleep(pause)
        pause = min(pause * 1.5, _LONGEST_PAUSE)


async def each(items: Iterable[T], do: Callable[[T], Awaitable[None]]) -> None:
    """Does all of them, several at a time. Raises the first Failed."""
    waiting = iter(items)

    async def work() -> None:
        for item in waiting:
            await do(item)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(work())
    except* Failed as failures:
        raise failures.exceptions[0] from None


def _problem(answer: httpx.Response) -> Mapping[str, Any]:
    try:
        problem = answer.json()
    except ValueError:
        return {}
    return problem if isinstance(problem, dict) else {}


def _said(answer: httpx.Response) -> str:
    problem = _problem(answer)
    return f"{problem.get('rule', '?')}: {problem.get('detail', answer.text[:300])}"
