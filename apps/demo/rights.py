"""The rights of the person: an officer reads for a purpose, somebody asks to be erased."""

from apps.composition.client import Failed
from apps.demo.answers import AccessReport, PersonalData
from apps.demo.year import BLK, OFFICER, Year

_SERVICE = "registration"


class Rights:
    """Plays an officer with whom somebody who was declined asks for their rights."""

    def __init__(self, year: Year) -> None:
        self._year, self._desk, self._tell = year, year.desk, year.tell
        self._applicant = next(a for a in year.applicants if a.status == "declined")

    async def ask(self) -> None:
        """Ask what is held about them and who has read it: the officer only, a moment ago."""
        person, path = self._applicant.person, f"/v1/applications/{self._applicant.application}"
        read = {"purpose": "complaint"}
        shown = await self._desk.look(
            PersonalData, OFFICER, _SERVICE, f"{path}/personal-data", read
        )
        if shown.data.name != person.name:
            raise Failed(f"{BLK}: {path} should be {person.name}'s")
        self._tell.told(f"{OFFICER} reads {person.name}'s data", "tercatat: keluhan")
        report = await self._desk.look(
            AccessReport, OFFICER, _SERVICE, "/v1/persons/access-report", {"nik": person.nik}
        )
        reads = [each.purpose for each in report.reads]
        if reads != ["complaint", "person-request"]:
            raise Failed(f"{BLK}: the access report of {person.name} has the reads {reads}")
        self._tell.told(f"{person.name} asks who read them", ", ".join(reads), good=True)

    async def erase(self) -> None:
        """All that identifies them is destroyed; the log, its proofs and the figures stay."""
        application, name = self._applicant.application, self._applicant.person.name
        body = {"application": application, "reason": "person-request"}
        await self._desk.ask(OFFICER, _SERVICE, "/v1/persons/erasure", body)
        said = await self._desk.refused(
            OFFICER,
            _SERVICE,
            f"/v1/applications/{application}/personal-data",
            {"purpose": "complaint"},
            rule="erased",
        )
        self._tell.told(f"{name} is erased", said, good=True)
