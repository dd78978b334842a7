"""The live timeline: every event on the log while the demo plays, and what caused it."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table
from rich.text import Text

from apps.composition.client import Failed
from shared.events.values import WITA

WIDTH = 100
_PAGE = 200
_PAUSE = 0.15
_PATIENCE = 60.0
_LULL = 2.0
_AGENCIES = {
    "urn:sinergi:blk-paser": ("BLK Paser", "green"),
    "urn:sinergi:kemenaker": ("Kemenaker", "cyan"),
    "urn:sinergi:bpvp-network": ("BPVP", "magenta"),
}
# One for each applicant: counted, not shown one by one.
_MANY = {
    "ApplicantRegistered",
    "ApplicantListed",
    "ApplicationDeclined",
    "DocumentAttached",
    "ApplicationVerified",
    "ApplicantScored",
    "CandidateEntered",
    "SeatOffered",
    "ApplicantWaitlisted",
    "SeatClaimed",
    "PersonFileOpened",
    "TrainingReserved",
    "SeatGranted",
    "SeatConfirmed",
    "ReferralAsked",
    "ReferralAnswered",
    "WillingnessNoted",
    "ApplicantReferred",
    "CandidateLeft",
    "AssetRegistered",
    "AssetAttached",
    "AttendanceRecorded",
    "AssessmentRecommended",
    "ParticipantAssessed",
    "TrainingFinished",
    "TrainingReleased",
    "CertificateIssued",
    "ApplicantCertified",
    "FollowUpOpened",
    "GraduatePlaced",
}
_ROUTINE = {"EventsAcknowledged", "ReactionsActivated"}
_ALARMS = {"RecordParked", "SeatRefused", "SeatLost", "SupportExpired", "ReviewOverdue"}

Item = Mapping[str, Any]


class Timeline:
    """Follows the console's list of events and prints it.

    Events are shown one reading late: by then the answer to the request that caused an event has
    come, so that it can be named by the account that asked.
    """

    def __init__(self, url: str, client: httpx.AsyncClient, console: Console) -> None:
        self._url, self._client, self._console = url.rstrip("/"), client, console
        self._after = ""
        self._held: list[Item] = []
        self._names: dict[str, str] = {}
        self._asked: dict[tuple[str, int], str] = {}
        self._unseen: set[tuple[str, int]] = set()
        self._seen: set[tuple[str, int]] = set()
        self._many: Counter[tuple[str, str]] = Counter()
        self._task: asyncio.Task[None] | None = None
        self.events = 0

    def witness(self, account: str, stream: str, sequence: int) -> None:
        """An account brought about an event, which must therefore come to the log."""
        self._asked[stream, sequence] = account
        if (stream, sequence) not in self._seen:
            self._unseen.add((stream, sequence))

    @asynccontextmanager
    async def following(self) -> AsyncIterator[None]:
        """Prints while the context is open, from the log's present end on. Raises Failed."""
        await self._console_ready()
        while self._remember(await self._read()):
            pass
        self._task = asyncio.create_task(self._follow(), name="timeline")
        try:
            yield
        finally:
            self._task.cancel()
            # What it may have failed with, whoever has caught up knows.
            await asyncio.gather(self._task, return_exceptions=True)
            self._show(self._held)
            self._summarise()

    async def caught_up(self) -> None:
        """Task until all that was answered has been seen on the log and shown. Raises Failed."""
        began = time.monotonic()
        while self._unseen or (self._held and time.monotonic() < began + _LULL):
            if self._task is not None and self._task.done():
                self._task.result()
            if time.monotonic() > began + _PATIENCE:
                stream, sequence = min(self._unseen)
                raise Failed(
                    f"{len(self._unseen)} events that were answered are not on the log after"
                    f" {_PATIENCE:.0f} s, among them event {sequence} of {stream}"
                )
            await asyncio.sleep(_PAUSE / 3)
        self._summarise()

    async def _follow(self) -> None:
        while True:
            items = self._remember(await self._read())
            self._show(self._held)
            self._held = items
            if not items:
                await asyncio.sleep(_PAUSE)

    async def _console_ready(self) -> None:
        """Task until the console has read the log to its end: older events are no news."""
        deadline = time.monotonic() + _PATIENCE
        while (answer := await self._get("/readyz", {})).is_error:
            if time.monotonic() > deadline:
                raise Failed(f"the console at {self._url} is not ready: {answer.text[:300]}")
            await asyncio.sleep(_PAUSE)

    async def _read(self) -> list[Item]:
        after = {"after": self._after} if self._after else {}
        answer = await self._get("/v1/events", {"limit": str(_PAGE), **after})
        if answer.is_error:
            raise Failed(
                f"{self._url}/v1/events answered {answer.status_code}: {answer.text[:300]}"
            )
        page = answer.json()
        self._after = page.get("next") or self._after
        items: list[Item] = page["items"]
        return items

    async def _get(self, path: str, query: Mapping[str, str]) -> httpx.Response:
        try:
            return await self._client.get(f"{self._url}{path}", params=dict(query))
        except httpx.HTTPError as error:
            raise Failed(f"nothing answers at {self._url}{path}: {error!r}") from error

    def _remember(self, items: list[Item]) -> list[Item]:
        """Those that are new, from now on known as a cause of others.

        A console that was restarted tells them again.
        """
        new = []
        for item in items:
            reference = f"{item['source']}/{item['subject']}/{item['sequence']}"
            if reference not in self._names:
                id_ = item["subject"].partition("/")[2]
                self._names[reference] = f"{item['event']} {_tail(id_)}"
                new.append(item)
        return new

    def _show(self, items: list[Item]) -> None:
        for item in items:
            name, place = item["event"], (item["subject"], int(item["sequence"]))
            self._seen.add(place)
            self._unseen.discard(place)
            if name in _ROUTINE:
                continue
            self.events += 1
            if name in _MANY:
                self._many[item["source"], name] += 1
                continue
            self._summarise()
            self._line(item)

    def _line(self, item: Item) -> None:
        agency, colour = _agency(item["source"])
        clock = datetime.fromisoformat(item["time"]).astimezone(WITA).strftime("%H:%M:%S.%f")[:12]
        line = Text(f"  {clock} ", style="dim")
        line.append(f"{agency:<9} ", style=f"not dim {colour}")
        alarming = item["event"] in _ALARMS
        line.append(
            f"{item['event']:<27} ", style="not dim bold red" if alarming else "not dim bold"
        )
        line.append(f"{short(item['subject']):<20} ", style="not dim")
        line.append(f"← {self._cause(item)}")
        line.truncate(WIDTH, overflow="ellipsis")
        self._console.print(line, no_wrap=True)

    def _summarise(self) -> None:
        """The line of those that are not shown one by one."""
        for source in dict.fromkeys(source for source, _ in self._many):
            agency, colour = _agency(source)
            sign = Text("             … ", style="dim")
            sign.append(f"{agency:<9} ", style=f"not dim {colour}")
            counts = ", ".join(
                f"{count} × {name}" for (of, name), count in self._many.items() if of == source
            )
            self._console.print(indented(sign, counts))
        self._many.clear()

    def _cause(self, item: Item) -> str:
        cause = str(item["causationid"])
        if cause.startswith("request/"):
            return self._asked.get((item["subject"], int(item["sequence"])), "a request")
        if cause.startswith("timer/"):
            return "a deadline"
        return self._names.get(cause, cause)


def short(stream: str) -> str:
    """A stream for people: of a long id only the end, which is what differs."""
    kind, _, id_ = stream.partition("/")
    return f"{kind}/{_tail(id_)}"


def indented(sign: str | Text, words: str | Text) -> Table:
    """Words behind a sign, their further lines below the first."""
    grid = Table.grid()
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(
        Text(sign) if isinstance(sign, str) else sign,
        Text(words) if isinstance(words, str) else words,
    )
    return grid


def _tail(id_: str) -> str:
    return id_ if len(id_) <= 12 else f"…{id_[-6:]}"


def _agency(source: str) -> tuple[str, str]:
    return _AGENCIES.get(source, (source.rpartition(":")[2][:9], "yellow"))
