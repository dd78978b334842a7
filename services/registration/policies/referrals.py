"""A partner lends seats: those who wait are asked, and the willing are referred."""

from services.registration.domain.application.aggregate import application_stream
from services.registration.domain.application.referral import (
    NoteReferred,
    NoteUnanswered,
)
from services.registration.domain.application.state import referral_id
from services.registration.domain.referral import NoteAnswer, OpenReferral, referral_stream
from services.registration.policies.common import stream_id
from shared.events.registration.enrolment import ReferralAnswered
from shared.events.registration.referral import ReferralMade, ReferralOpened, WillingnessNoted
from shared.events.registration.seats import SeatsLent
from shared.eventsourcing.policies import AnyPolicy, Dispatch, Dispatches, policy
from shared.signing.cloudevents import Envelope


@policy
def open_referral(envelope: Envelope, event: SeatsLent) -> Dispatches:
    intake = stream_id(envelope)
    command = OpenReferral(
        intake=intake,
        kejuruan=event.kejuruan,
        support=event.support,
        offer=event.offer,
        partner=event.partner,
        seats=event.seats,
        waiting=event.waiting,
        answer_by=event.answer_by,
    )
    yield Dispatch(referral_stream(referral_id(intake, event.support, event.offer)), command)


@policy
def ask_referral(envelope: Envelope, event: ReferralOpened) -> Dispatches:
    for place in event.waiting:
        yield Dispatch(application_stream(place.application), event)


@policy
def note_answer(envelope: Envelope, event: ReferralAnswered) -> Dispatches:
    referral = referral_id(event.intake, event.support, event.offer)
    command = NoteAnswer(application=stream_id(envelope), willing=event.willing)
    yield Dispatch(referral_stream(referral), command)


@policy
def note_unanswered(envelope: Envelope, event: WillingnessNoted) -> Dispatches:
    """Tell only applicants who did not answer: the others have told so themselves."""
    if not event.willing:
        command = NoteUnanswered(referral=stream_id(envelope))
        yield Dispatch(application_stream(event.application), command)


@policy
def note_referred(envelope: Envelope, event: ReferralMade) -> Dispatches:
    for place in event.referred:
        command = NoteReferred(
            support=event.support, offer=event.offer, partner=event.partner, rank=place.rank
        )
        yield Dispatch(application_stream(place.application), command)


POLICIES: tuple[AnyPolicy, ...] = (
    open_referral,
    ask_referral,
    note_answer,
    note_unanswered,
    note_referred,
)
