"""An application's second part: the place in the ranking, the seat, and how it ends.

Commands that begin with Note arrive by reactions and are never refused: what no longer concerns
the application is answered with nothing.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, assert_never

from services.registration.domain.application.referral import no_longer_willing
from services.registration.domain.application.state import (
    ENDED,
    UNDER_WAY,
    WAITING,
    Application,
    ApplicationEvent,
    expect,
)
from services.registration.domain.intake.ranking import Given, explain
from shared.events.base import Code, Id, Instant, Positive
from shared.events.registration.application import (
    ApplicationCancelled,
    ApplicationWithdrawn,
    ScheduleChanged,
)
from shared.events.registration.enrolment import (
    ApplicantCertified,
    ApplicantErased,
    ApplicantPromoted,
    ApplicantWaitlisted,
    SeatClaimed,
    SeatConfirmed,
    SeatLost,
    SeatOffered,
    TrainingFinished,
)
from shared.events.registration.intake import IntakeCancelled, IntakeRescheduled
from shared.events.registration.seats import SeatGranted, SeatRefused
from shared.events.registration.trainee import TrainingRefused
from shared.events.registration.training import ParticipantAssessed
from shared.events.registration.values import Channel, Place, Quota
from shared.events.values import Flag, Ranking
from shared.eventsourcing.decider import Command, Context
from shared.eventsourcing.refusal import Refused


class NoteSelection(Command):
    """The selection gave this application a place: a seat, the waiting list, or the reserve."""

    place: Place
    given: Literal["offered", "waitlisted", "reserve"]
    ranking: Ranking
    quota: Quota
    candidates: Positive
    claim_by: Instant


class NotePromotion(Command):
    """A seat became free: this application is offered it, or moves up to the waiting list."""

    place: Place
    offered: Flag
    ranking: Ranking
    quota: Quota
    candidates: Positive
    claim_by: Instant


class ConfirmSeat(Command):
    """Re-register (daftar ulang) for the seat that was offered."""


class WithdrawApplication(Command):
    """The applicant no longer wants the place, or leaves the training."""

    reason: Code
    withdrawn_by: Channel = "applicant"


class NoteCertificate(Command):
    """A certificate was issued: the centre's own, or an LSP's."""

    kind: Literal["training", "competency"]
    certificate: Id


_RULES: Mapping[str, Given] = {
    "offered": "selected",
    "waitlisted": "waiting-list",
    "reserve": "reserve",
}


def note_selection(state: Application, command: NoteSelection) -> Sequence[ApplicationEvent]:
    if state.status != "scored":
        return []
    why = explain(
        command.place,
        ranking=command.ranking,
        quota=command.quota,
        candidates=command.candidates,
        rule=_RULES[command.given],
    )
    if command.given == "offered":
        return [
            SeatOffered(
                intake=state.intake, rank=command.place.rank, why=why, claim_by=command.claim_by
            )
        ]
    return [
        ApplicantWaitlisted(
            intake=state.intake,
            kejuruan=state.kejuruan,
            kecamatan=state.kecamatan,
            rank=command.place.rank,
            why=why,
            reserve=command.given == "reserve",
        )
    ]


def note_promotion(
    state: Application, command: NotePromotion, context: Context
) -> Sequence[ApplicationEvent]:
    """Whoever is offered a seat here no longer wants a partner's."""
    if state.status not in (("scored", *WAITING) if command.offered else ("scored", "reserve")):
        return []
    why = explain(
        command.place,
        ranking=command.ranking,
        quota=command.quota,
        candidates=command.candidates,
        rule="promoted" if command.offered else "waiting-list",
    )
    if not command.offered:
        return [
            ApplicantWaitlisted(
                intake=state.intake,
                kejuruan=state.kejuruan,
                kecamatan=state.kecamatan,
                rank=command.place.rank,
                why=why,
            )
        ]
    promoted = ApplicantPromoted(
        intake=state.intake,
        kejuruan=state.kejuruan,
        kecamatan=state.kecamatan,
        rank=command.place.rank,
        why=why,
        claim_by=command.claim_by,
    )
    return [promoted, *no_longer_willing(state, context.now)]


