"""The live timeline: the demo's own events as they come to the log, and their causes."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text

from apps.composition.client import Failed, System
from apps.demo.answers import Happened, Happenings
from shared.events.values import WITA

WIDTH = 100
_PAGE = 200
_PAUSE = 0.15
_PATIENCE = 60.0
_LULL = 2.0
_FOREIGN = 2000
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

Place = tuple[str, int]


class Timeline:
    """Follows the console's list of events and prints those of this run.

    An event is of this run when one of its accounts has asked for it, or when it has the same
    correlation as such an event. It is shown one reading late: by then the answer to the request
    that caused it has come, mostly; what others do on the same system is left out.
    """

    def __init__(self, system: System, console: Console) -> None:
        self._system, self._console = system, console
        self._after = ""
        self._held: list[Happened] = []
        self._names: dict[str, str] = {}
        self._asked: dict[Place, str] = {}
        self._unseen: set[Place] = set()
        self._own: set[str] = set()
        # Of these it is not known that they are of this run; by correlation, oldest first.
        self._foreign: dict[str, list[Happened]] = {}
        self._correlations: dict[Place, str] = {}
        self._many: Counter[tuple[str, str]] = Counter()
        self._task: asyncio.Task[None] | None = None
        self.events = 0

    def witness(self, account: str, stream: str, sequence: int) -> None:
        """Note that an account brought about an event, which must therefore come to the log."""
        place = stream, sequence
        self._asked[place] = account
        correlation = self._correlations.get(place)
        if correlation is None:
            self._unseen.add(place)
            return
        self._own.add(correlation)
        self._held += self._foreign.pop(correlation, [])

    @asynccontextmanager
    async def following(self) -> AsyncIterator[None]:
        """Print while the context is open, from the log's present end on. Raises Failed."""
        await self._console_ready()
        while self._remember(await self._read()):
            self._correlations.clear()
        self._task = asyncio.create_task(self._follow(), name="timeline")
        try:
            yield
        finally:
            self._task.cancel()
            # What it may have failed with, whoever has caught up knows.
            await asyncio.gather(self._task, return_exceptions=True)
            self._show(self._take())
            self._summarise()

    async def caught_up(self) -> None:
        """Wait until all that was answered has been seen on the log and shown. Raises Failed."""
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
            self._show(self._take())
            self._held += items
            if not items:
                await asyncio.sleep(_PAUSE)

    def _take(self) -> list[Happened]:
        """Take those of the held that are of this run; the others wait to be known as such."""
        own = []
        for item in self._held:
            if item.correlationid in self._own:
                own.append(item)
            else:
                self._foreign.setdefault(item.correlationid, []).append(item)
        self._held = []
        while len(self._foreign) > _FOREIGN:
            del self._foreign[next(iter(self._foreign))]
        return own

    async def _console_ready(self) -> None:
        """Wait until the console has read the log to its end: older events are no news."""
        deadline = time.monotonic() + _PATIENCE
        while (answer := await self._system.console("/readyz")).is_error:
            if time.monotonic() > deadline:
                raise Failed(f"the console at {answer.url} is not ready: {answer.text[:300]}")
            await asyncio.sleep(_PAUSE)

    async def _read(self) -> list[Happened]:
        after = {"after": self._after} if self._after else {}
        answer = await self._system.console("/v1/events", {"limit": str(_PAGE), **after})
        if answer.is_error:
            raise Failed(f"{answer.url} answered {answer.status_code}: {answer.text[:300]}")
        page = Happenings.model_validate_json(answer.content)
        self._after = page.next or self._after
        return page.items

    def _remember(self, items: list[Happened]) -> list[Happened]:
        """Return those that are new, from now on known as a cause of others.

        A console that was restarted tells them again.
        """
        new = []
        for item in items:
            reference = f"{item.source}/{item.subject}/{item.sequence}"
            if reference in self._names:
                continue
            self._names[reference] = f"{item.event} {_tail(item.subject.partition('/')[2])}"
            place = item.subject, item.sequence
            self._correlations[place] = item.correlationid
            self._unseen.discard(place)
            if place in self._asked:
                self._own.add(item.correlationid)
            new.append(item)
        return new

    def _show(self, items: list[Happened]) -> None:
        for item in items:
            if item.event in _ROUTINE:
                continue
            self.events += 1
            if item.event in _MANY:
                self._many[item.source, item.event] += 1
                continue
            self._summarise()
            self._line(item)

    def _line(self, item: Happened) -> None:
        agency, colour = _agency(item.source)
        clock = datetime.fromisoformat(item.time).astimezone(WITA).strftime("%H:%M:%S.%f")[:12]
        line = Text(f"  {clock} ", style="dim")
        line.append(f"{agency:<9} ", style=f"not dim {colour}")
        alarming = item.event in _ALARMS
        line.append(f"{item.event:<27} ", style="not dim bold red" if alarming else "not dim bold")
        line.append(f"{short(item.subject):<20} ", style="not dim")
        line.append(f"← {self._cause(item)}")
        line.truncate(WIDTH, overflow="ellipsis")
        self._console.print(line, no_wrap=True)

    def _summarise(self) -> None:
        """Print the line of those that are not shown one by one."""
        for source in dict.fromkeys(source for source, _ in self._many):
            agency, colour = _agency(source)
            sign = Text("             … ", style="dim")
            sign.append(f"{agency:<9} ", style=f"not dim {colour}")
            counts = ", ".join(
                f"{count} × {name}" for (of, name), count in self._many.items() if of == source
            )
            self._console.print(indented(sign, counts))
        self._many.clear()

    def _cause(self, item: Happened) -> str:
        cause = item.causationid
        if cause.startswith("request/"):
            return self._asked.get((item.subject, item.sequence), "a request")
        if cause.startswith("timer/"):
            return "a deadline"
        return self._names.get(cause, cause)


def short(stream: str) -> str:
    """Write a stream for people: of a long id only the end, which is what differs."""
    kind, _, id_ = stream.partition("/")
    return f"{kind}/{_tail(id_)}"


def indented(sign: str | Text, words: str | Text) -> Table:
    """Lay words out behind a sign, their further lines below the first."""
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
