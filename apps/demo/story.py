"""`sinergi demo`: the year of one BLK on a running system, over HTTP, as its users live it."""

import secrets
import time
from collections import Counter
from datetime import UTC, datetime

import httpx
from rich.console import Console

from apps.composition.client import Failed, System
from apps.demo.applicants import Applicants
from apps.demo.balance import settle
from apps.demo.consignment import Consignment
from apps.demo.desk import Desk, until
from apps.demo.figures import ALIGNED, CLASSES, PLACES, REFERRED, VISITED
from apps.demo.graduates import Graduates
from apps.demo.intakes import Intakes
from apps.demo.load import load
from apps.demo.narrator import Narrator
from apps.demo.network import Network
from apps.demo.outcome import expectations
from apps.demo.overview import Overview
from apps.demo.people import Population
from apps.demo.programmes import Programmes
from apps.demo.proposal import Proposal
from apps.demo.rights import Rights
from apps.demo.selection import Selection
from apps.demo.support import Support
from apps.demo.timeline import WIDTH, Timeline
from apps.demo.training import Training
from apps.demo.year import BLK, OFFICER, REVIEWER, Year, centre
from shared.events.values import wita_day
from shared.kernel.settings import read_client_settings


async def play(url: str, scale: int | None = None, named_by: str = "as told") -> None:
    """Play the story once; with `scale` instead a load of so many intakes.

    `named_by` is told: who has named this system.

    Raises Failed where an agency does not do as expected.
    """
    token = read_client_settings().token
    if scale is not None:
        await load(url, scale, named_by, token)
        return
    began = time.monotonic()
    run = secrets.token_hex(4)
    today = wita_day(datetime.now(UTC))
    console = Console(width=WIDTH, highlight=False, soft_wrap=False)
    async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
        console.print(f"[bold]Sinergi demo[/] {run}: playing on {url} ({named_by})")
        system = await System.find(url, client, token=token)
        timeline = Timeline(system, console)
        desk = Desk(system, timeline.witness)
        narrator = Narrator(console, timeline)
        console.print(f"The system is {system.mode}; times are WITA")
        async with timeline.following():
            await Story(Year(desk, narrator, Population(run, today), run, today)).play()
            await timeline.caught_up()
        console.print(
            f"\n[bold green]Done[/] in {time.monotonic() - began:.1f} s,"
            f" with {timeline.events} events on the log."
        )


class Story:
    """The chapters, in their order."""

    def __init__(self, year: Year) -> None:
        self._year, self._chapter = year, year.tell.chapter
        self._network, self._programmes = Network(year), Programmes(year)
        self._intakes, self._applicants = Intakes(year), Applicants(year)
        self._proposal, self._consignment = Proposal(year), Consignment(year)
        self._support, self._selection = Support(year), Selection(year)
        self._training, self._graduates = Training(year), Graduates(year)
        self._overview = Overview(year)

    async def play(self) -> None:
        year = self._year
        await self._prepare()
        await self._register()
        await self._equip()
        await self._select()
        await self._train()
        await self._rights()
        await self._chapter("The figures of the year")
        await self._overview.show()
        await self._chapter("What has been reached")
        await settle(expectations(year), year.tell.console)

    async def _prepare(self) -> None:
        chapter = self._chapter
        await chapter("The ministry's five centres form a network, and agree with the BLK")
        await self._network.join()
        await self._network.agree()
        await chapter("Region and centre align the programme for welders; it publishes itself")
        await self._programmes.align()
        await chapter("The BLK publishes five programmes and appoints three instructors")
        await self._programmes.publish()
        await self._programmes.appoint()
        await chapter(f"Four intakes of {PLACES} places open, one for longer")
        await self._intakes.open()
        await self._intakes.extend()
        await chapter(f"An instructor visits from a centre, for {VISITED}")
        await self._intakes.elsewhere()
        await self._support.visit()
        await self._intakes.assign(VISITED, self._year.visitor)

    async def _register(self) -> None:
        chapter, year = self._chapter, self._year
        await chapter(f"{sum(c.applicants for c in CLASSES)} people apply")
        await self._applicants.register()
        await chapter("At the counter: refused at once, nothing is stored; what can be mended is")
        await self._applicants.counter()
        await self._applicants.correct()
        await chapter("The ministry gathers demand evidence from the applications")
        await self._proposal.gathered()
        people = year.standing().total()
        year.tell.say(f"{people} applicants are counted; those declined don't speak for it.")
        await self._overview.inbox(OFFICER, "registration")

    async def _equip(self) -> None:
        chapter = self._chapter
        await chapter("The BLK proposes welding equipment; the ministry asks, then grants a part")
        await self._proposal.draft()
        await self._proposal.submit()
        await self._overview.inbox(REVIEWER, "equipment")
        await self._proposal.review()
        await self._proposal.decide()
        await chapter("The grant is delivered, handed over, numbered and commissioned")
        await self._consignment.deliver()
        await self._consignment.accept()
        await self._equipped()
        await chapter("The network is asked for the rest, and Makassar promises to lend it")
        await self._support.lend()

    async def _select(self) -> None:
        chapter = self._chapter
        await chapter("Registration closes: file check, test and interview")
        await self._intakes.close()
        await self._selection.check_files()
        await self._selection.score()
        await chapter("Selection: more candidates than seats")
        await self._selection.select()
        await self._overview.inbox(centre("bandung"), "partners")
        await chapter(f"A centre lends seats for {REFERRED}; the willing are referred")
        await self._support.seats()
        await chapter("Re-registration; one withdraws and the next moves up")
        await self._selection.confirm()
        await self._selection.withdraw()

    async def _train(self) -> None:
        chapter = self._chapter
        await chapter("Three classes start, the welders wait for their workshop")
        await self._intakes.start()
        await chapter("The damaged machine is replaced, the loan arrives, the welders start")
        await self._consignment.replace()
        await self._equipped(replaced=True)
        await self._support.arrives()
        await self._equipped(replaced=True, lent=True)
        await self._intakes.started_by_itself()
        await chapter("Training: the register, one entry corrected, assessment by two persons")
        await self._training.teach()
        await self._training.correct()
        await self._training.assess()
        await self._training.complete()
        await self._overview.inbox(OFFICER, "registration")
        await chapter("Certificates, which anybody can check; and what became of the graduates")
        await self._graduates.certify()
        await self._graduates.check()
        await self._graduates.follow()
        await self._graduates.place()

    async def _rights(self) -> None:
        await self._chapter("Somebody asks who read their data, and then to be erased")
        rights = Rights(self._year)
        await rights.ask()
        await rights.erase()

    async def _equipped(self, *, replaced: bool = False, lent: bool = False) -> None:
        """Wait until the workshop has it; before the loan the class must go on waiting."""
        expected = Counter[str]()
        for good in self._year.goods:
            arrived = good.granted if replaced else good.good
            expected[good.item] += arrived + (good.missing if lent else 0)
        await until(
            BLK,
            f"a workshop with {dict(expected)}",
            self._year.stock,
            lambda found: Counter(found) == +expected,
        )
        if not lent and (await self._year.intake(ALIGNED)).status == "started":
            raise Failed(f"{BLK}: the class of welders started without all of its equipment")
