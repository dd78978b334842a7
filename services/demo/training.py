"""The training centre's part: from the programme to the class that starts."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from operator import eq
from typing import Any

from services.client import Failed
from services.demo.desk import Answer, Desk, each, new_key, until
from services.demo.figures import (
    ABSENT,
    ANY_SCHOOL,
    CLASSES,
    FILE_CHECK,
    INSTRUCTORS,
    PLACES,
    PROGRAMMES,
    SENIOR,
    Class,
    Flaw,
)
from services.demo.narrator import Narrator
from services.demo.people import ELSEWHERE, KECAMATAN, Person, Population, years_before

OFFICER, HEAD = "petugas-blk", "kepala-blk"
BLK = "BLK Paser"
_CITIZENS = ("warga-1", "warga-2", "warga-3")
_AT_THE_OFFICE = 4  # every fourth applicant comes to the office and is helped there
_SERVICE = "registration"
_NEEDED = "kurang " + ", ".join(
    f"{quantity} {item}"
    for programme in PROGRAMMES
    if programme.kejuruan == "las"
    for item, quantity in programme.equipment.items()
)


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


class Training:
    """Plays the centre's officers and the applicants."""

    def __init__(self, desk: Desk, narrator: Narrator, population: Population, today: date) -> None:
        self._desk, self._tell, self._population = desk, narrator, population
        self._today = today
        self.programmes: dict[str, str] = {}
        self.instructors: dict[str, str] = {}
        self.intakes: dict[str, str] = {}
        self.applicants: list[Applicant] = []

    # -- before the applicants ------------------------------------------------------------------

    async def publish(self, stock: Mapping[str, int]) -> None:
        """Six programmes; what welding needs is needed on top of the workshop's stock."""
        for programme in PROGRAMMES:
            have = stock if programme.kejuruan == "las" else {}
            form = programme.form(have)
            done = await self._desk.ask(HEAD, _SERVICE, "/v1/programmes", form)
            self.programmes[programme.kejuruan] = done.id

    async def appoint(self) -> None:
        valid_until = self._today + timedelta(days=2 * 365)
        for fields in INSTRUCTORS:
            trainer = self._population.trainer(fields)
            form = trainer.form(valid_until)
            done = await self._desk.ask(HEAD, _SERVICE, "/v1/instructors", form)
            for kejuruan in fields:
                self.instructors.setdefault(kejuruan, done.id)

    async def open(self) -> None:
        """Four classes, their instructors, and the workshops that need nothing."""
        for class_ in CLASSES:
            starts = self._today + timedelta(days=12)
            plan = {
                "programme": self.programmes[class_.kejuruan],
                "quota": PLACES,
                "funding": class_.funding,
                "registration_opens": (self._today - timedelta(days=30)).isoformat(),
                "registration_closes": (self._today + timedelta(days=5)).isoformat(),
                "starts_on": starts.isoformat(),
                "ends_on": (starts + timedelta(days=class_.days)).isoformat(),
            }
            done = await self._desk.ask(OFFICER, _SERVICE, "/v1/intakes", plan)
            self.intakes[class_.kejuruan] = done.id
            await self._desk.ask(
                OFFICER,
                _SERVICE,
                f"/v1/intakes/{done.id}/instructors",
                {"instructor": self.instructors[class_.kejuruan]},
            )
        for class_ in CLASSES:
            if class_.kejuruan != "las":
                await until(
                    BLK,
                    f"the workshop of {class_.kejuruan}, which needs nothing, is ready",
                    partial(self.intake, class_.kejuruan),
                    lambda intake: bool(intake["workshop_ready"]),
                )

    # -- registration ---------------------------------------------------------------------------

    async def register(self) -> None:
        """All applicants, some at home and some at the office; those not eligible with reasons."""
        for class_ in CLASSES:
            self.applicants += self._apply(class_)
        self.applicants = self._population.mixed(self.applicants)
        for number, applicant in enumerate(self.applicants):
            at_office = number % _AT_THE_OFFICE == 0
            applicant.account = OFFICER if at_office else _CITIZENS[number % len(_CITIZENS)]
        declined: list[tuple[Applicant, str]] = []

        async def register(applicant: Applicant) -> None:
            reasons = await self._register(applicant)
            if reasons:
                declined.append((applicant, reasons))

        with self._tell.counting("Pendaftaran", self.applicants) as applicants:
            await each(applicants, register)
        office = sum(a.account == OFFICER for a in self.applicants)
        moved = sum(not a.person.nik.startswith("6401") for a in self.applicants)
        homes = Counter(KECAMATAN[a.person.ktp_region][0] for a in self.applicants)
        self._tell.say(
            f"{len(self.applicants)} applied from {len(homes)} kecamatan, {office} of them with"
            f" help at the office; {moved} were first registered outside Paser."
        )
        for applicant, reasons in sorted(declined, key=lambda pair: pair[0].kejuruan):
            home = KECAMATAN[applicant.person.ktp_region][0]
            self._tell.told(f"{applicant.person.name}, {home}, {applicant.kejuruan}", reasons)

    def _apply(self, class_: Class) -> list[Applicant]:
        technical = next(p.technical for p in PROGRAMMES if p.kejuruan == class_.kejuruan)
        ages = (18, 33) if technical else (18, 39)
        education = SENIOR if technical else ANY_SCHOOL
        flaws = [None] * class_.eligible + [
            flaw for flaw in class_.flaws for _ in range(flaw.count)
        ]
        return [
            Applicant(
                self._population.person(
                    flaw.ages or ages if flaw else ages,
                    flaw.education or education if flaw else education,
                    class_.women,
                    **(flaw.facts if flaw else {}),
                ),
                class_.kejuruan,
                flaw,
            )
            for flaw in flaws
        ]

    async def _register(self, applicant: Applicant) -> str:
        """The reasons for which the applicant is declined; none for most."""
        done = await self._apply_for(applicant)
        applicant.application = done.id
        flaw = applicant.flaw
        if flaw is None:
            if "ApplicationDeclined" in done.events:
                raise Failed(f"{BLK} declined an eligible applicant: {done.events}")
            applicant.status = "registered"
            return ""
        reasons = done.event("ApplicationDeclined")["reasons"]
        if flaw.rule not in [reason["rule"] for reason in reasons]:
            raise Failed(f"{BLK} declined by {reasons}, where {flaw.rule} was expected")
        applicant.status = "declined"
        return " ".join(reason["id"] for reason in reasons)

    async def _apply_for(self, applicant: Applicant) -> Answer:
        """Sends the form; sent again it is the same request."""
        form = applicant.person.form(self.intakes[applicant.kejuruan])
        return await self._desk.ask(
            applicant.account, _SERVICE, "/v1/applications", form, key=applicant.key
        )

    async def counter(self) -> None:
        """Who is refused at once, in the words that they read; and a phone that sends twice."""
        grown = self._population.person((20, 30), SENIOR, 0.5)
        turns_17 = years_before(self._today, 17) + timedelta(days=3)
        young = grown.but(
            birth_date=turns_17, nik=self._population.nik_of(turns_17, grown.sex), education="smp"
        )
        again = self._population.pick(
            [a.person for a in self.applicants if a.kejuruan == "roti-kue"]
        )
        tries = (
            ("KTP of Penajam Paser Utara", grown.but(ktp_region=ELSEWHERE), "ktp-paser"),
            ("16 years old", young, "min-age"),
            ("NIK of 15 digits", grown.but(nik=grown.nik[:-1]), "nik-digits"),
            ("Second application", again, "already-applied"),
        )
        for who, person, rule in tries:
            form = person.form(self.intakes["roti-kue"])
            words = await self._desk.refused(OFFICER, _SERVICE, "/v1/applications", form, rule=rule)
            self._tell.told(who, words)
        sent = self.applicants[0]
        repeated = await self._apply_for(sent)
        if repeated.id != sent.application:
            raise Failed(f"{BLK} took the same form twice: {repeated.id}, {sent.application}")
        self._tell.told(
            "The same form sent twice over a weak network", "satu pendaftaran, jawaban yang sama",
            good=True,
        )  # fmt: skip

    # -- selection ------------------------------------------------------------------------------

    async def check_files(self) -> None:
        """The officer checks the papers; a few are declined, and a few do not come to the test."""
        todo: list[tuple[Applicant, dict[str, str] | None]] = []
        for class_ in CLASSES:
            eligible = [a for a in self._of(class_.kejuruan) if a.status == "registered"]
            notes = [{"reason": reason, "note": note} for reason, note in FILE_CHECK]
            todo += list(zip(eligible, notes, strict=False))
            todo += [(applicant, None) for applicant in eligible[len(notes) :]]

        async def check(task: tuple[Applicant, dict[str, str] | None]) -> None:
            applicant, note = task
            await (self._decline(applicant, note) if note else self._verify(applicant))

        with self._tell.counting("Pemeriksaan berkas", todo) as tasks:
            await each(tasks, check)
        absent = [
            applicant
            for class_ in CLASSES
            for applicant in self._with("verified", class_.kejuruan)[:ABSENT]
        ]
        for applicant in absent:
            await self._decline(applicant, {"reason": "absent"})

    async def _verify(self, applicant: Applicant) -> None:
        await self._desk.ask(
            OFFICER, _SERVICE, f"/v1/applications/{applicant.application}/verification"
        )
        applicant.status = "verified"

    async def _decline(self, applicant: Applicant, why: Mapping[str, str]) -> None:
        done = await self._desk.ask(
            OFFICER, _SERVICE, f"/v1/applications/{applicant.application}/decline", why
        )
        applicant.status = "declined"
        reasons = done.event("ApplicationDeclined")["reasons"]
        words = " ".join(reason["id"] for reason in reasons)
        self._tell.told(f"{applicant.person.name}, {applicant.kejuruan}", words)

    async def score(self) -> None:
        """Written test and interview; every mark reaches the intake's list of candidates."""

        async def score(applicant: Applicant) -> None:
            marks = {"written": self._population.mark(), "interview": self._population.mark()}
            await self._desk.ask(
                OFFICER, _SERVICE, f"/v1/applications/{applicant.application}/scores", marks
            )
            applicant.status = "scored"

        tested = [a for a in self.applicants if a.status == "verified"]
        with self._tell.counting("Tes tulis dan wawancara", tested) as applicants:
            await each(applicants, score)

    async def select(self) -> None:
        """The ranking of each class: 16 seats are offered, the others wait."""
        for class_ in CLASSES:
            kejuruan = class_.kejuruan
            scored = self._with("scored", kejuruan)
            await until(
                BLK,
                f"{len(scored)} candidates in the intake of {kejuruan}",
                partial(self.candidates, kejuruan),
                partial(eq, len(scored)),
            )
            done = await self._desk.ask(
                OFFICER, _SERVICE, f"/v1/intakes/{self.intakes[kejuruan]}/selection"
            )
            made = done.event("SelectionMade")
            offered = {place["application"] for place in made["offered"]}
            for applicant in scored:
                won = applicant.application in offered
                applicant.status = "offered" if won else "waitlisted"
            self._tell.say(
                f"{kejuruan}: {made['candidates']} candidates, {len(offered)} seats offered,"
                f" {len(made['waitlisted'])} on the waiting list"
            )
            await self._noted(kejuruan)

    async def confirm(self) -> None:
        """The winners re-register; the intake's ledger gives each the seat."""

        async def confirm(applicant: Applicant) -> None:
            await self._desk.ask(
                OFFICER, _SERVICE, f"/v1/applications/{applicant.application}/seat"
            )
            applicant.status = "confirmed"

        winners = [a for a in self.applicants if a.status == "offered"]
        with self._tell.counting("Daftar ulang", winners) as applicants:
            await each(applicants, confirm)
        for class_ in CLASSES:
            await self._noted(class_.kejuruan)

    async def _noted(self, kejuruan: str) -> None:
        """Waits until every application knows what this run expects of it."""
        expected = Counter(a.status for a in self._of(kejuruan))
        await until(
            BLK,
            f"applications of {kejuruan}: {_told(expected)}",
            partial(self.statuses, kejuruan),
            lambda found: found == expected,
            _told,
        )

    # -- the start ------------------------------------------------------------------------------

    async def start(self) -> None:
        """Three classes start; welding is blocked until its workshop is equipped."""
        for class_ in CLASSES:
            kejuruan = class_.kejuruan
            path = f"/v1/intakes/{self.intakes[kejuruan]}/start"
            done = await self._desk.ask(HEAD, _SERVICE, path)
            if kejuruan == "las":
                missing = ", ".join(done.event("StartBlocked")["missing"])
                self._tell.told(f"{kejuruan} is blocked by the {missing}", _NEEDED)
            else:
                people = len(done.event("IntakeStarted")["participants"])
                self._tell.say(f"{kejuruan}: training starts with {people} participants")

    # -- reading --------------------------------------------------------------------------------

    async def intake(self, kejuruan: str) -> dict[str, Any]:
        return await self._desk.read(OFFICER, _SERVICE, f"/v1/intakes/{self.intakes[kejuruan]}")

    async def candidates(self, kejuruan: str) -> int:
        return int((await self.intake(kejuruan))["candidates"])

    async def statuses(self, kejuruan: str) -> Counter[str]:
        """How many applications of the intake have each status, by the centre's own list."""
        rows = await self._desk.rows(
            OFFICER, _SERVICE, f"/v1/intakes/{self.intakes[kejuruan]}/applications"
        )
        return Counter(str(row["status"]) for row in rows)

    async def published(self) -> int:
        """How many of this run's programmes the centre knows."""
        return await self._known("/v1/programmes", self.programmes)

    async def appointed(self) -> int:
        """How many of this run's instructors the centre knows."""
        return await self._known("/v1/instructors", self.instructors)

    async def _known(self, path: str, ids: Mapping[str, str]) -> int:
        known = {row["id"] for row in await self._desk.rows(HEAD, _SERVICE, path)}
        return len(known & set(ids.values()))

    async def stock(self) -> dict[str, int]:
        """What stands in the workshop for welding."""
        workshop = await self._desk.find(OFFICER, _SERVICE, "/v1/workshops/las")
        return dict(workshop["equipment"]) if workshop else {}

    def standing(self) -> Counter[tuple[str, str]]:
        """The applications not declined, by field and district: what speaks for a field."""
        return Counter(
            (a.kejuruan, a.person.ktp_region) for a in self.applicants if a.status != "declined"
        )

    def _of(self, kejuruan: str) -> list[Applicant]:
        return [a for a in self.applicants if a.kejuruan == kejuruan]

    def _with(self, status: str, kejuruan: str) -> list[Applicant]:
        return [a for a in self._of(kejuruan) if a.status == status]


def _told(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
