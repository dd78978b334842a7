"""Application (pendaftaran): one person and one intake, from registering to the certificate.

What each step decides is in papers.py up to the scores, in enrolment.py from the ranking on, and in
willingness.py about seats at a partner's.
"""

from collections.abc import Sequence
from typing import assert_never

from services.registration.domain.application import file_check, referral, seat
from services.registration.domain.application.file_check import (
    AttachDocument,
    CorrectApplication,
    CorrectIdentity,
    DeclineApplication,
    RegisterApplicant,
    RequestCorrection,
    ScoreApplicant,
    VerifyApplication,
)
from services.registration.domain.application.referral import (
    AnswerReferral,
    NoteReferred,
    NoteUnanswered,
)
from services.registration.domain.application.seat import (
    ConfirmSeat,
    NoteCertificate,
    NotePromotion,
    NoteSelection,
    WithdrawApplication,
)
from services.registration.domain.application.standing import Question
from services.registration.domain.application.state import (
    Application,
    ApplicationEvent,
    EnrolmentEvent,
    referral_id,
)
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
from shared.events.registration.intake import IntakeCancelled, IntakeCompleted, IntakeRescheduled
from shared.events.registration.person import PersonalDataErased
from shared.events.registration.referral import ReferralOpened
from shared.events.registration.seats import OffersLapsed, SeatGranted, SeatRefused
from shared.events.registration.trainee import TrainingRefused
from shared.events.registration.training import ParticipantAssessed
from shared.eventsourcing.decider import Context, Decider, StreamRef

FileCommand = (
    RegisterApplicant
    | CorrectApplication
    | CorrectIdentity
    | AttachDocument
    | RequestCorrection
    | VerifyApplication
    | DeclineApplication
    | ScoreApplicant
)
EnrolmentCommand = (
    NoteSelection
    | NotePromotion
    | ConfirmSeat
    | SeatGranted
    | SeatRefused
    | TrainingRefused
    | OffersLapsed
    | IntakeCompleted
    | IntakeRescheduled
    | IntakeCancelled
    | WithdrawApplication
    | ReferralOpened
    | AnswerReferral
    | NoteUnanswered
    | NoteReferred
    | PersonalDataErased
    | ParticipantAssessed
    | NoteCertificate
)
ApplicationCommand = FileCommand | EnrolmentCommand


def decide(
    state: Application, command: ApplicationCommand, context: Context
) -> Sequence[ApplicationEvent]:
    match command:
        case RegisterApplicant():
            return file_check.register(state, command, context)
        case CorrectApplication():
            return file_check.correct(state, command)
        case CorrectIdentity():
            return file_check.correct_identity(state, command)
        case AttachDocument():
            return file_check.attach(state, command)
        case RequestCorrection():
            return file_check.request_correction(state, command)
        case VerifyApplication():
            return file_check.verify(state)
        case DeclineApplication():
            return file_check.decline(state, command)
        case ScoreApplicant():
            return file_check.score(state, command)
        case _:
            return _decide_enrolment(state, command, context)


def _decide_enrolment(
    state: Application, command: EnrolmentCommand, context: Context
) -> Sequence[ApplicationEvent]:
    match command:
        case NoteSelection():
            return seat.note_selection(state, command)
        case NotePromotion():
            return seat.note_promotion(state, command, context)
        case ConfirmSeat():
            return seat.confirm(state, context)
        case SeatGranted() | SeatRefused() | TrainingRefused():
            return seat.note_seat(state, command)
        case OffersLapsed():
            return seat.note_lapse(state)
        case IntakeCompleted():
            return seat.note_over(state)
        case IntakeRescheduled():
            return seat.note_schedule(state, command)
        case IntakeCancelled():
            return seat.note_cancelled(state, command, context)
        case WithdrawApplication():
            return seat.withdraw(state, command, context)
        case ReferralOpened():
            return referral.ask_referral(state, command)
        case AnswerReferral():
            return referral.answer_referral(state, command, context)
        case NoteUnanswered():
            return referral.note_unanswered(state, command)
        case NoteReferred():
            return referral.note_referred(state, command, context)
        case PersonalDataErased():
            return seat.note_erased(state, context)
        case ParticipantAssessed():
            return seat.note_assessed(state, command)
        case NoteCertificate():
            return seat.note_certificate(state, command)
        case _:
            assert_never(command)


