"""The training centre's worklist: which events open a task for whom, and which end it.

What waits for applicants is not here: an inbox is a role's, and no event after the first says whose
account an application is of. `/v1/my-applications` and `/v1/follow` tell each applicant, and nobody
else, what they can do and until when.
"""

from datetime import datetime
from typing import Any

from services.registration.agency import BLK_PASER
from shared.events.registration.application import (
    ApplicantRegistered,
    ApplicantScored,
    ApplicationCancelled,
    ApplicationCorrected,
    ApplicationDeclined,
    ApplicationVerified,
    ApplicationWithdrawn,
    CorrectionRequested,
    DocumentAttached,
)
from shared.events.registration.enrolment import ApplicantCertified, SeatLost, TrainingFinished
from shared.events.registration.intake import (
    InstructorAssigned,
    InstructorUnassigned,
    IntakeCancelled,
    IntakeCompleted,
    IntakeDrafted,
    IntakeOpened,
    IntakeStarted,
    RegistrationClosed,
    StartBlocked,
)
from shared.events.registration.placement import FollowUpDue, FollowUpEnded, GraduatePlaced
from shared.events.registration.seats import SelectionMade
from shared.events.registration.training import (
    AssessmentRecommended,
    ParticipantAssessed,
    ParticipantLeft,
    TrainingBegun,
    TrainingCompleted,
)
from shared.events.registration.workshop import (
    EquipmentBroken,
    EquipmentRepaired,
    EquipmentWithdrawn,
)
from shared.events.values import start_of_day
from shared.web.authentication import Role
from shared.web.worklist import Task

_GONE = (ApplicationDeclined, ApplicationWithdrawn, ApplicationCancelled, SeatLost)


def _centre(event: Any) -> str:
    return BLK_PASER


def _opening_day(event: IntakeDrafted) -> datetime:
    """Registration opens with that day, so the day before is the last one for this."""
    return start_of_day(event.registration_opens)


def _before_the_start(event: IntakeOpened | InstructorUnassigned) -> datetime | None:
    if isinstance(event, IntakeOpened):
        return start_of_day(event.starts_on)
    return None


def _no_other_needed(event: Any) -> bool:
    """Return whether the instructor's leaving opens no gap: the class is over,
    cancelled or full.
    """
    return isinstance(event, InstructorUnassigned) and event.reason not in ("moved", "replaced")


def _no_certificate_of_ours(event: Any) -> bool:
    if isinstance(event, TrainingFinished):
        return not event.passed
    return isinstance(event, ApplicantCertified) and event.kind != "training"


def _application(event: Any) -> str:
    return str(event.application)


def _months(event: Any) -> str:
    return str(event.months)


TASKS: tuple[Task, ...] = (
    Task(
        name="open-intake",
        role=Role.BLK_OFFICER,
        command="POST /v1/intakes/{id}/opening",
        opens=(IntakeDrafted,),
        closes=(IntakeOpened, IntakeCancelled),
        deadline=_opening_day,
        agency=_centre,
    ),
    Task(
        name="assign-instructor",
        role=Role.BLK_OFFICER,
        command="POST /v1/intakes/{id}/instructors",
        opens=(IntakeOpened, InstructorUnassigned),
        closes=(InstructorAssigned, IntakeStarted, IntakeCancelled, IntakeCompleted),
        deadline=_before_the_start,
        agency=_centre,
        unless=_no_other_needed,
    ),
    Task(
        name="check-file",
        role=Role.BLK_OFFICER,
        command="POST /v1/applications/{id}/verification",
        opens=(ApplicantRegistered, ApplicationCorrected, DocumentAttached),
        closes=(CorrectionRequested, ApplicationVerified, *_GONE),
        agency=_centre,
    ),
    Task(
        name="enter-scores",
        role=Role.BLK_OFFICER,
        command="POST /v1/applications/{id}/scores",
        opens=(ApplicationVerified,),
        closes=(ApplicantScored, *_GONE),
        agency=_centre,
    ),
    Task(
        name="select-participants",
        role=Role.BLK_OFFICER,
        command="POST /v1/intakes/{id}/selection",
        opens=(RegistrationClosed,),
        closes=(SelectionMade, IntakeCancelled),
        agency=_centre,
    ),
    Task(
        name="start-class",
        role=Role.BLK_OFFICER,
        command="POST /v1/intakes/{id}/start",
        opens=(SelectionMade,),
        closes=(StartBlocked, IntakeStarted, IntakeCancelled),
        agency=_centre,
    ),
    Task(
        name="record-sessions",
        role=Role.BLK_OFFICER,
        command="POST /v1/trainings/{id}/sessions",
        opens=(TrainingBegun,),
        closes=(TrainingCompleted,),
        agency=_centre,
    ),
    Task(
        name="decide-assessment",
        role=Role.BLK_OFFICER,
        command="POST /v1/trainings/{id}/assessments",
        opens=(AssessmentRecommended,),
        closes=(ParticipantAssessed, ParticipantLeft),
        agency=_centre,
        item=_application,
    ),
    Task(
        name="issue-certificate",
        role=Role.BLK_OFFICER,
        command="POST /v1/certificates",
        opens=(TrainingFinished,),
        closes=(ApplicantCertified,),
        agency=_centre,
        unless=_no_certificate_of_ours,
    ),
    Task(
        name="follow-up",
        role=Role.BLK_OFFICER,
        command="POST /v1/placements/{id}",
        opens=(FollowUpDue,),
        closes=(GraduatePlaced, FollowUpEnded),
        agency=_centre,
        item=_months,
        version=2,
    ),
    Task(
        name="repair-equipment",
        role=Role.BLK_OFFICER,
        command="POST /v1/workshops/{id}/repaired",
        opens=(EquipmentBroken,),
        closes=(EquipmentRepaired, EquipmentWithdrawn),
        agency=_centre,
    ),
)
