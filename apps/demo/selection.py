"""File check, scores, selection, and re-registration with one who gives the seat up."""

from collections.abc import Mapping
from functools import partial
from operator import eq

from apps.composition.client import Failed
from apps.demo.desk import each, until
from apps.demo.figures import ABSENT, CLASSES, FILE_CHECK, WITHDRAWN
from apps.demo.reasons import spoken
from apps.demo.year import BLK, OFFICER, Applicant, Year
from shared.events.registration.application import ApplicationDeclined
from shared.events.registration.seats import SelectionMade

_SERVICE = "registration"
_PATH = "/v1/applications"


class Selection:
    """Plays the officers who check, test and select, and the applicants who re-register."""

    def __init__(self, year: Year) -> None:
        self._year, self._desk, self._tell = year, year.desk, year.tell

    async def check_files(self) -> None:
        """The papers are checked: one is asked to mend, a few are declined, a few don't come."""
        year = self._year
        await self._ask_to_mend(year.of(CLASSES[0].kejuruan, "registered")[-1])
        todo: list[tuple[Applicant, dict[str, str] | None]] = []
        for class_ in CLASSES:
            eligible = year.of(class_.kejuruan, "registered")
            notes = [{"reason": reason, "note": note} for reason, note in FILE_CHECK]
            todo += list(zip(eligible, notes, strict=False))
            todo += [(applicant, None) for applicant in eligible[len(notes) :]]

        async def check(task: tuple[Applicant, dict[str, str] | None]) -> None:
            applicant, note = task
            await (self._decline(applicant, note) if note else self._verify(applicant))

        with self._tell.counting("Pemeriksaan berkas", todo) as tasks:
            await each(tasks, check)
        for class_ in CLASSES:
            for applicant in year.of(class_.kejuruan, "verified")[:ABSENT]:
                await self._decline(applicant, {"reason": "absent"})

    async def _ask_to_mend(self, applicant: Applicant) -> None:
        path = f"{_PATH}/{applicant.application}"
        note = "Foto ijazah terpotong; nomornya tidak terbaca."
        body = {"points": ["ijazah"], "note": note}
        await self._desk.ask(OFFICER, _SERVICE, f"{path}/correction-request", body)
        self._tell.told(f"{applicant.person.name} is asked to mend", note)
        paper = self._year.paper(f"ijazah anew {applicant.application}") | {"kind": "ijazah"}
        await self._desk.ask(applicant.hand, _SERVICE, f"{path}/documents", paper)
        self._tell.told(f"{applicant.person.name}", "ijazah dilampirkan kembali", good=True)

    async def _verify(self, applicant: Applicant) -> None:
        path = f"{_PATH}/{applicant.application}/verification"
        await self._desk.ask(OFFICER, _SERVICE, path)
        applicant.status = "verified"

    async def _decline(self, applicant: Applicant, why: Mapping[str, str]) -> None:
        path = f"{_PATH}/{applicant.application}/decline"
        done = await self._desk.ask(OFFICER, _SERVICE, path, why)
        applicant.status = "declined"
        reasons = done.event(ApplicationDeclined).reasons
        words = spoken(reasons)
        self._tell.told(f"{applicant.person.name}, {applicant.kejuruan}", words)

    async def score(self) -> None:
        """Written test and interview; every mark reaches the intake's list of candidates."""
        population = self._year.population

        async def score(applicant: Applicant) -> None:
            marks = {"written": population.mark(), "interview": population.mark()}
            path = f"{_PATH}/{applicant.application}/scores"
            await self._desk.ask(OFFICER, _SERVICE, path, marks)
            applicant.status = "scored"

        tested = [a for a in self._year.applicants if a.status == "verified"]
        with self._tell.counting("Tes tulis dan wawancara", tested) as applicants:
            await each(applicants, score)

    async def select(self) -> None:
        """The ranking of each class: 16 seats are offered, 16 wait, the rest is in reserve."""
        for class_ in CLASSES:
            kejuruan = class_.kejuruan
            scored = self._year.of(kejuruan, "scored")
            await until(
                BLK,
                f"{len(scored)} candidates in the intake of {kejuruan}",
                partial(self.candidates, kejuruan),
                partial(eq, len(scored)),
            )
            path = f"/v1/intakes/{self._year.intakes[kejuruan]}/selection"
            made = (await self._desk.ask(OFFICER, _SERVICE, path)).event(SelectionMade)
            by_id = {a.application: a for a in scored}
            for places, status in (
                (made.offered, "offered"),
                (made.waitlisted, "waitlisted"),
                (made.reserve, "reserve"),
            ):
                for place in places:
                    applicant = by_id.pop(place.application)
                    applicant.status, applicant.rank = status, place.rank
            if by_id:
                raise Failed(f"{BLK}: the ranking of {kejuruan} leaves out {list(by_id)}")
            self._tell.say(
                f"{kejuruan}: {made.candidates} candidates, {len(made.offered)} seats"
                f" offered, {len(made.waitlisted)} wait, {len(made.reserve)} in reserve"
            )
            await self._year.noted(kejuruan)

    async def candidates(self, kejuruan: str) -> int:
        return (await self._year.intake(kejuruan)).candidates

    async def confirm(self) -> None:
        """The winners re-register; the intake's ledger gives each the seat."""

        async def confirm(applicant: Applicant) -> None:
            await self._confirm(applicant)

        winners = [a for a in self._year.applicants if a.status == "offered"]
        with self._tell.counting("Daftar ulang", winners) as applicants:
            await each(applicants, confirm)
        for class_ in CLASSES:
            await self._year.noted(class_.kejuruan)

    async def _confirm(self, applicant: Applicant) -> None:
        if applicant.code:
            body = {"code": applicant.code, "birth_date": applicant.person.birth_date.isoformat()}
            await self._desk.ask(applicant.account, _SERVICE, "/v1/follow/seat", body)
        else:
            path = f"{_PATH}/{applicant.application}/seat"
            await self._desk.ask(applicant.hand, _SERVICE, path)
        applicant.status = "confirmed"

    async def withdraw(self) -> None:
        """One who has a seat gives it up; the next on the list is offered it and confirms."""
        year = self._year
        leaves = year.of(WITHDRAWN, "confirmed")[0]
        path = f"{_PATH}/{leaves.application}/withdrawal"
        await self._desk.ask(leaves.hand, _SERVICE, path, {"reason": "found-work"})
        leaves.status = "withdrawn"
        self._tell.told(f"{leaves.person.name}, {WITHDRAWN}", "mendapat pekerjaan, mundur")
        waiting = sorted(year.of(WITHDRAWN, "waitlisted"), key=lambda a: a.rank)
        follows = waiting[0]
        follows.status = "offered"
        year.move_up(WITHDRAWN)
        await year.noted(WITHDRAWN)
        await self._confirm(follows)
        self._tell.told(f"{follows.person.name}, {WITHDRAWN}", "naik dari daftar tunggu", good=True)
        await year.noted(WITHDRAWN)
