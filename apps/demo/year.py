"""What one playing of the demo has brought about so far; every part of the story adds to it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

from apps.demo.desk import Desk, new_key, until
from apps.demo.figures import PLACES, Flaw
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
    """Somebody who applies, and what has become of it."""

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
        """Who acts for the applicant: their own account, or an officer at the office."""
        return self.account or OFFICER


@dataclass(slots=True)
class Year:
    """The BLK's year: who plays it, and the ids of what there is by now."""

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

    async def intake(self, kejuruan: str) -> dict[str, Any]:
        path = f"/v1/intakes/{self.intakes[kejuruan]}"
        return await self.desk.read(OFFICER, "registration", path)

    async def statuses(self, kejuruan: str) -> Counter[str]:
        """How many applications of the intake have each status, by the centre's own list."""
        path = f"/v1/intakes/{self.intakes[kejuruan]}/applications"
        rows = await self.desk.rows(OFFICER, "registration", path)
        return Counter(str(row["status"]) for row in rows)

    async def noted(self, kejuruan: str) -> None:
        """Task until every application knows what this run expects of it."""
        expected = Counter(a.status for a in self.of(kejuruan))
        await until(
            BLK,
            f"applications of {kejuruan}: {counted(expected)}",
            lambda: self.statuses(kejuruan),
            lambda found: found == expected,
            counted,
        )

    async def stock(self) -> dict[str, int]:
        """What stands in the workshop for welding."""
        workshop = await self.desk.find(OFFICER, "registration", "/v1/workshops/las")
        return dict(workshop["equipment"]) if workshop else {}

    def standing(self) -> Counter[tuple[str, str]]:
        """The applications not declined, by field and district: what speaks for a field."""
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
