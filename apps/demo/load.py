"""`sinergi demo --scale N`: many intakes at once, each with 30 applicants, up to the selection."""

import asyncio
import secrets
import time
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from functools import partial

import httpx
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from apps.composition.client import Failed, System
from apps.demo.answers import Intake
from apps.demo.desk import Desk, until
from apps.demo.figures import ANY_SCHOOL, PLACES, PROGRAMME
from apps.demo.people import Population
from apps.demo.timeline import WIDTH
from apps.demo.year import BLK, HEAD, OFFICER
from shared.events.values import wita_day

APPLICANTS = 30
_KEJURUAN = "menjahit"
_SERVICE = "registration"
_AT_ONCE = 32  # intakes under way, each with one request


async def load(url: str, intakes: int, named_by: str, token: str) -> None:
    """Run that many intakes from opening to selection and say how fast. Raises Failed."""
    if intakes < 1:
        raise Failed(f"--scale {intakes}: give at least one intake")
    run = secrets.token_hex(4)
    today = wita_day(datetime.now(UTC))
    console = Console(width=WIDTH, highlight=False, soft_wrap=False)
    async with httpx.AsyncClient(timeout=60, trust_env=False) as client:
        console.print(f"playing on {url} ({named_by})")
        system = await System.find(url, client, token=token)
        work = _Load(Desk(system, lambda account, stream, sequence: None), run, today)
        console.print(f"[bold]Sinergi load[/] {run} on {url}: {intakes} intakes")
        began = time.monotonic()
        with Progress(
            TextColumn("  {task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=console,
        ) as progress:
            bar = progress.add_task("Pendaftaran", total=intakes * APPLICANTS)
            await work.run(intakes, progress, bar)
    seconds = time.monotonic() - began
    console.print(
        f"[bold green]Done[/] in {seconds:.1f} s: {intakes} intakes, {intakes * APPLICANTS}"
        f" applicants, {work.commands} commands; {work.commands / seconds:.0f} commands/s"
    )


class _Load:
    """Officers who do the same again and again."""

    def __init__(self, desk: Desk, run: str, today: date) -> None:
        self._desk, self._today = desk, today
        self._run, self._population = run, Population(run, today)
        self._programme = ""
        self.commands = 0

    async def run(self, intakes: int, progress: Progress, bar: TaskID) -> None:
        form = PROGRAMME[_KEJURUAN].content(self._run)
        self._programme = (await self._desk.ask(HEAD, _SERVICE, "/v1/programmes", form)).id
        waiting = iter(range(intakes))

        async def work() -> None:
            for _ in waiting:
                await self._intake(partial(progress.advance, bar))

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(min(_AT_ONCE, intakes)):
                    group.create_task(work())
        except* Failed as failures:
            raise failures.exceptions[0] from None

    async def _intake(self, advance: partial[None]) -> None:
        intake = await self._open()
        for _ in range(APPLICANTS):
            person = self._population.person((18, 39), ANY_SCHOOL, 0.9)
            application = await self._ask("/v1/applications", person.form(intake))
            path = f"/v1/applications/{application}"
            await self._ask(f"{path}/verification")
            marks = {"written": self._population.mark(), "interview": self._population.mark()}
            await self._ask(f"{path}/scores", marks)
            advance()
        path = f"/v1/intakes/{intake}"
        await self._ask(f"{path}/closing", {"reason": "Uji beban."})
        await until(
            BLK,
            f"{APPLICANTS} candidates in the intake {intake}",
            partial(self._desk.read, Intake, OFFICER, _SERVICE, path),
            lambda found: found.candidates == APPLICANTS,
            lambda found: found.candidates,
        )
        await self._ask(f"{path}/selection")

    async def _open(self) -> str:
        today, starts = self._today, self._today + timedelta(days=12)
        plan = {
            "programme": self._programme,
            "quota": PLACES,
            "funding": "APBD",
            "registration_opens": today.isoformat(),
            "registration_closes": (today + timedelta(days=5)).isoformat(),
            "starts_on": starts.isoformat(),
            "ends_on": (starts + timedelta(days=33)).isoformat(),
        }
        intake = await self._ask("/v1/intakes", plan)
        await self._ask(f"/v1/intakes/{intake}/opening")
        return intake

    async def _ask(self, path: str, body: Mapping[str, object] | None = None) -> str:
        """Ask for something; return its id."""
        done = await self._desk.ask(OFFICER, _SERVICE, path, body)
        self.commands += 1
        return done.id
