"""One playing of the demo: all it has brought about so far; every part of the story adds to it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from hashlib import sha256

from apps.composition.client import new_key
from apps.demo.answers import Intake, Status, Workshop
from apps.demo.desk import Desk, until
from apps.demo.figures import ALIGNED, PLACES, Flaw
from apps.demo.goods import Good, goods_of
from apps.demo.narrator import Narrator
from apps.demo.people import Person, Population

BLK, MINISTRY, NETWORK = "BLK Paser", "Kemenaker", "BPVP"
OFFICER, HEAD = "petugas-blk", "kepala-blk"
REVIEWER, WAREHOUSE = "peninjau-kemenaker", "gudang-kemenaker"
SECRETARIAT = "sekretariat-bpvp"
PUBLIC = ""  # nobody who signed in


def centre(partner: str) -> str:
    """The account of a centre of the ministry."""
    return f"bpvp-{partner}"


@dataclass(slots=True)
class Applicant:
    """Somebody who applies, and how far the application has come."""

    person: Person
    kejuruan: str
    flaw: Flaw | None
    account: str = ""
    key: str = field(default_factory=new_key)
    application: str = ""
    status: str = ""
    code: str = ""
    rank: int = 0
    passed: bool = False

    @property
    def hand(self) -> str:
        """The account that acts for the applicant: their own, or an officer's at the office."""
        return self.account or OFFICER


@dataclass
class Year:
    """The BLK's year: the desk that plays it, and the ids of what there is by now."""

    desk: Desk
    tell: Narrator
    population: Population
    run: str
    today: date
    programmes: dict[str, str] = field(default_factory=dict)
    instructors: dict[str, str] = field(default_factory=dict)
    visitor: str = ""
    intakes: dict[str, str] = field(default_factory=dict)
    agreements: dict[str, str] = field(default_factory=dict)
    applicants: list[Applicant] = field(default_factory=list)
    supports: dict[str, str] = field(default_factory=dict)
    alignment: str = ""
    proposal: str = ""
    consignment: str = ""
    certificates: dict[str, str] = field(default_factory=dict)
    placed: int = 0

    @cached_property
    def goods(self) -> tuple[Good, ...]:
        """The equipment that this run proposes."""
        return goods_of(self.run)

    def owns(self, stream: str) -> bool:
        """Return whether the stream's id holds an id that this run has made."""
        return any(id_ in stream for id_ in self._ids())

    def _ids(self) -> Iterator[str]:
        for ids in (self.programmes, self.instructors, self.intakes, self.agreements):
            yield from ids.values()
        yield from self.supports.values()
        yield from (a.application for a in self.applicants if a.application)
        yield from filter(None, (self.alignment, self.proposal, self.consignment, self.visitor))

    def of(self, kejuruan: str, *statuses: str) -> list[Applicant]:
        """The applicants of a field, with one of these statuses where any is given."""
        return [
            a
            for a in self.applicants
            if a.kejuruan == kejuruan and (not statuses or a.status in statuses)
        ]

    def count(self, *statuses: str) -> int:
        return sum(a.status in statuses for a in self.applicants)

    def move_up(self, kejuruan: str) -> None:
        """Somebody left the waiting list: those in reserve take the free places."""
        queue = sorted(self.of(kejuruan, "waitlisted", "reserve"), key=lambda a: a.rank)
        for applicant in queue[:PLACES]:
            applicant.status = "waitlisted"

    async def intake(self, kejuruan: str) -> Intake:
        path = f"/v1/intakes/{self.intakes[kejuruan]}"
        return await self.desk.read(Intake, OFFICER, "registration", path)

    async def statuses(self, kejuruan: str) -> Counter[str]:
        """Count the intake's applications of each status, by the centre's own list."""
        path = f"/v1/intakes/{self.intakes[kejuruan]}/applications"
        rows = await self.desk.rows(Status, OFFICER, "registration", path)
        return Counter(row.status for row in rows)

    async def noted(self, kejuruan: str) -> None:
        """Wait until every application knows what this run expects of it."""
        expected = Counter(a.status for a in self.of(kejuruan))
        await until(
            BLK,
            f"applications of {kejuruan}: {counted(expected)}",
            lambda: self.statuses(kejuruan),
            lambda found: found == expected,
            counted,
        )

    async def stock(self) -> dict[str, int]:
        """Return this run's equipment that stands in the workshop for welding."""
        path = f"/v1/workshops/{ALIGNED}"
        workshop = await self.desk.find(Workshop, OFFICER, "registration", path)
        here = workshop.equipment if workshop else {}
        return {good.item: here[good.item] for good in self.goods if good.item in here}

    def standing(self) -> Counter[tuple[str, str]]:
        """Return the applications that speak for a field, by field and district."""
        return Counter(
            (a.kejuruan, a.person.ktp_region)
            for a in self.applicants
            if a.status not in ("declined", "withdrawn", "referred")
        )

    def paper(self, kind: str) -> dict[str, str]:
        """A paper of this run; its file is kept elsewhere."""
        digest = sha256(f"{self.run} {kind}".encode()).hexdigest()
        return {"kind": kind, "sha256": digest, "media_type": "application/pdf"}


def counted(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
