"""Intakes: planned, opened, one extended, closed; and the start, which waits for a workshop."""

from datetime import timedelta
from functools import partial

from apps.demo.desk import until
from apps.demo.figures import ALIGNED, CLASSES, EXTENSION, NEEDED, PLACES, VISITED, Class
from apps.demo.year import BLK, HEAD, OFFICER, Year
from shared.events.registration.intake import IntakeStarted, StartBlocked

_SERVICE = "registration"


class Intakes:
    """Plays the officers who run the four classes."""

    def __init__(self, year: Year) -> None:
        self._year, self._desk, self._tell = year, year.desk, year.tell

    def _plan(self, class_: Class) -> dict[str, object]:
        today = self._year.today
        starts = today + timedelta(days=12)
        return {
            "programme": self._year.programmes[class_.kejuruan],
            "quota": PLACES,
            "waiting_list": PLACES,
            "funding": class_.funding,
            "registration_opens": (today - timedelta(days=30)).isoformat(),
            "registration_closes": (today + timedelta(days=1)).isoformat(),
            "reregistration_days": 3,
            "starts_on": starts.isoformat(),
            "ends_on": (starts + timedelta(days=class_.days)).isoformat(),
        }

    async def open(self) -> None:
        """Four classes, their instructors, and the workshops that need nothing."""
        for class_ in CLASSES:
            done = await self._desk.ask(OFFICER, _SERVICE, "/v1/intakes", self._plan(class_))
            self._year.intakes[class_.kejuruan] = done.id
            await self._desk.ask(OFFICER, _SERVICE, f"/v1/intakes/{done.id}/opening")
        for class_ in CLASSES:
            if class_.kejuruan != VISITED:
                await self.assign(class_.kejuruan, self._year.instructors[class_.kejuruan])
        for class_ in CLASSES:
            if class_.kejuruan != ALIGNED:
                await until(
                    BLK,
                    f"the workshop of {class_.kejuruan}, which needs nothing, is ready",
                    partial(self._year.intake, class_.kejuruan),
                    lambda intake: intake.workshop_ready,
                )

    async def assign(self, kejuruan: str, instructor: str) -> None:
        """An instructor's days are booked, and the intake hears of it."""
        path = f"/v1/intakes/{self._year.intakes[kejuruan]}/instructors"
        await self._desk.ask(OFFICER, _SERVICE, path, {"instructor": instructor})
        await until(
            BLK,
            f"{kejuruan} has its instructor",
            partial(self._year.intake, kejuruan),
            lambda intake: instructor in intake.instructors,
        )

    async def elsewhere(self) -> None:
        """The instructor of two fields can't teach both classes at once."""
        path = f"/v1/intakes/{self._year.intakes[VISITED]}/instructors"
        body = {"instructor": self._year.instructors[VISITED]}
        words = await self._desk.refused(OFFICER, _SERVICE, path, body, rule="double-booked")
        self._tell.told(f"{VISITED}, the instructor of roti-kue", words)

    async def extend(self) -> None:
        """The window of one class stays open longer, for those without internet."""
        kejuruan, reason = EXTENSION
        closes = (self._year.today + timedelta(days=4)).isoformat()
        path = f"/v1/intakes/{self._year.intakes[kejuruan]}/extension"
        body = {"registration_closes": closes, "reason": reason}
        await self._desk.ask(OFFICER, _SERVICE, path, body)
        self._tell.told(f"{kejuruan} is open until {closes}", reason, good=True)

    async def close(self) -> None:
        """All four windows close today, with a reason."""
        for class_ in CLASSES:
            path = f"/v1/intakes/{self._year.intakes[class_.kejuruan]}/closing"
            body = {"reason": "Tes tulis dimajukan; semua yang berminat sudah terdaftar."}
            await self._desk.ask(OFFICER, _SERVICE, path, body)

    async def start(self) -> None:
        """Three classes start; welding is blocked until its workshop is equipped."""
        for class_ in CLASSES:
            kejuruan = class_.kejuruan
            path = f"/v1/intakes/{self._year.intakes[kejuruan]}/start"
            done = await self._desk.ask(HEAD, _SERVICE, path)
            if kejuruan == ALIGNED:
                missing = ", ".join(done.event(StartBlocked).missing)
                self._tell.told(f"{kejuruan} is blocked by the {missing}", NEEDED)
            else:
                people = len(done.event(IntakeStarted).participants)
                self._tell.say(f"{kejuruan}: training starts with {people} participants")

    async def started_by_itself(self) -> None:
        await until(
            BLK,
            "the blocked class of welders starts by itself",
            lambda: self._year.intake(ALIGNED),
            lambda intake: intake.status == "started",
            lambda intake: intake.status,
        )

    # -- reading --------------------------------------------------------------------------------

    async def with_status(self, status: str) -> int:
        """Count the classes of the four that have this status."""
        intakes = [await self._year.intake(c.kejuruan) for c in CLASSES]
        return sum(intake.status == status for intake in intakes)

    async def seats(self) -> int:
        """Count the seats that the ledgers of the four classes have given."""
        intakes = [await self._year.intake(c.kejuruan) for c in CLASSES]
        return sum(len(intake.seats) for intake in intakes)
