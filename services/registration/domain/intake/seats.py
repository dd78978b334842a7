"""Decisions of an intake about its seats: selection, claims, leavers, lapses, loans.

Claims and candidates arrive as reactions: they are never refused, but answered with an event, or
with nothing when all is done.
"""

from collections.abc import Sequence
from datetime import datetime

from services.registration.domain.intake.ranking import rank
from services.registration.domain.intake.seat_ledger import Ledger, divide, promotion, without
from services.registration.domain.intake.state import Intake, IntakeEvent, expect
from shared.events.base import Code, Id, Positive
from shared.events.registration.seats import (
    CandidateEntered,
    CandidateLeft,
    CandidatesPromoted,
    IntakeOversubscribed,
    OffersLapsed,
    SeatGranted,
    SeatRefused,
    SeatsLent,
    SelectionMade,
)
from shared.events.registration.values import Candidate
from shared.events.values import end_of_day, wita_day
from shared.eventsourcing.decider import Command, Context
from shared.eventsourcing.refusal import Refused

ANSWER_DAYS = 3


class EnterCandidate(Command):
    """A scored applicant takes part."""

    candidate: Candidate


class SelectParticipants(Command):
    """Draw up the ranking of all candidates."""


class ClaimSeat(Command):
    """An applicant re-registered for a seat."""

    application: Id


class LeaveIntake(Command):
    """An applicant no longer takes part."""

    application: Id


class LendSeats(Command):
    """A partner lends seats: those who wait are to be asked."""

    support: Id
    offer: Positive
    partner: Code
    seats: Positive


def enter(state: Intake, command: EnterCandidate) -> Sequence[IntakeEvent]:
    """Marks that come after the selection change nothing: the ranking stands."""
    if command.candidate.application in state.candidates or state.status not in ("open", "closed"):
        return []
    return [CandidateEntered(candidate=command.candidate)]


def select(state: Intake, context: Context) -> Sequence[IntakeEvent]:
    expect(state, "closed")
    if not state.candidates:
        raise Refused("no-candidates")
    ledger, starts_on = state.ledger, state.days()[0]
    ranked = rank(state.candidates.values(), state.ranking)
    offered, waiting, reserve = divide(ranked, ledger.quota, ledger.waiting_list)
    made = SelectionMade(
        programme=state.programme,
        kejuruan=state.kejuruan,
        quota=ledger.quota,
        candidates=len(ranked),
        ranking=state.ranking,
        offered=offered,
        waitlisted=waiting,
        reserve=reserve,
        claim_by=_claim_by(state, context),
    )
    if not waiting and not reserve:
        return [made]
    return [
        made,
        IntakeOversubscribed(
            programme=state.programme,
            kejuruan=state.kejuruan,
            quota=ledger.quota,
            candidates=len(ranked),
            waiting=len(waiting) + len(reserve),
            starts_on=starts_on,
            ends_on=state.days()[1],
        ),
    ]


def _claim_by(state: Intake, context: Context) -> datetime:
    return end_of_day(wita_day(context.now), state.reregistration_days)


def claim(state: Intake, command: ClaimSeat) -> Sequence[IntakeEvent]:
    """Grant or refuse the seat. An offer that lapsed meanwhile gets none: it is
    another's by now.
    """
    application, ledger = command.application, state.ledger
    if application in ledger.seated:
        return []
    if state.status == "cancelled":
        return [SeatRefused(application=application, reason="cancelled")]
    if state.status in ("started", "completed"):
        return [SeatRefused(application=application, reason="started")]
    if application not in ledger.offered:
        return [SeatRefused(application=application, reason="not-offered")]
    if len(ledger.seated) >= ledger.quota:
        return [SeatRefused(application=application, reason="full")]
    return [SeatGranted(application=application)]


def leave(state: Intake, command: LeaveIntake, context: Context) -> Sequence[IntakeEvent]:
    application, ledger = command.application, state.ledger
    queued = (*ledger.offered, *ledger.seated, *ledger.waiting, *ledger.reserve)
    if application not in state.candidates and application not in queued:
        return []
    left = CandidateLeft(application=application, had_seat=application in ledger.seated)
    return [left, *_promote(state, without(ledger, [application]), context)]


def lapse(state: Intake, context: Context) -> Sequence[IntakeEvent]:
    """Offers that nobody claimed in time go to those next in the ranking."""
    lapsed = state.ledger.lapsed(context.now)
    if not lapsed:
        return []
    event = OffersLapsed(kejuruan=state.kejuruan, applications=lapsed)
    return [event, *_promote(state, without(state.ledger, lapsed), context)]


def _promote(state: Intake, ledger: Ledger, context: Context) -> Sequence[IntakeEvent]:
    if state.status != "selected":
        return []
    promoted, rising = promotion(ledger)
    if not promoted and not rising:
        return []
    return [
        CandidatesPromoted(
            kejuruan=state.kejuruan,
            quota=ledger.quota,
            candidates=len(ledger.ranked),
            ranking=state.ranking,
            offered=ledger.places(promoted),
            waitlisted=ledger.places(rising),
            claim_by=_claim_by(state, context),
        )
    ]


def lend(state: Intake, command: LendSeats, context: Context) -> Sequence[IntakeEvent]:
    ledger = state.ledger
    waiting = ledger.places((*ledger.waiting, *ledger.reserve))
    if not waiting or state.status == "cancelled":
        return []
    return [
        SeatsLent(
            kejuruan=state.kejuruan,
            support=command.support,
            offer=command.offer,
            partner=command.partner,
            seats=command.seats,
            waiting=waiting,
            answer_by=end_of_day(wita_day(context.now), ANSWER_DAYS),
        )
    ]
