"""Proposal (proposal bantuan peralatan): a centre asks, the ministry decides item by item.

A draft can be replaced; once submitted it changes only when the ministry asks for a revision. The
review's deadline rests until the answer, which starts it anew. There is one event when the deadline
is near and one when it is over.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, assert_never

from services.equipment.domain.proposal.calendar import deadline, warning
from services.equipment.domain.proposal.checklist import (
    refuse_checks,
    refuse_points,
    refuse_unfinished,
)
from services.equipment.domain.proposal.decisions import check_decisions
from services.equipment.domain.proposal.dossier import Proposal, ProposalEvent, evolve, expect
from shared.events.base import SAFE_INTEGER, Value
from shared.events.described import described
from shared.events.equipment.consignment import EquipmentAllocated
from shared.events.equipment.proposal import (
    ChecklistRecorded,
    ProposalAllocated,
    ProposalApproved,
    ProposalDrafted,
    ProposalRejected,
    ProposalRevised,
    ProposalSubmitted,
    ProposalWithdrawn,
    ReviewDueSoon,
    ReviewOverdue,
    ReviewStarted,
    RevisionRequested,
)
from shared.events.equipment.values import (
    Checks,
    Decisions,
    Points,
    ProposedItem,
    ProposedItems,
    ReviewDays,
)
from shared.events.values import Day, Demand, Item, Kejuruan, Prose, lacking
from shared.eventsourcing.decider import Command, Context, Decider, StreamRef, Timeout
from shared.eventsourcing.refusal import Refused, refuse_empty, refuse_repeated


class ProposalDraft(Value):
    """The field and the items that a centre proposes, and why."""

    kejuruan: Kejuruan
    items: Annotated[
        ProposedItems,
        described(
            en="the items proposed, each once", id="peralatan yang diusulkan, masing-masing sekali"
        ),
    ]
    justification: Annotated[
        Prose,
        described(
            en="why the centre needs them",
            id="alasan kebutuhan",
            example="Bengkel las belum memiliki mesin.",
        ),
    ]


class DraftProposal(ProposalDraft, Command):
    """Write a proposal down, or replace one that is still a draft."""


class Evidence(Value):
    """The demand for the field, and the calendar from which the review's deadline is computed.

    `review_days` are the working days of the review, `warning_days` how many of them before its end
    the deadline is near, `holidays` the days beside the weekends that are no working days.
    """

    demand: tuple[Demand, ...] = ()
    review_days: ReviewDays
    warning_days: ReviewDays
    holidays: tuple[Day, ...] = ()


class SubmitProposal(Evidence, Command):
    """Submit the draft; `kejuruan` is the field whose demand is given."""

    kejuruan: Kejuruan


class StartReview(Command):
    """Take the proposal up for review."""


class RecordChecklist(Command):
    """Record findings on points of the checklist; a later finding replaces an earlier one."""

    checks: Annotated[
        Checks,
        described(en="findings on points of the checklist", id="temuan pada butir daftar periksa"),
    ]


class RequestRevision(Command):
    """Ask the centre for changes; `points` are those of the checklist that they concern."""

    reason: Annotated[
        Prose,
        described(
            en="the changes that are asked for",
            id="perbaikan yang diminta",
            example="Harga tanpa pembanding.",
        ),
    ]
    points: Annotated[
        Points,
        described(
            en="the points of the checklist that they are about",
            id="butir daftar periksa yang bersangkutan",
            example=["fair-price"],
        ),
    ] = ()


class Revision(Value):
    """The centre's answer: the proposal as it shall be now."""

    items: Annotated[
        ProposedItems,
        described(en="the items proposed now", id="peralatan yang diusulkan sekarang"),
    ]
    justification: Annotated[
        Prose,
        described(
            en="why the centre needs them",
            id="alasan kebutuhan",
            example="Bengkel las belum memiliki mesin.",
        ),
    ]
    answer: Annotated[
        Prose,
        described(
            en="the answer to the request",
            id="jawaban atas permintaan perbaikan",
            example="Harga diambil dari e-katalog.",
        ),
    ]


class ReviseProposal(Revision, Evidence, Command):
    """Answer the request for a revision."""


class WithdrawProposal(Command):
    """Take the proposal back before it is decided."""

    reason: Annotated[
        Prose,
        described(
            en="the reason, for people", id="alasannya", example="Anggaran dialihkan ke APBD."
        ),
    ]


class DecideProposal(Command):
    """Decide every item once: how many are granted, and why not all of them."""

    decisions: Annotated[
        Decisions, described(en="a decision on each item", id="keputusan untuk setiap peralatan")
    ]


ProposalCommand = (
    DraftProposal
    | SubmitProposal
    | StartReview
    | RecordChecklist
    | RequestRevision
    | ReviseProposal
    | WithdrawProposal
    | DecideProposal
    | EquipmentAllocated
    | Timeout
)


def decide(state: Proposal, command: ProposalCommand, context: Context) -> Sequence[ProposalEvent]:
    match command:
        case DraftProposal():
            return draft(state, command, context)
        case SubmitProposal():
            return submit(state, command, context)
        case StartReview():
            expect(state, "submitted")
            return [ReviewStarted(proposer=state.proposer, kejuruan=state.kejuruan)]
        case RecordChecklist():
            expect(state, "under-review")
            refuse_checks(command.checks)
            return [ChecklistRecorded(kejuruan=state.kejuruan, checks=command.checks)]
        case RequestRevision():
            return request_revision(state, command)
        case ReviseProposal():
            return revise(state, command, context)
        case WithdrawProposal():
            return withdraw(state, command, context)
        case DecideProposal():
            return decide_items(state, command)
        case EquipmentAllocated():
            return note_allocated(state)
        case Timeout():
            return time_out(state, command, context)
        case _:
            assert_never(command)


