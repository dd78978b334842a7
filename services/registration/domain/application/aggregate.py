"""Application (pendaftaran): one person and one intake, from registering to the certificate.

What each step decides is in papers.py up to the scores, in enrolment.py from the ranking on, and in
willingness.py about seats at a partner's.
"""

from collections.abc import Sequence
from typing import Any

from services.registration.domain.application import file_check as papers
from services.registration.domain.application import referral as willingness
from services.registration.domain.application import seat as enrolment
from services.registration.domain.application.state import Application, Question, referral_id
from shared.events.base import Event
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
from shared.eventsourcing.decider import Command, Context, Decider, StreamRef
from shared.eventsourcing.refusal import unexpected


def decide(state: Application, command: Command, context: Context) -> Sequence[Event]:
    match command:
        case papers.RegisterApplicant():
            return papers.register(state, command, context)
        case papers.CorrectApplication():
            return papers.correct(state, command)
        case papers.CorrectIdentity():
            return papers.correct_identity(state, command)
        case papers.AttachDocument():
            return papers.attach(state, command)
        case papers.RequestCorrection():
            return papers.request_correction(state, command)
        case papers.VerifyApplication():
            return papers.verify(state)
        case papers.DeclineApplication():
            return papers.decline(state, command)
        case papers.ScoreApplicant():
            return papers.score(state, command)
        case _:
            return _decide_enrolment(state, command, context)


def _decide_enrolment(state: Application, command: Command, context: Context) -> Sequence[Event]:
    match command:
        case enrolment.NoteSelection():
            return enrolment.note_selection(state, command)
        case enrolment.NotePromotion():
            return enrolment.note_promotion(state, command, context)
        case enrolment.ConfirmSeat():
            return enrolment.confirm(state, context)
        case enrolment.NoteSeat():
            return enrolment.note_seat(state, command)
        case enrolment.NoteLapse():
            return enrolment.note_lapse(state)
        case enrolment.NoteOver():
            return enrolment.note_over(state)
        case enrolment.NoteSchedule():
            return enrolment.note_schedule(state, command)
        case enrolment.NoteCancelled():
            return enrolment.note_cancelled(state, command, context)
        case enrolment.WithdrawApplication():
            return enrolment.withdraw(state, command, context)
        case willingness.AskReferral():
            return willingness.ask_referral(state, command)
        case willingness.AnswerReferral():
            return willingness.answer_referral(state, command, context)
        case willingness.NoteUnanswered():
            return willingness.note_unanswered(state, command)
        case willingness.NoteReferred():
            return willingness.note_referred(state, command, context)
        case enrolment.NoteErased():
            return enrolment.note_erased(state, command, context)
        case enrolment.NoteAssessed():
            return enrolment.note_assessed(state, command)
        case enrolment.NoteCertificate():
            return enrolment.note_certificate(state, command)
        case _:
            raise unexpected(command)


# Of an erased person's application stays how it ended, so that class and figures still add up.
_KEPT = {
    "status", "intake", "programme", "kejuruan", "person", "kecamatan", "registered_at",
    "starts_on", "ends_on", "referred_by", "partner", "lost", "passed", "certificates",
}  # fmt: skip
_FORGOTTEN = {
    name: field.default for name, field in Application.model_fields.items() if name not in _KEPT
}


def evolve(state: Application, event: Event) -> Application:
    changes = _changes(state, event)
    return state.model_copy(update=changes) if changes else state


def _changes(state: Application, event: Event) -> dict[str, Any]:
    """The fields that an event changes."""
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


def _data(event: ApplicantRegistered | ApplicationCorrected) -> dict[str, Any]:
    return {
        "sealed": event.sealed,
        "kecamatan": event.kecamatan,
        "sex": event.sex,
        "age_band": event.age_band,
        "education": event.education,
        "priority": event.priority,
        "eligibility": event.eligibility,
    }


def _enrolment_changes(state: Application, event: Event) -> dict[str, Any]:
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
            return {}


def _with_question(state: Application, question: Question) -> dict[str, Question]:
    asked = referral_id(state.intake, question.support, question.offer)
    return {**state.questions, asked: question}


DECIDER = Decider(
    kind="application", initial=Application(), decide=decide, evolve=evolve, version=2
)


def application_stream(id: str) -> StreamRef[Application, Command]:
    """Name the stream of one application."""
    return DECIDER.stream(id)
