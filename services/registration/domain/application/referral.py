"""An application's answers to partners that lend seats, and the referral (rujukan) itself."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

from services.registration.domain.application.standing import Question
from services.registration.domain.application.state import (
    WAITING,
    Application,
    ApplicationEvent,
    expect,
    referral_id,
)
from shared.events.base import Code, Id, Positive
from shared.events.described import described
from shared.events.registration.enrolment import ApplicantReferred, ReferralAnswered, ReferralAsked
from shared.events.registration.referral import ReferralOpened
from shared.events.values import Flag, wita_day
from shared.eventsourcing.decider import Command, Context
from shared.eventsourcing.refusal import Refused

Willing = Annotated[
    Flag,
    described(
        en="whether the applicant would take the partner's seat",
        id="apakah pendaftar mau mengambil kursi mitra",
        example=True,
    ),
]
OfSupport = Annotated[
    Id,
    described(
        en="the partner's support that lends the seat; needed when several are asked about",
        id="dukungan mitra yang menyediakan kursi; perlu bila ada beberapa pertanyaan",
    ),
]


class AnswerReferral(Command):
    """Answer a referral; `support` says which one when several are asked."""

    willing: Willing
    support: OfSupport | None = None


class NoteUnanswered(Command):
    """The time to answer is over: silence is a no."""

    referral: Id


class NoteReferred(Command):
    """A partner's seat is this applicant's."""

    support: Id
    offer: Positive
    partner: Code
    rank: Positive


def ask_referral(state: Application, command: ReferralOpened) -> Sequence[ApplicationEvent]:
    asked = referral_id(state.intake, command.support, command.offer)
    if state.status not in WAITING or asked in state.questions:
        return []
    return [
        ReferralAsked(
            intake=state.intake,
            support=command.support,
            offer=command.offer,
            partner=command.partner,
            answer_by=command.answer_by,
        )
    ]


def answer_referral(
    state: Application, command: AnswerReferral, context: Context
) -> Sequence[ApplicationEvent]:
    expect(state, *WAITING)
    question = _asked(state, command.support, context.now)
    if command.willing:
        _promised_to_none(state, context.now)
    return [_answer(state, question, command.willing)]


def _asked(state: Application, support: str | None, now: datetime) -> Question:
    """Return the one question that is open; Refused when there is none, or more than one."""
    waiting = [
        question
        for question in state.open_questions(now).values()
        if support in (None, question.support)
    ]
    if not waiting:
        raise Refused("nothing-asked", field="support" if support else None)
    if len({question.support for question in waiting}) > 1:
        raise Refused(
            "which-referral",
            field="support",
            status=422,
            supports=[question.support for question in waiting],
        )
    return min(waiting, key=lambda question: (question.answer_by, question.offer))


def _promised_to_none(state: Application, now: datetime) -> None:
    """Two referrals that end together must not both keep a seat for one person."""
    for question in state.questions.values():
        if question.willing and now < question.answer_by:
            day = wita_day(question.answer_by - timedelta(seconds=1))
            raise Refused(
                "already-willing", field="willing", partner=question.partner, day=str(day)
            )


def note_unanswered(state: Application, command: NoteUnanswered) -> Sequence[ApplicationEvent]:
    question = state.questions.get(command.referral)
    if question is None or question.willing is not None:
        return []
    return [_answer(state, question, willing=False)]


def note_referred(
    state: Application, command: NoteReferred, context: Context
) -> Sequence[ApplicationEvent]:
    if state.status not in WAITING:
        return []
    referred = ApplicantReferred(
        intake=state.intake,
        kejuruan=state.kejuruan,
        kecamatan=state.kecamatan,
        person=state.person,
        education=state.education,
        support=command.support,
        offer=command.offer,
        partner=command.partner,
        rank=command.rank,
    )
    taken = referral_id(state.intake, command.support, command.offer)
    return [referred, *no_longer_willing(state, context.now, taken)]


def no_longer_willing(
    state: Application, now: datetime, taken: str | None = None
) -> Sequence[ApplicationEvent]:
    """A no to every running referral that has none yet, except to the seat that was taken."""
    return [
        _answer(state, question, willing=False)
        for referral, question in state.questions.items()
        if question.willing is not False and now < question.answer_by and referral != taken
    ]


def _answer(state: Application, question: Question, willing: bool) -> ReferralAnswered:
    return ReferralAnswered(
        intake=state.intake,
        support=question.support,
        offer=question.offer,
        willing=willing,
    )