# Of an erased person's application stays how it ended, so that class and figures still add up.
_KEPT = {
    "status", "intake", "programme", "kejuruan", "person", "kecamatan", "registered_at",
    "starts_on", "ends_on", "referred_by", "partner", "lost", "passed", "certificates",
}  # fmt: skip
_FORGOTTEN = {
    name: field.default for name, field in Application.model_fields.items() if name not in _KEPT
}


def evolve(state: Application, event: ApplicationEvent) -> Application:
    if state.status is None and not isinstance(event, ApplicantRegistered):
        return state
    changes = _changes(state, event)
    return state.model_copy(update=changes) if changes else state


def _changes(state: Application, event: ApplicationEvent) -> dict[str, object]:
    """Return the fields that an event changes."""
    match event:
        case ApplicantRegistered():
            return {
                "status": "registered",
                "intake": event.intake,
                "programme": event.programme,
                "kejuruan": event.kejuruan,
                "person": event.person,
                "account": event.account,
                "registered_at": event.registered_at,
                "registered_by": event.registered_by,
                **_data(event),
            }
        case ApplicationCorrected():
            return {"status": "registered", "points": (), **_data(event)}
        case IdentityCorrected():
            return {"sealed": event.sealed}
        case DocumentAttached():
            return {"status": "registered", "documents": (*state.documents, event.document)}
        case CorrectionRequested():
            return {"status": "correction", "points": event.points}
        case ApplicationDeclined():
            return {"status": "declined", "reasons": event.reasons}
        case ApplicationVerified():
            return {"status": "verified", "points": ()}
        case ApplicantScored():
            return {"status": "scored", "written": event.written, "interview": event.interview}
        case _:
            return _enrolment_changes(state, event)


def _data(event: ApplicantRegistered | ApplicationCorrected) -> dict[str, object]:
    return {
        "sealed": event.sealed,
        "kecamatan": event.kecamatan,
        "sex": event.sex,
        "age_band": event.age_band,
        "education": event.education,
        "priority": event.priority,
        "eligibility": event.eligibility,
    }


def _enrolment_changes(state: Application, event: EnrolmentEvent) -> dict[str, object]:
    match event:
        case SeatOffered() | ApplicantPromoted():
            placed = {"rank": event.rank, "why": event.why}
            return {"status": "offered", "claim_by": event.claim_by, **placed}
        case ApplicantWaitlisted():
            status = "reserve" if event.reserve else "waitlisted"
            return {"status": status, "rank": event.rank, "why": event.why}
        case SeatClaimed():
            return {"status": "claimed"}
        case SeatConfirmed():
            return {"status": "confirmed"}
        case SeatLost():
            return {"status": "lost", "lost": event.reason}
        case ScheduleChanged():
            return {"starts_on": event.starts_on, "ends_on": event.ends_on}
        case ApplicationWithdrawn():
            return {"status": "withdrawn"}
        case ApplicationCancelled():
            return {"status": "cancelled"}
        case ReferralAsked():
            question = Question(
                support=event.support,
                offer=event.offer,
                partner=event.partner,
                answer_by=event.answer_by,
            )
            return {"questions": _with_question(state, question)}
        case ReferralAnswered():
            earlier = state.questions.get(referral_id(state.intake, event.support, event.offer))
            if earlier is None:
                return {}
            answered = earlier.model_copy(update={"willing": event.willing})
            return {"questions": _with_question(state, answered)}
        case ApplicantReferred():
            referred = {"partner": event.partner, "referred_by": event.support}
            return {"status": "referred", **referred}
        case TrainingFinished():
            return {"status": "finished", "passed": event.passed, "attendance": event.attendance}
        case ApplicantCertified():
            return {"certificates": {**state.certificates, event.kind: event.certificate}}
        case ApplicantErased():
            return {**_FORGOTTEN, "erased": True}
        case _:
            assert_never(event)


def _with_question(state: Application, question: Question) -> dict[str, Question]:
    asked = referral_id(state.intake, question.support, question.offer)
    return {**state.questions, asked: question}


DECIDER = Decider(
    kind="application", initial=Application(), decide=decide, evolve=evolve, version=2
)


def application_stream(id: str) -> StreamRef[Application, ApplicationCommand]:
    """Name the stream of one application."""
    return DECIDER.stream(id)