def confirm(state: Application, context: Context) -> Sequence[ApplicationEvent]:
    expect(state, "offered")
    if state.claim_by is not None and context.now >= state.claim_by:
        raise Refused("offer-lapsed")
    return [SeatClaimed(intake=state.intake, person=state.person)]


def note_seat(
    state: Application, answer: SeatGranted | SeatRefused | TrainingRefused
) -> Sequence[ApplicationEvent]:
    """Confirm or lose the claimed seat, as the ledger or the person's other training says."""
    if state.status != "claimed":
        return []
    match answer:
        case SeatGranted():
            return [SeatConfirmed(intake=state.intake)]
        case SeatRefused():
            reason = answer.reason
        case TrainingRefused():
            reason = "in-training"
        case _:
            assert_never(answer)
    return [SeatLost(intake=state.intake, person=state.person, reason=reason)]


def note_lapse(state: Application) -> Sequence[ApplicationEvent]:
    """A claim made at the last moment is the ledger's to answer."""
    if state.status != "offered":
        return []
    return [SeatLost(intake=state.intake, person=state.person, reason="missed")]


def note_over(state: Application) -> Sequence[ApplicationEvent]:
    """Whoever claims or has a seat hears of it by another way."""
    if state.status in (None, *ENDED, "claimed", "confirmed"):
        return []
    return [SeatLost(intake=state.intake, person=state.person, reason="not-offered")]


def note_schedule(state: Application, command: IntakeRescheduled) -> Sequence[ApplicationEvent]:
    unchanged = (state.starts_on, state.ends_on) == (command.starts_on, command.ends_on)
    if state.status is None or state.status in ENDED or unchanged:
        return []
    return [
        ScheduleChanged(
            intake=state.intake,
            starts_on=command.starts_on,
            ends_on=command.ends_on,
            reason=command.reason,
        )
    ]


def note_cancelled(
    state: Application, command: IntakeCancelled, context: Context
) -> Sequence[ApplicationEvent]:
    if state.status is None or state.status in ENDED:
        return []
    cancelled = ApplicationCancelled(
        intake=state.intake,
        kejuruan=state.kejuruan,
        kecamatan=state.kecamatan,
        person=state.person,
        reason=command.reason,
    )
    return [cancelled, *no_longer_willing(state, context.now)]


def withdraw(
    state: Application, command: WithdrawApplication, context: Context
) -> Sequence[ApplicationEvent]:
    expect(state, *UNDER_WAY)
    withdrawn = ApplicationWithdrawn(
        intake=state.intake,
        kejuruan=state.kejuruan,
        kecamatan=state.kecamatan,
        person=state.person,
        withdrawn_by=command.withdrawn_by,
        reason=command.reason,
    )
    return [withdrawn, *no_longer_willing(state, context.now)]


def note_erased(state: Application, context: Context) -> Sequence[ApplicationEvent]:
    if state.status is None or state.erased:
        return []
    ended: Sequence[ApplicationEvent] = ()
    if state.status in UNDER_WAY:
        ended = withdraw(
            state, WithdrawApplication(reason="erased", withdrawn_by="officer"), context
        )
    erased = ApplicantErased(
        intake=state.intake,
        kejuruan=state.kejuruan,
        kecamatan=state.kecamatan,
        person=state.person,
        account=state.account,
        support=state.referred_by,
    )
    return [*ended, erased]


def note_assessed(state: Application, command: ParticipantAssessed) -> Sequence[ApplicationEvent]:
    """Whoever is assessed has a seat, even when that is still to be told."""
    if state.status not in ("claimed", "confirmed"):
        return []
    return [
        TrainingFinished(
            intake=state.intake,
            kejuruan=state.kejuruan,
            kecamatan=state.kecamatan,
            person=state.person,
            passed=command.passed,
            attendance=command.attendance,
        )
    ]


def note_certificate(state: Application, command: NoteCertificate) -> Sequence[ApplicationEvent]:
    if state.status is None or state.certificates.get(command.kind) == command.certificate:
        return []
    return [
        ApplicantCertified(intake=state.intake, kind=command.kind, certificate=command.certificate)
    ]
