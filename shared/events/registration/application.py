"""Events of an application (pendaftaran) up to the scores."""

from typing import Annotated

from shared.events.base import Code, Id, Text
from shared.events.described import described
from shared.events.registration.owner import RegistrationEvent
from shared.events.registration.values import (
    Channel,
    Eligibility,
    InPriorityGroup,
    InterviewScore,
    LastEducation,
    RegisteredAt,
    WrittenScore,
)
from shared.events.values import (
    AgeBand,
    Day,
    Document,
    Kecamatan,
    Kejuruan,
    Prose,
    Reason,
    Sealed,
    Sex,
)


class IdentityCorrected(RegistrationEvent):
    """Name, phone or address of the applicant were corrected; no rule looks at these."""

    intake: Id
    sealed: Sealed


class ApplicantRegistered(RegistrationEvent):
    """A person applied to an intake (pendaftaran), alone or helped at the office."""

    intake: Id
    programme: Id
    kejuruan: Kejuruan
    person: Id
    sealed: Sealed
    kecamatan: Kecamatan
    sex: Sex
    age_band: AgeBand
    education: LastEducation
    priority: InPriorityGroup
    eligibility: Eligibility
    registered_at: RegisteredAt
    registered_by: Channel
    account: Annotated[
        Text | None,
        described(en="opaque name of the applicant's account", id="nama samaran akun pendaftar"),
    ] = None


class ApplicationCorrected(RegistrationEvent):
    """The applicant's data were corrected before the file check; all rules were weighed anew."""

    intake: Id
    kejuruan: Kejuruan
    sealed: Sealed
    kecamatan: Kecamatan
    sex: Sex
    age_band: AgeBand
    education: LastEducation
    priority: InPriorityGroup
    eligibility: Eligibility
    corrected_by: Channel


class DocumentAttached(RegistrationEvent):
    """A paper belongs to the application; the file itself is kept elsewhere."""

    intake: Id
    document: Document


class CorrectionRequested(RegistrationEvent):
    """The file check found something that the applicant can mend."""

    intake: Id
    points: tuple[Code, ...]
    sealed: Sealed | None = None


class ApplicationDeclined(RegistrationEvent):
    """The application can't go on, for these reasons."""

    intake: Id
    kejuruan: Kejuruan
    kecamatan: Kecamatan
    reasons: tuple[Reason, ...]
    sealed: Sealed | None = None


class ApplicationWithdrawn(RegistrationEvent):
    """The applicant no longer wants the place, or left the training."""

    intake: Id
    kejuruan: Kejuruan
    kecamatan: Kecamatan
    person: Id
    withdrawn_by: Channel
    reason: Code


class ApplicationCancelled(RegistrationEvent):
    """The class does not take place, so the application ends; another can be made."""

    intake: Id
    kejuruan: Kejuruan
    kecamatan: Kecamatan
    person: Id
    reason: Prose


class ScheduleChanged(RegistrationEvent):
    """The applicant's class is on other days."""

    intake: Id
    starts_on: Day
    ends_on: Day
    reason: Prose


class ApplicationVerified(RegistrationEvent):
    """The file check (pemeriksaan berkas) found the papers in order."""

    intake: Id


class ApplicantScored(RegistrationEvent):
    """Written test and interview are marked."""

    intake: Id
    priority: InPriorityGroup
    written: WrittenScore
    interview: InterviewScore
    registered_at: RegisteredAt
