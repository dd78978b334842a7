"""The training: the register of each session, the assessments by two persons, completion."""

from math import ceil

from apps.composition.client import Failed
from apps.demo.answers import Anything
from apps.demo.desk import each, until
from apps.demo.figures import CLASSES, PROGRAMME, SESSION
from apps.demo.year import BLK, HEAD, OFFICER, Applicant, Year
from shared.events.registration.training import TrainingCompleted

_SERVICE = "registration"
_ONE_PERSON = "same-person"
_ABSENCES = "attendance"


class Training:
    """Plays the instructors' office: one keeps the register and recommends, another decides."""

    def __init__(self, year: Year) -> None:
        self._year, self._desk, self._tell = year, year.desk, year.tell

    async def teach(self) -> None:
        """All sessions of all classes; in each class one is absent too often."""
        for class_ in CLASSES:
            await self._registered(class_.kejuruan)
        with self._tell.counting("Daftar hadir", [c.kejuruan for c in CLASSES]) as classes:
            await each(classes, self._teach)
        for class_ in CLASSES:
            sessions = ceil(PROGRAMME[class_.kejuruan].hours / SESSION)
            self._tell.say(f"{class_.kejuruan}: {sessions} sessions of up to {SESSION} hours")

    async def _registered(self, kejuruan: str) -> None:
        await until(
            BLK,
            f"the register of {kejuruan} is open",
            lambda: self._desk.find(Anything, OFFICER, _SERVICE, self._path(kejuruan)),
            lambda found: found is not None,
        )

    async def _teach(self, kejuruan: str) -> None:
        left, session = PROGRAMME[kejuruan].hours, 0
        people = self._people(kejuruan)
        while left > 0:
            session += 1
            hours = min(SESSION, left)
            left -= hours
            away = {people[session % (len(people) - 1)].application}
            if session % 3 == 0:
                away.add(people[-1].application)
            body = {
                "session": session,
                "day": self._year.today.isoformat(),
                "hours": hours,
                "absent": sorted(away),
            }
            await self._desk.ask(OFFICER, _SERVICE, f"{self._path(kejuruan)}/sessions", body)

    async def correct(self) -> None:
        """Somebody was there after all: the first entry stays on the log."""
        kejuruan = CLASSES[0].kejuruan
        wronged = self._people(kejuruan)[1]
        body = {
            "session": 1,
            "application": wronged.application,
            "present": True,
            "reason": "register-mistaken",
        }
        await self._desk.ask(OFFICER, _SERVICE, f"{self._path(kejuruan)}/sessions/correction", body)
        self._tell.told(f"{wronged.person.name}, session 1", "ternyata hadir", good=True)

    async def assess(self) -> None:
        """One recommends, another decides; who missed too much can't pass."""
        first = self._people(CLASSES[0].kejuruan)[0]
        path = self._path(first.kejuruan)
        await self._recommend(first)
        body = {"application": first.application, "passed": True}
        words = await self._desk.refused(
            OFFICER, _SERVICE, f"{path}/assessments", body, rule=_ONE_PERSON
        )
        self._tell.told("The assessor decides, too", words)
        everybody = [a for c in CLASSES for a in self._people(c.kejuruan)]

        async def assess(applicant: Applicant) -> None:
            if applicant is not first:
                await self._recommend(applicant)
            await self._decide(applicant, passed=True)

        laggards = [self._people(c.kejuruan)[-1] for c in CLASSES]
        with self._tell.counting("Asesmen", everybody) as people:
            await each((a for a in people if a not in laggards), assess)
        for applicant in laggards:
            await self._recommend(applicant)
            body = {"application": applicant.application, "passed": True}
            path = f"{self._path(applicant.kejuruan)}/assessments"
            words = await self._desk.refused(HEAD, _SERVICE, path, body, rule=_ABSENCES)
            self._tell.told(f"{applicant.person.name}, {applicant.kejuruan}", words)
            await self._decide(applicant, passed=False)

    async def _recommend(self, applicant: Applicant) -> None:
        body = {"application": applicant.application, "competent": True}
        path = f"{self._path(applicant.kejuruan)}/recommendations"
        await self._desk.ask(OFFICER, _SERVICE, path, body)

    async def _decide(self, applicant: Applicant, *, passed: bool) -> None:
        body = {"application": applicant.application, "passed": passed}
        path = f"{self._path(applicant.kejuruan)}/assessments"
        await self._desk.ask(HEAD, _SERVICE, path, body)
        applicant.status, applicant.passed = "finished", passed

    async def complete(self) -> None:
        """Every participant is assessed and all hours are taught."""
        for class_ in CLASSES:
            path = f"{self._path(class_.kejuruan)}/completion"
            completed = (await self._desk.ask(HEAD, _SERVICE, path)).event(TrainingCompleted)
            passed = sum(a.passed for a in self._year.of(class_.kejuruan))
            if completed.passed != passed:
                raise Failed(f"{BLK}: {passed} of {class_.kejuruan} passed, but {completed}")
            self._tell.say(
                f"{class_.kejuruan}: {completed.passed} passed, {completed.failed} did not"
            )
            for applicant in self._year.of(class_.kejuruan, "waitlisted", "reserve"):
                applicant.status = "lost"
            await self._year.noted(class_.kejuruan)

    def _people(self, kejuruan: str) -> list[Applicant]:
        return self._year.of(kejuruan, "confirmed", "finished")

    def _path(self, kejuruan: str) -> str:
        return f"/v1/trainings/{self._year.intakes[kejuruan]}"
