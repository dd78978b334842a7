"""Where an application stands: its state."""

from collections.abc import Mapping
from datetime import datetime

from services.registration.domain.application.standing import Question, Standing, Status
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
    IdentityCorrected,
    ScheduleChanged,
)
from shared.events.registration.enrolment import (
    ApplicantCertified,
    ApplicantErased,
    ApplicantPromoted,
    ApplicantReferred,
    ApplicantWaitlisted,
    ReferralAnswered,
    ReferralAsked,
    SeatClaimed,
    SeatConfirmed,
    SeatLost,
    SeatOffered,
    TrainingFinished,
)
from shared.events.registration.values import Eligibility
from shared.events.values import Reason
from shared.eventsourcing.decider import State
from shared.eventsourcing.refusal import refuse_unless

# Before the file check has an answer; only then can the applicant's data change.
UNCHECKED: tuple[Status, ...] = ("registered", "correction")
WAITING: tuple[Status, ...] = ("waitlisted", "reserve")
# Nothing follows any more; of the finished only certificates are still told.
ENDED: tuple[Status, ...] = (
    "declined", "lost", "withdrawn", "cancelled", "referred", "finished",
)  # fmt: skip
UNDER_WAY: tuple[Status, ...] = (
    *UNCHECKED, "verified", "scored", "offered", *WAITING, "claimed", "confirmed",
)  # fmt: skip


FileEvent = (
    IdentityCorrected
    | ApplicantRegistered
    | ApplicationCorrected
    | DocumentAttached
    | CorrectionRequested
    | ApplicationDeclined
    | ApplicationVerified
    | ApplicantScored
)
EnrolmentEvent = (
    ScheduleChanged
    | ApplicationWithdrawn
    | ApplicationCancelled
    | ApplicantErased
    | SeatOffered
    | ApplicantWaitlisted
    | ApplicantPromoted
    | SeatClaimed
    | SeatConfirmed
    | SeatLost
    | ReferralAsked
    | ReferralAnswered
    | ApplicantReferred
    | TrainingFinished
    | ApplicantCertified
)
ApplicationEvent = FileEvent | EnrolmentEvent


class Application(Standing, State):
    """An application: its standing, whose it is, and why it stands there."""

    person: str = ""
    sealed: str | None = None
    account: str | None = None
    eligibility: Eligibility | None = None
    reasons: tuple[Reason, ...] = ()
    why: Reason | None = None

    def open_questions(self, now: datetime) -> Mapping[str, Question]:
        """Return the referrals that still wait for this applicant's answer."""
        if self.status not in WAITING:
            return {}
        return {
            referral: question
            for referral, question in self.questions.items()
            if question.willing is None and now < question.answer_by
        }


def referral_id(intake: str, support: str, offer: int) -> str:
    """Return the id of the stream in which a partner's seats are given away."""
    return f"{intake}.{support}.{offer}"


def expect(state: Application, *statuses: Status) -> None:
    """Refused unless the application stands where the step begins."""
    refuse_unless(state.status, statuses, "application")
