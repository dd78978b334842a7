"""A partner lends seats: those who wait are asked, and the willing are referred."""

from collections.abc import Iterable

from services.registration.domain.application.referral import (
    AskReferral,
    NoteReferred,
    NoteUnanswered,
)
from services.registration.domain.application.state import referral_id
from services.registration.domain.referral import NoteAnswer, OpenReferral
from services.registration.policies.common import OWN, stream_id
from shared.events.registration.enrolment import ReferralAnswered
from shared.events.registration.referral import ReferralMade, ReferralOpened, WillingnessNoted
from shared.events.registration.seats import SeatsLent
from shared.eventsourcing.policies import Do, Reaction
from shared.signing.cloudevents import Envelope


def open_referral(envelope: Envelope, event: SeatsLent) -> Iterable[Do]:
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
    yield Do(f"referral/{referral_id(intake, event.support, event.offer)}", command)


def ask_referral(envelope: Envelope, event: ReferralOpened) -> Iterable[Do]:
    command = AskReferral(
        support=event.support,
        offer=event.offer,
        partner=event.partner,
        answer_by=event.answer_by,
    )
    for place in event.waiting:
        yield Do(f"application/{place.application}", command)


def note_answer(envelope: Envelope, event: ReferralAnswered) -> Iterable[Do]:
    referral = referral_id(event.intake, event.support, event.offer)
    command = NoteAnswer(application=stream_id(envelope), willing=event.willing)
    yield Do(f"referral/{referral}", command)


def note_unanswered(envelope: Envelope, event: WillingnessNoted) -> Iterable[Do]:
    """Who did answer has told so already, and is told nothing."""
    if not event.willing:
        command = NoteUnanswered(referral=stream_id(envelope))
        yield Do(f"application/{event.application}", command)


def note_referred(envelope: Envelope, event: ReferralMade) -> Iterable[Do]:
    for place in event.referred:
        command = NoteReferred(
            support=event.support, offer=event.offer, partner=event.partner, rank=place.rank
        )
        yield Do(f"application/{place.application}", command)


REACTIONS: tuple[Reaction, ...] = (
    Reaction("open-referral", OWN, (SeatsLent,), open_referral),
    Reaction("ask-referral", OWN, (ReferralOpened,), ask_referral),
    Reaction("note-answer", OWN, (ReferralAnswered,), note_answer),
    Reaction("note-unanswered", OWN, (WillingnessNoted,), note_unanswered),
    Reaction("note-referred", OWN, (ReferralMade,), note_referred),
)
