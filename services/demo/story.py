"""`sinergi demo`: the whole story on a running system, over HTTP, as its users would live it."""

import asyncio
import secrets
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial

import httpx
from rich.console import Console

from services.client import Failed, System
from services.demo.aid import MINISTRY, NETWORK, Aid
from services.demo.balance import Expectation, settle
from services.demo.desk import Desk, until
from services.demo.figures import CLASSES, GOODS, INSTRUCTORS, PARTNERS, PLACES, PROGRAMMES
from services.demo.narrator import Narrator
from services.demo.people import Population
from services.demo.timeline import WIDTH, Timeline
from services.demo.training import BLK, Training
from shared.events.values import wita_day

_AGENCIES = {"registration": BLK, "equipment": MINISTRY, "partners": NETWORK}


async def play(url: str) -> None:
    """Plays the story once. Raises Failed where an agency does not do as expected."""
    began = time.monotonic()
    run = secrets.token_hex(4)
    today = wita_day(datetime.now(UTC))
    console = Console(width=WIDTH, highlight=False, soft_wrap=False)
    async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
        system = await System.find(url, client)
        timeline = Timeline(url, client, console)
        desk = Desk(system, timeline.witness)
        narrator = Narrator(console, timeline)
        console.print(f"[bold]Sinergi demo[/] {run} on {url} ({system.mode}); times are WITA")
        training = Training(desk, narrator, Population(run, today), today)
        aid = Aid(desk, narrator, run, today)
        async with timeline.following():
            await Story(desk, narrator, training, aid).play()
            await timeline.caught_up()
        console.print(
            f"\n[bold green]Done[/] in {time.monotonic() - began:.1f} s,"
            f" with {timeline.events} events on the log."
        )


class Story:
    """The chapters, in their order, and what each agency must have reached in the end."""

    def __init__(self, desk: Desk, narrator: Narrator, training: Training, aid: Aid) -> None:
        self._desk, self._tell = desk, narrator
        self._training, self._aid = training, aid

    async def play(self) -> None:
        training, aid, chapter = self._training, self._aid, self._tell.chapter
        stock, parked = await training.stock(), await self._parked()
        demand = await aid.demand()

        await chapter("The BLK publishes six programmes and appoints three instructors")
        await training.publish(stock)
        await training.appoint()
        await chapter("The ministry's five centres form a network")
        await aid.join()
        await chapter(f"Four intakes of {PLACES} places open")
        await training.open()

        await chapter(f"{sum(c.applicants for c in CLASSES)} people apply")
        await training.register()
        await chapter("At the counter: refused at once, nothing is stored")
        await training.counter()
        await chapter("The ministry gathers demand evidence from ApplicantRegistered")
        await aid.gathered(demand + training.standing())
        people = training.standing().total()
        self._tell.say(f"{people} applicants are counted; those declined no longer speak for it.")

        await chapter("File check, test and interview")
        await training.check_files()
        await training.score()
        await chapter("Selection and re-registration")
        await training.select()
        await training.confirm()
        await chapter("Three classes start, the welders wait for their workshop")
        await training.start()

        await chapter("The BLK proposes welding equipment, the ministry grants part of it")
        evidence = demand + training.standing()
        await aid.gathered(evidence)
        await aid.propose(evidence)
        await aid.decide()
        await chapter("The grant is delivered, handed over and commissioned")
        await aid.deliver()
        await aid.hand_over()
        await self._equipped(stock, granted=True)
        await chapter("The network is asked for the rest; the workshop is ready; the class starts")
        await aid.support()
        await self._equipped(stock, granted=False)
        await self._started()

        await chapter("What has been reached")
        await settle(self._expectations(demand, parked), self._tell.console)

    async def _equipped(self, stock: dict[str, int], *, granted: bool) -> None:
        """Waits until the workshop has it; with the grant alone the class must go on waiting."""
        expected = Counter(stock)
        for good in GOODS:
            expected[good.item] += good.good + (0 if granted else good.missing)
        await until(
            BLK,
            f"a workshop with {dict(expected)}",
            self._training.stock,
            lambda found: Counter(found) == expected,
        )
        intake = await self._training.intake("las")
        if granted and (intake["status"] == "started" or not intake["start_blocked"]):
            raise Failed(f"{BLK}: the class of welders started without all of its equipment")

    async def _started(self) -> None:
        await until(
            BLK,
            "the blocked class of welders starts by itself",
            lambda: self._training.intake("las"),
            lambda intake: intake["status"] == "started",
            lambda intake: intake["status"],
        )

    def _expectations(
        self, demand: Counter[tuple[str, str]], parked: dict[str, int]
    ) -> list[Expectation]:
        training, aid = self._training, self._aid
        standing = training.standing().total()

        async def statuses(*wanted: str) -> int:
            counts = [await training.statuses(c.kejuruan) for c in CLASSES]
            return sum(count[status] for count in counts for status in wanted or count)

        async def started() -> int:
            intakes = [await training.intake(c.kejuruan) for c in CLASSES]
            return sum(intake["status"] == "started" for intake in intakes)

        async def participants() -> int:
            intakes = [await training.intake(c.kejuruan) for c in CLASSES]
            return sum(len(intake["seats"]) for intake in intakes)

        async def counted() -> int:
            return (await aid.demand()).total() - demand.total()

        async def newly_parked(service: str) -> int:
            return (await self._parked())[service] - parked[service]

        def of(status: str) -> int:
            return sum(a.status == status for a in training.applicants)

        everybody = sum(c.applicants for c in CLASSES)
        seats = PLACES * len(CLASSES)
        rows: list[tuple[str, str, object, Callable[[], Awaitable[object]]]] = [
            (BLK, "programmes published", len(PROGRAMMES), training.published),
            (BLK, "instructors appointed", len(INSTRUCTORS), training.appointed),
            (BLK, "applications", everybody, statuses),
            (BLK, "declined, with a reason", of("declined"), lambda: statuses("declined")),
            (BLK, "on the waiting lists", of("waitlisted"), lambda: statuses("waitlisted")),
            (BLK, "seats confirmed", seats, lambda: statuses("confirmed")),
            (BLK, "seats in the ledgers", seats, participants),
            (BLK, "classes started", len(CLASSES), started),
            (MINISTRY, "demand evidence added", standing, counted),
            (MINISTRY, "proposal", "approved, in part", aid.proposal_state),
            (MINISTRY, "consignment", "commissioned, 1 damaged", aid.consignment_state),
            (MINISTRY, "Makassar's loan", "commissioned by support", aid.loan_state),
            (NETWORK, "members", len(PARTNERS), aid.members),
            (NETWORK, "support request", "fulfilled", aid.support_state),
        ]
        expectations = [Expectation(*row) for row in rows]
        expectations += [
            Expectation(agency, "records newly parked", 0, partial(newly_parked, service))
            for service, agency in _AGENCIES.items()
        ]
        return sorted(expectations, key=lambda e: list(_AGENCIES.values()).index(e.agency))

    async def _parked(self) -> dict[str, int]:
        """How many records each service has parked."""
        found = await asyncio.gather(
            *(self._desk.read("operator", service, "/v1/summary") for service in _AGENCIES)
        )
        return {summary["service"]: summary["parked"] for summary in found}
