"""Events of an intake's seats: candidates, ranking, offers, grants, loans."""

from shared.events.base import Code, Id, Instant, Positive
from shared.events.registration.owner import RegistrationEvent
from shared.events.registration.values import Candidate, Place, Quota, SeatReason
from shared.events.values import Day, Flag, Kejuruan, Ranking


class CandidateEntered(RegistrationEvent):
    """A scored applicant takes part in the selection."""

    candidate: Candidate


class CandidateLeft(RegistrationEvent):
    """An applicant no longer takes part; a seat or an offer they had is free."""

    application: Id
    had_seat: Flag


class SelectionMade(RegistrationEvent):
    """The ranking was drawn up (seleksi): who is offered a seat, who waits, who is in reserve."""

    programme: Id
    kejuruan: Kejuruan
    quota: Quota
    candidates: Positive
    ranking: Ranking
    offered: tuple[Place, ...]
    waitlisted: tuple[Place, ...]
    reserve: tuple[Place, ...]
    claim_by: Instant


class IntakeOversubscribed(RegistrationEvent):
    """More candidates than seats: some wait, and other centres may have seats for them."""

    programme: Id
    kejuruan: Kejuruan
    quota: Quota
    candidates: Positive
    waiting: Positive
    starts_on: Day
    ends_on: Day


class OffersLapsed(RegistrationEvent):
    """Re-registration (daftar ulang) was missed: these seats are offered to others."""

    kejuruan: Kejuruan
    applications: tuple[Id, ...]


class CandidatesPromoted(RegistrationEvent):
    """Free seats are offered to those next in the ranking; reserves move up to the waiting list."""

    kejuruan: Kejuruan
    quota: Quota
    candidates: Positive
    ranking: Ranking
    offered: tuple[Place, ...]
    waitlisted: tuple[Place, ...]
    claim_by: Instant


class SeatGranted(RegistrationEvent):
    """The intake's ledger gave the seat to the applicant who claimed it."""

    application: Id


class SeatRefused(RegistrationEvent):
    """The intake's ledger had no seat for the applicant who claimed one."""

    application: Id
    reason: SeatReason


class SeatsLent(RegistrationEvent):
    """A partner lends seats; these waiting applicants are asked, the best-ranked first."""

    kejuruan: Kejuruan
    support: Id
    offer: Positive
    partner: Code
    seats: Positive
    waiting: tuple[Place, ...]
    answer_by: Instant
