"""Events of an intake (angkatan): one class, from its plan to its end."""

from typing import Annotated

from pydantic import Field

from shared.events.base import Code, Count, Id, Positive, Text
from shared.events.registration.owner import RegistrationEvent
from shared.events.registration.values import Quota, ReleaseReason
from shared.events.values import Day, EntryRules, Funding, Item, Kejuruan, Percent, Prose, Ranking


class IntakeDrafted(RegistrationEvent):
    """A class (angkatan) is planned; while it is a draft, a later one replaces this."""

    programme: Id
    kejuruan: Kejuruan
    quota: Quota
    waiting_list: Count
    funding: Funding
    registration_opens: Day
    registration_closes: Day
    reregistration_days: Positive
    starts_on: Day
    ends_on: Day


class IntakeOpened(RegistrationEvent):
    """The class takes applications; it keeps the programme's version of now."""

    programme: Id
    number: Annotated[Positive, Field(description="the programme's version")]
    title: Text
    skkni: Text
    kejuruan: Kejuruan
    hours: Positive
    entry: EntryRules
    equipment: tuple[Item, ...]
    instructors: Positive
    ranking: Ranking
    min_attendance: Percent
    quota: Quota
    waiting_list: Count
    funding: Funding
    registration_opens: Day
    registration_closes: Day
    reregistration_days: Positive
    starts_on: Day
    ends_on: Day


class RegistrationExtended(RegistrationEvent):
    """The window of registration closes later."""

    kejuruan: Kejuruan
    registration_closes: Day
    reason: Prose


class RegistrationClosed(RegistrationEvent):
    """No more applications: the window is over, or was closed before with a reason."""

    kejuruan: Kejuruan
    reason: Prose | None = None


class ApplicantListed(RegistrationEvent):
    """The class has an applicant more, whom it tells what concerns all."""

    application: Id


class InstructorAssigned(RegistrationEvent):
    """An instructor will teach the class."""

    instructor: Id
    kejuruan: Kejuruan


class InstructorUnassigned(RegistrationEvent):
    """An instructor will not teach the class after all."""

    instructor: Id
    kejuruan: Kejuruan
    reason: ReleaseReason


class IntakeWorkshopReady(RegistrationEvent):
    """The class has heard that its workshop has what it needs."""

    kejuruan: Kejuruan


class IntakeWorkshopLost(RegistrationEvent):
    """The class has heard that its workshop lacks something again."""

    kejuruan: Kejuruan


class StartBlocked(RegistrationEvent):
    """The start was asked for and waits; it follows by itself when nothing is missing."""

    kejuruan: Kejuruan
    missing: tuple[Code, ...]


class IntakeStarted(RegistrationEvent):
    """Training has begun, with these participants (peserta)."""

    programme: Id
    number: Positive
    title: Text
    skkni: Text
    kejuruan: Kejuruan
    hours: Positive
    min_attendance: Percent
    instructors: tuple[Id, ...]
    participants: tuple[Id, ...]


class IntakeRescheduled(RegistrationEvent):
    """The training is on other days; instructors and applicants hear of it."""

    kejuruan: Kejuruan
    starts_on: Day
    ends_on: Day
    reason: Prose
    instructors: tuple[Id, ...]
    applications: tuple[Id, ...]


class IntakeCancelled(RegistrationEvent):
    """The class does not take place; instructors, seats and applicants are free."""

    kejuruan: Kejuruan
    reason: Prose
    instructors: tuple[Id, ...]
    applications: tuple[Id, ...]


class IntakeCompleted(RegistrationEvent):
    """The training of this class is over; who applied and got no seat need wait no longer."""

    programme: Id
    kejuruan: Kejuruan
    instructors: tuple[Id, ...]
    unseated: tuple[Id, ...]
    passed: Count
    failed: Count
