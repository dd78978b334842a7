"""Samples of what the training centre says about the rights of its persons."""

from shared.events.registration.application import IdentityCorrected
from shared.events.registration.enrolment import ApplicantErased
from shared.events.registration.instructor import InstructorErased
from shared.events.registration.person import (
    PersonalDataErased,
    PersonalDataRead,
    PersonFile,
    PersonFileOpened,
)
from shared.events.registration.placement import FollowUpEnded
from tests.contract.sampled import INSTRUCTOR, PERSON, SUPPORT, Sample, id_of, sealed
from tests.contract.wire import ACTOR, APPLICATION, INTAKE

_PERSON = f"person/{PERSON}"
_APPLICATION = PersonFile(kind="application", id=id_of(APPLICATION))
_PLACEMENT = f"placement/{id_of(APPLICATION)}"

SAMPLES = (
    Sample(_PERSON, PersonFileOpened(file=_APPLICATION), by="event"),
    Sample(
        APPLICATION,
        IdentityCorrected(intake=id_of(INTAKE), sealed=sealed("corrected")),
        sequence=4,
    ),
    Sample(
        _PERSON,
        PersonalDataRead(
            purpose="file-check",
            files=(_APPLICATION,),
            fields=("address", "birth_date", "name", "nik", "phone"),
            sealed=sealed("why it was read"),
        ),
        sequence=2,
    ),
    Sample(
        _PERSON,
        PersonalDataErased(
            files=(_APPLICATION,),
            withdrawn=(id_of(APPLICATION),),
            accounts=(ACTOR,),
            reason="person-request",
        ),
        sequence=3,
    ),
    Sample(
        APPLICATION,
        ApplicantErased(
            intake=id_of(INTAKE),
            kejuruan="las",
            kecamatan="64.01.04",
            person=PERSON,
            account=ACTOR,
            support=id_of(SUPPORT),
        ),
        sequence=9,
        by="event",
    ),
    Sample(INSTRUCTOR, InstructorErased(person=PERSON), sequence=6, by="event"),
    Sample(
        _PLACEMENT,
        FollowUpEnded(application=id_of(APPLICATION), kejuruan="las", months=6),
        sequence=4,
        by="event",
    ),
)
