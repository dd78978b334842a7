"""The demo's hands: act as a person at a screen would, and wait as long as they would."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import quote

import httpx
import orjson
from pydantic import BaseModel

from apps.composition.client import Failed, System, new_key, problem_of
from shared.events.base import Event
from shared.web.responses import Committed

AT_ONCE = 8
PAGE = 200
_PATIENCE = 30.0
_PAUSE, _LONGEST_PAUSE = 0.1, 1.0

T = TypeVar("T")
E = TypeVar("E", bound=Event)
M = TypeVar("M", bound=BaseModel)
Body = Mapping[str, object]
Witness = Callable[[str, str, int], None]


class Page(BaseModel, Generic[M]):
    """A page of a list; `next` is the cursor of the following one."""

    items: list[M]
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The events that a command brought about, and the headers of the answer."""

    done: Committed
    headers: Mapping[str, str]

    @property
    def id(self) -> str:
        return self.done.id

    def has(self, kind: type[Event]) -> bool:
        """Return whether there is an event of this type."""
        return self._data(kind) is not None

    def event(self, kind: type[E]) -> E:
        """Return the event of this type, which must be there. Raises Failed."""
        data = self._data(kind)
        if data is None:
            came = ", ".join(_name(event.type) for event in self.done.events)
            raise Failed(f"{self.done.stream}: {kind.__name__} was expected, but there came {came}")
        return kind.of(orjson.dumps(data))

    def _data(self, kind: type[Event]) -> object | None:
        found = (event.data for event in self.done.events if _name(event.type) == kind.__name__)
        return next(found, None)


def _name(type_: str) -> str:
    return type_.split(".")[2]


class Desk:
    """Speaks to the services as the demo's accounts.

    The account "" is somebody without one, who sends no token. `witness` hears of each event that
    an account brought about: account, stream, sequence.
    """

    def __init__(self, system: System, witness: Witness) -> None:
        self._system, self._witness = system, witness

    async def ask(
        self,
        account: str,
        service: str,
        path: str,
        body: Body | None = None,
        *,
        key: str | None = None,
    ) -> Answer:
        """Command something that must succeed. Raises Failed with what the service said."""
        answer = await self._post(account, service, path, body, key)
        if answer.is_error:
            raise Failed(
                f"{account or 'somebody'} asked {service} for {path} and was refused"
                f" ({answer.status_code}): {problem_of(answer)}"
            )
        done = Committed.model_validate_json(answer.content)
        for event in done.events:
            self._witness(account, done.stream, event.sequence)
        return Answer(done, answer.headers)

    async def refused(
        self, account: str, service: str, path: str, body: Body | None = None, *, rule: str
    ) -> str:
        """Ask for what this rule must refuse; return the words that the person reads.

        Raises Failed.
        """
        answer = await self._post(account, service, path, body, None)
        if not answer.is_error:
            raise Failed(f"{service} accepted from {account} at {path} what {rule} should refuse")
        problem = problem_of(answer)
        if problem.rule != rule:
            raise Failed(f"{service} refused {path}, but not by {rule}: {problem}")
        return problem.detail

    async def find(self, kind: type[M], account: str, service: str, path: str) -> M | None:
        """Read what may be there; None for what is not. Raises Failed."""
        answer = await self._system.call(account, "GET", service, path)
        if answer.status_code == httpx.codes.NOT_FOUND:
            return None
        if answer.is_error:
            raise Failed(f"{account} may not read {service} {path}: {problem_of(answer)}")
        return kind.model_validate_json(answer.content)

    async def read(self, kind: type[M], account: str, service: str, path: str) -> M:
        """Read what must be there. Raises Failed."""
        found = await self.find(kind, account, service, path)
        if found is None:
            raise Failed(f"{service} knows nothing of {path}")
        return found

    async def rows(self, kind: type[M], account: str, service: str, path: str) -> list[M]:
        """Read all pages of a list. Raises Failed."""
        items: list[M] = []
        mark, after = "&" if "?" in path else "?", ""
        while True:
            cursor = f"&after={quote(after, safe='')}" if after else ""
            at = f"{path}{mark}limit={PAGE}{cursor}"
            page = await self.read(Page[kind], account, service, at)  # type: ignore[valid-type]
            items += page.items
            after = page.next or ""
            if not after:
                return items

    async def look(self, kind: type[M], account: str, service: str, path: str, body: Body) -> M:
        """RequestContext a question that needs a body, and changes nothing. Raises Failed."""
        answer = await self._post(account, service, path, body, None)
        if answer.is_error:
            raise Failed(f"{service} did not answer {path}: {problem_of(answer)}")
        return kind.model_validate_json(answer.content)

    async def _post(
        self, account: str, service: str, path: str, body: Body | None, key: str | None
    ) -> httpx.Response:
        """Send the same request again while the service says that it is too early for it."""
        key, deadline = key or new_key(), time.monotonic() + _PATIENCE
        while True:
            answer = await self._system.call(account, "POST", service, path, body, key)
            early = answer.is_error and problem_of(answer).rule == "not-yet"
            if not early or time.monotonic() > deadline:
                return answer
            await asyncio.sleep(_PAUSE)


async def until(
    agency: str,
    expected: str,
    read: Callable[[], Awaitable[T]],
    holds: Callable[[T], bool],
    shown: Callable[[T], object] = repr,
    seconds: float = 90.0,
) -> T:
    """Return what was read as soon as it holds. Raises Failed at the deadline."""
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
    """Do it with all of them, several at a time. Raises the first Failed."""
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