def draft(state: Proposal, command: DraftProposal, context: Context) -> Sequence[ProposalDrafted]:
    if state.status is not None:
        expect(state, "draft")
        _own(state, context)
    return [
        ProposalDrafted(
            proposer=context.agency,
            kejuruan=command.kejuruan,
            items=command.items,
            total=_total(command.items),
            justification=command.justification,
        )
    ]


def submit(
    state: Proposal, command: SubmitProposal, context: Context
) -> Sequence[ProposalSubmitted]:
    expect(state, "draft")
    _own(state, context)
    if command.kejuruan != state.kejuruan:
        raise Refused("draft-changed")
    return [
        ProposalSubmitted(
            proposer=state.proposer,
            kejuruan=state.kejuruan,
            items=state.items,
            total=state.total,
            justification=state.justification,
            demand=command.demand,
            warn=_warn(command, context),
            due=_due(command, context),
        )
    ]


def request_revision(state: Proposal, command: RequestRevision) -> Sequence[RevisionRequested]:
    expect(state, "under-review")
    refuse_points(command.points, "points")
    return [
        RevisionRequested(
            proposer=state.proposer,
            kejuruan=state.kejuruan,
            reason=command.reason,
            points=command.points,
        )
    ]


def revise(state: Proposal, command: ReviseProposal, context: Context) -> Sequence[ProposalRevised]:
    expect(state, "revision-requested")
    _own(state, context)
    return [
        ProposalRevised(
            proposer=state.proposer,
            kejuruan=state.kejuruan,
            items=command.items,
            total=_total(command.items),
            justification=command.justification,
            answer=command.answer,
            demand=command.demand,
            warn=_warn(command, context),
            due=_due(command, context),
        )
    ]


def withdraw(
    state: Proposal, command: WithdrawProposal, context: Context
) -> Sequence[ProposalWithdrawn]:
    expect(state, "draft", "submitted", "under-review", "revision-requested")
    _own(state, context)
    return [
        ProposalWithdrawn(proposer=state.proposer, kejuruan=state.kejuruan, reason=command.reason)
    ]


def _total(items: Sequence[ProposedItem]) -> int:
    """Return the price of all items in rupiah.

    Raises Refused for no items, an item that is listed twice, or a sum beyond 2^53 - 1.
    """
    refuse_empty(items, "items")
    refuse_repeated((item.item for item in items), "items")
    total = sum(item.quantity * item.unit_price for item in items)
    if total > SAFE_INTEGER:
        raise Refused("total", field="items", status=422)
    return total


def _warn(command: Evidence, context: Context) -> datetime:
    return warning(context.now, command.review_days, command.warning_days, command.holidays)


def _due(command: Evidence, context: Context) -> datetime:
    return deadline(context.now, command.review_days, command.holidays)


def _own(state: Proposal, context: Context) -> None:
    if context.agency != state.proposer:
        raise Refused("not-the-proposer", status=403)


def decide_items(
    state: Proposal, command: DecideProposal
) -> Sequence[ProposalApproved | ProposalRejected]:
    expect(state, "under-review")
    refuse_unfinished(state.checklist)
    check_decisions(state.items, command.decisions)
    approved = {decision.item: decision.approved_quantity for decision in command.decisions}
    asked = [Item(item=item.item, quantity=item.quantity) for item in state.items]
    granted = tuple(
        Item(item=item.item, quantity=approved[item.item])
        for item in asked
        if approved[item.item] > 0
    )
    missing = lacking(asked, approved)
    if not granted:
        return [
            ProposalRejected(
                proposer=state.proposer,
                kejuruan=state.kejuruan,
                missing=missing,
                decisions=command.decisions,
            )
        ]
    return [
        ProposalApproved(
            proposer=state.proposer,
            kejuruan=state.kejuruan,
            items=granted,
            missing=missing,
            partial=bool(missing),
            decisions=command.decisions,
        )
    ]


def note_allocated(state: Proposal) -> Sequence[ProposalAllocated]:
    if state.status != "approved" or state.allocated:
        return []
    return [ProposalAllocated(proposer=state.proposer, kejuruan=state.kejuruan)]


def time_out(
    state: Proposal, command: Timeout, context: Context
) -> Sequence[ReviewDueSoon | ReviewOverdue]:
    if due(state) != command.due or context.now < command.due or state.due is None:
        return []
    soon = ReviewDueSoon(proposer=state.proposer, kejuruan=state.kejuruan, due=state.due)
    overdue = ReviewOverdue(proposer=state.proposer, kejuruan=state.kejuruan, due=state.due)
    # An instant brings one Timeout: a deadline that is no later than its warning is over with it.
    over = state.due <= command.due
    return [*([] if state.warned else [soon]), *([overdue] if over else [])]


def due(state: Proposal) -> datetime | None:
    """Return when the warning is due, then the deadline; None while the centre has to answer."""
    if state.status not in ("submitted", "under-review") or state.overdue:
        return None
    return state.due if state.warned else state.warn


DECIDER = Decider(kind="proposal", initial=Proposal(), decide=decide, evolve=evolve, due=due)


def proposal_stream(id: str) -> StreamRef[Proposal, ProposalCommand]:
    """Name the stream of one proposal."""
    return DECIDER.stream(id)
