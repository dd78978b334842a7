"""People who apply: at home, at the office, without an account; and those refused at once."""

from collections import Counter
from datetime import timedelta

from apps.composition.client import Failed
from apps.demo.desk import Answer, each
from apps.demo.figures import ANY_SCHOOL, CLASSES, PROGRAMME, SENIOR, Class
from apps.demo.people import ELSEWHERE, KECAMATAN, years_before
from apps.demo.reasons import spoken
from apps.demo.year import BLK, OFFICER, PUBLIC, Applicant, Year
from shared.events.registration.application import ApplicationDeclined

_CITIZENS = ("warga-1", "warga-2", "warga-3")
_AT_THE_OFFICE = 4  # every fourth applicant comes to the office and is helped there
_WITHOUT_ACCOUNT = 10  # every tenth has no account, but a code to follow the application with
_SERVICE = "registration"
_PATH = "/v1/applications"


class Applicants:
    """Plays the applicants and the officer at the counter."""

    def __init__(self, year: Year) -> None:
        self._year, self._desk, self._tell = year, year.desk, year.tell

    async def register(self) -> None:
        """Register all of them; those who are not eligible are told why."""
        year = self._year
        everybody = [a for class_ in CLASSES for a in self._apply(class_)]
        year.applicants = year.population.mixed(everybody)
        for number, applicant in enumerate(year.applicants):
            if number % _AT_THE_OFFICE == 0:
                applicant.account = OFFICER
            elif number % _WITHOUT_ACCOUNT == 1:
                applicant.account = PUBLIC
            else:
                applicant.account = _CITIZENS[number % len(_CITIZENS)]
        declined: list[tuple[Applicant, str]] = []

        async def register(applicant: Applicant) -> None:
            reasons = await self._register(applicant)
            if reasons:
                declined.append((applicant, reasons))

        with self._tell.counting("Pendaftaran", year.applicants) as applicants:
            await each(applicants, register)
        office = sum(a.account == OFFICER for a in year.applicants)
        without = sum(a.account == PUBLIC for a in year.applicants)
        moved = sum(not a.person.nik.startswith("6401") for a in year.applicants)
        homes = Counter(KECAMATAN[a.person.ktp_region][0] for a in year.applicants)
        self._tell.say(
            f"{len(year.applicants)} applied from {len(homes)} kecamatan: {office} with help at the"
            f" office, {without} without an account; {moved} were first registered outside Paser."
        )
        for applicant, reasons in sorted(declined, key=lambda pair: pair[0].kejuruan):
            home = KECAMATAN[applicant.person.ktp_region][0]
            self._tell.told(f"{applicant.person.name}, {home}, {applicant.kejuruan}", reasons)

    def _apply(self, class_: Class) -> list[Applicant]:
        technical = PROGRAMME[class_.kejuruan].technical
        ages = (18, 33) if technical else (18, 39)
        education = SENIOR if technical else ANY_SCHOOL
        flaws = [None] * class_.eligible + [
            flaw for flaw in class_.flaws for _ in range(flaw.count)
        ]
        return [
            Applicant(
                self._year.population.person(
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
        """Apply; return the reasons for which the applicant is declined, none for most."""
        done = await self._apply_for(applicant)
        applicant.application = done.id
        applicant.code = done.headers.get("x-follow-code", "")
        flaw = applicant.flaw
        if flaw is None:
            if done.has(ApplicationDeclined):
                raise Failed(f"{BLK} declined an eligible applicant: {done.done}")
            applicant.status = "registered"
            return ""
        reasons = done.event(ApplicationDeclined).reasons
        if flaw.rule not in [reason.rule for reason in reasons]:
            raise Failed(f"{BLK} declined by {reasons}, where {flaw.rule} was expected")
        applicant.status = "declined"
        return spoken(reasons)

    async def _apply_for(self, applicant: Applicant) -> Answer:
        """Send the form; sent again it is the same request."""
        form = applicant.person.form(self._year.intakes[applicant.kejuruan])
        path = _PATH if applicant.account else "/v1/public/applications"
        return await self._desk.ask(applicant.account, _SERVICE, path, form, key=applicant.key)

    async def counter(self) -> None:
        """Try what is refused at once, and send a form twice."""
        year = self._year
        grown = year.population.person((20, 30), SENIOR, 0.5)
        turns_17 = years_before(year.today, 17) + timedelta(days=3)
        young = grown.but(
            birth_date=turns_17, nik=year.population.nik_of(turns_17, grown.sex), education="smp"
        )
        again = year.population.pick([a.person for a in year.of("roti-kue")])
        tries = (
            ("KTP of Penajam Paser Utara", grown.but(ktp_region=ELSEWHERE), "ktp-paser"),
            ("16 years old", young, "min-age"),
            ("NIK of 15 digits", grown.but(nik=grown.nik[:-1]), "nik-digits"),
            ("Second application", again, "already-applied"),
        )
        for who, person, rule in tries:
            form = person.form(year.intakes["roti-kue"])
            words = await self._desk.refused(OFFICER, _SERVICE, _PATH, form, rule=rule)
            self._tell.told(who, words)
        sent = year.applicants[0]
        repeated = await self._apply_for(sent)
        if repeated.id != sent.application:
            raise Failed(f"{BLK} took the same form twice: {repeated.id}, {sent.application}")
        self._tell.told(
            "The same form sent twice over a weak network",
            "satu pendaftaran, jawaban yang sama",
            good=True,
        )

    async def correct(self) -> None:
        """Mend a wrong address, as one applicant does alone; attach the papers of many."""
        year = self._year
        moved = next(a for a in year.of("roti-kue", "registered") if a.account in _CITIZENS)
        moved.person = moved.person.but(address="Jl. Kesuma Bangsa RT 007, Tanah Grogot")
        path = f"{_PATH}/{moved.application}/correction"
        await self._desk.ask(moved.account, _SERVICE, path, moved.person.correction())
        self._tell.told(f"{moved.person.name} corrects", moved.person.address, good=True)
        other = next(c for c in _CITIZENS if c != moved.account)
        words = await self._desk.refused(
            other, _SERVICE, path, moved.person.correction(), rule="unknown-application"
        )
        self._tell.told("Another citizen tries to correct it", words)

        async def attach(applicant: Applicant) -> None:
            for kind in ("ktp", "ijazah"):
                body = year.paper(f"{kind} {applicant.application}") | {"kind": kind}
                path = f"{_PATH}/{applicant.application}/documents"
                await self._desk.ask(applicant.hand, _SERVICE, path, body)

        some = [a for a in year.applicants if a.status == "registered"][::8]
        await each(some, attach)
        self._tell.say(f"{len(some)} attach KTP and ijazah; the files are kept elsewhere.")
