"""Certificates, which anybody may check, and the work that graduates find."""

from apps.composition.client import Failed
from apps.demo.answers import Certificate, Followed
from apps.demo.desk import each
from apps.demo.figures import ALIGNED
from apps.demo.year import BLK, HEAD, OFFICER, PUBLIC, Applicant, Year
from shared.events.registration.certificate import CertificateIssued

_SERVICE = "registration"
_OUTCOMES = ("job", "job", "own-business", "further-study", "none")
_ASKED = 3  # every third graduate answers at once


class Graduates:
    """Plays the head who issues certificates, an employer who checks one, and graduates."""

    def __init__(self, year: Year) -> None:
        self._year, self._desk, self._tell = year, year.desk, year.tell

    async def certify(self) -> None:
        """A training certificate for each who passed, one LSP certificate of competency."""
        passed = [a for a in self._year.applicants if a.passed]

        async def certify(applicant: Applicant) -> None:
            body = {"application": applicant.application}
            done = await self._desk.ask(HEAD, _SERVICE, "/v1/certificates", body)
            self._year.certificates[applicant.application] = done.event(CertificateIssued).number

        with self._tell.counting("Sertifikat", passed) as applicants:
            await each(applicants, certify)
        welder = next(a for a in passed if a.kejuruan == ALIGNED)
        number, today = self._year.certificates[welder.application], self._year.today
        body = {
            "lsp": "LSP Pengelasan Indonesia",
            "scheme": "Plate welder SMAW 3G",
            "number": f"24029 7212 {self._year.run.upper()}",
            "issued_on": today.isoformat(),
            "valid_until": today.replace(year=today.year + 3, day=1).isoformat(),
        }
        path = f"/v1/certificates/{number}/competency"
        await self._desk.ask(OFFICER, _SERVICE, path, body)
        self._tell.told(f"{welder.person.name}, {number}", "kompeten menurut LSP", good=True)

    async def check(self) -> None:
        """An employer without an account looks a number up; a wrong number says nothing."""
        number = next(iter(self._year.certificates.values()))
        found = await self._desk.read(Certificate, PUBLIC, _SERVICE, f"/v1/certificates/{number}")
        if found.application is not None:
            raise Failed(f"{BLK} tells the public whose certificate {number} is: {found}")
        self._tell.told(f"Anybody checks {number}", f"{found.title}, sah", good=True)
        wrong = f"{number[:-2]}00"
        if (
            await self._desk.find(Certificate, PUBLIC, _SERVICE, f"/v1/certificates/{wrong}")
            is not None
        ):
            raise Failed(f"{BLK} knows the certificate {wrong}, which nobody issued")
        self._tell.told(f"Anybody checks {wrong}", "tidak ada sertifikat ini")

    async def follow(self) -> None:
        """One without an account looks at their application with code and birth date."""
        followed = next(a for a in self._year.applicants if a.code and a.status == "finished")
        birth_date = followed.person.birth_date
        body = {"code": followed.code, "birth_date": birth_date.isoformat()}
        found = await self._desk.look(Followed, PUBLIC, _SERVICE, "/v1/follow", body)
        if found.status != followed.status:
            raise Failed(f"{BLK}: {followed.code} should be {followed.status}, but is {found}")
        self._tell.told(f"{followed.person.name}, code", found.next.id, good=True)

    async def place(self) -> None:
        """Note what the graduates do three months later, as far as they have told by now."""
        asked = [a for a in self._year.applicants if a.passed][::_ASKED]

        async def place(numbered: tuple[int, Applicant]) -> None:
            number, applicant = numbered
            body = {"months": 3, "outcome": _OUTCOMES[number % len(_OUTCOMES)]}
            path = f"/v1/placements/{applicant.application}"
            await self._desk.ask(OFFICER, _SERVICE, path, body)

        await each(enumerate(asked), place)
        self._year.placed = sum(
            _OUTCOMES[number % len(_OUTCOMES)] != "none" for number in range(len(asked))
        )
        self._tell.say(f"{len(asked)} graduates have told; {self._year.placed} found something.")

    # -- reading --------------------------------------------------------------------------------

    async def certified(self) -> int:
        """Count the certificates of this run that anybody can check."""
        numbers = self._year.certificates.values()
        found = [
            await self._desk.find(Certificate, PUBLIC, _SERVICE, f"/v1/certificates/{number}")
            for number in numbers
        ]
        return sum(certificate is not None for certificate in found)
