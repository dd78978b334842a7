"""Events of an instructor (instruktur) of the training centre."""

from typing import Literal

from shared.events.base import Code, Id, Positive
from shared.events.registration.owner import RegistrationEvent
from shared.events.registration.values import ReleaseReason
from shared.events.values import Certificate, Day, Kejuruan, Sealed


class InstructorErased(RegistrationEvent):
    """The instructor's name and NIP were erased; they teach no class any more."""

    person: Id


class InstructorAppointed(RegistrationEvent):
    """An instructor with both certificates, metodologi and kompetensi, serves the centre."""

    person: Id
    sealed: Sealed
    fields: tuple[Kejuruan, ...]
    methodology: Certificate
    competency: Certificate


class VisitingInstructorAppointed(RegistrationEvent):
    """A partner's instructor serves the centre for the agreed days."""

    partner: Code
    instructor: Id
    support: Id
    offer: Positive
    fields: tuple[Kejuruan, ...]
    methodology: Certificate
    competency: Certificate
    starts_on: Day
    ends_on: Day


class CertificateRenewed(RegistrationEvent):
    """One of an instructor's two certificates was renewed."""

    kind: Literal["methodology", "competency"]
    certificate: Certificate


class InstructorBooked(RegistrationEvent):
    """The instructor's days belong to this class."""

    intake: Id
    kejuruan: Kejuruan
    starts_on: Day
    ends_on: Day


class InstructorReleased(RegistrationEvent):
    """The instructor's days are free of this class again."""

    intake: Id
    kejuruan: Kejuruan
    reason: ReleaseReason


class InstructorDischarged(RegistrationEvent):
    """The instructor takes no new class."""

    fields: tuple[Kejuruan, ...]
