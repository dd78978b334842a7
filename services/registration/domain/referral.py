"""Referral (rujukan): a partner's lent seats, given to the willing, best-ranked first.

Those who wait are asked; when all have answered, or the time is over, the seats are given. Silence
is a no. All commands arrive by reactions or the clock; none is refused.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import assert_never

from shared.events.base import Code, Id, Instant, Positive
from shared.events.registration.referral import ReferralMade, ReferralOpened, WillingnessNoted
from shared.events.registration.values import Place
from shared.events.values import Flag, Kejuruan
from shared.eventsourcing.decider import Command, Context, Decider, State, StreamRef, Timeout


class OpenReferral(Command):
    """Ask these waiting applicants of an intake whether they would take one of the seats."""

    intake: Id
    kejuruan: Kejuruan
    support: Id
    offer: Positive
    partner: Code
    seats: Positive
    waiting: tuple[Place, ...]
    answer_by: Instant


class NoteAnswer(Command):
    """One of those who were asked has answered; until the seats are given, the last answer counts.

    An applicant who is offered a seat at home, or leaves, thereby answers no.
    """

    application: Id
    willing: Flag


class Referral(State):
    opened: ReferralOpened | None = None
    answers: Mapping[str, bool] = {}
    made: bool = False


ReferralCommand = OpenReferral | NoteAnswer | Timeout
ReferralEvent = ReferralOpened | WillingnessNoted | ReferralMade


def decide(state: Referral, command: ReferralCommand, context: Context) -> Sequence[ReferralEvent]:
    match command:
        case OpenReferral():
            return open_referral(state, command)
        case NoteAnswer():
            return note_answer(state, command)
        case Timeout():
            return time_out(state, command, context)
        case _:
            assert_never(command)


def open_referral(state: Referral, command: OpenReferral) -> Sequence[ReferralEvent]:
    if state.opened is not None:
        return []
    opened = ReferralOpened(**command.model_dump())
    return [opened] if opened.waiting else [opened, _made(opened, {})]


def note_answer(state: Referral, command: NoteAnswer) -> Sequence[ReferralEvent]:
    asked = state.opened.waiting if state.opened else ()
    known = any(place.application == command.application for place in asked)
    same = state.answers.get(command.application) is command.willing
    if state.opened is None or state.made or not known or same:
        return []
    noted = WillingnessNoted(application=command.application, willing=command.willing)
    answers = {**state.answers, command.application: command.willing}
    if len(answers) < len(asked):
        return [noted]
    return [noted, _made(state.opened, answers)]


def time_out(state: Referral, command: Timeout, context: Context) -> Sequence[ReferralEvent]:
    if state.opened is None or due(state) != command.due or context.now < command.due:
        return []
    silent = [
        WillingnessNoted(application=place.application, willing=False)
        for place in state.opened.waiting
        if place.application not in state.answers
    ]
    return [*silent, _made(state.opened, state.answers)]


def _made(opened: ReferralOpened, answers: Mapping[str, bool]) -> ReferralMade:
    willing = [place for place in opened.waiting if answers.get(place.application)]
    referred = sorted(willing, key=lambda place: place.rank)[: opened.seats]
    return ReferralMade(
        intake=opened.intake,
        kejuruan=opened.kejuruan,
        support=opened.support,
        offer=opened.offer,
        partner=opened.partner,
        referred=tuple(referred),
        unused=opened.seats - len(referred),
    )


def due(state: Referral) -> datetime | None:
    """The end of the time to answer, until the seats are given."""
    return state.opened.answer_by if state.opened and not state.made else None


def evolve(state: Referral, event: ReferralEvent) -> Referral:
    match event:
        case ReferralOpened():
            return Referral(opened=event)
        case WillingnessNoted():
            answers = {**state.answers, event.application: event.willing}
            return state.model_copy(update={"answers": answers})
        case ReferralMade():
            return state.model_copy(update={"made": True})
        case _:
            assert_never(event)


DECIDER = Decider(kind="referral", initial=Referral(), decide=decide, evolve=evolve, due=due)


def referral_stream(id: str) -> StreamRef[Referral, ReferralCommand]:
    """Name the stream of one referral."""
    return DECIDER.stream(id)
