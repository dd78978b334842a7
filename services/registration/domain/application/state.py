"""Where an application stands: its state."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal

from shared.events.base import Code, Id, Instant, Positive, Value
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
from shared.events.registration.values import Channel, Eligibility, SeatReason
from shared.events.values import AgeBand, Document, Education, Reason, Sex
from shared.eventsourcing.decider import State
from shared.eventsourcing.refusal import refuse_unless

Status = Literal[
    "registered",
    "correction",
    "declined",
    "verified",
    "scored",
    "offered",
    "waitlisted",
    "reserve",
    "claimed",
    "confirmed",
    "lost",
    "withdrawn",
    "cancelled",
    "referred",
    "finished",
]
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


class Question(Value):
    """A partner's seat that the applicant was asked about, and the answer."""

    support: Id
    offer: Positive
    partner: Code
    answer_by: Instant
    willing: bool | None = None


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


class Application(State):
    status: Status | None = None
    intake: str = ""
    programme: str = ""
    kejuruan: str = ""
    person: str = ""
    sealed: str | None = None
    account: str | None = None
    kecamatan: str = ""
    sex: Sex | None = None
    age_band: AgeBand | None = None
    education: Education = "none"
    priority: bool = False
    eligibility: Eligibility | None = None
    registered_at: datetime | None = None
    registered_by: Channel | None = None
    documents: tuple[Document, ...] = ()
    points: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    written: int | None = None
    interview: int | None = None
    rank: int | None = None
    why: Reason | None = None
    claim_by: datetime | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    questions: Mapping[str, Question] = {}
    partner: str | None = None
    referred_by: str | None = None
    lost: SeatReason | None = None
    passed: bool | None = None
    attendance: int | None = None
    certificates: Mapping[str, str] = {}
    erased: bool = False

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
