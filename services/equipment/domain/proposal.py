"""Proposal (proposal bantuan peralatan): a centre asks, the ministry decides item by item."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from shared.events.base import SAFE_INTEGER, Event, Value
from shared.events.equipment import (
    Decision,
    Decisions,
    ProposalApproved,
    ProposalRejected,
    ProposalSubmitted,
    ProposedItem,
    ProposedItems,
    ReviewDays,
    ReviewOverdue,
    ReviewStarted,
)
from shared.events.values import (
    Agency,
    Day,
    Demand,
    Item,
    Kejuruan,
    Prose,
    lacking,
)
from shared.stream import (
    Command,
    Context,
    Decider,
    Refused,
    State,
    Timeout,
    refuse_empty,
    refuse_repeated,
    unexpected,
)

from .calendar import deadline


class ProposalDraft(Value):
    """What the centre fills in."""

    kejuruan: Kejuruan
    items: ProposedItems
    justification: Prose


class SubmitProposal(ProposalDraft, Command):
    """Submit a proposal; the demand that speaks for it and the calendar are kept as they are."""

    demand: tuple[Demand, ...] = ()
    review_days: ReviewDays
    holidays: tuple[Day, ...] = ()


class StartReview(Command):
    """Take the proposal up for review."""


class DecideProposal(Command):
    """Decide every item once: how many are granted, and why not all of them."""

    decisions: Decisions


class Granted(Value):
    """What a consignment keeps of the proposal it comes from."""

    kejuruan: Kejuruan
    receiver: Agency
    items: tuple[Item, ...]


class Proposal(State):
    status: Literal["submitted", "under-review", "approved", "rejected"] | None = None
    proposer: str = ""
    kejuruan: str = ""
    items: tuple[ProposedItem, ...] = ()
    total: int = 0
    justification: str = ""
    demand: tuple[Demand, ...] = ()
    due: datetime | None = None
    overdue: bool = False
    decisions: tuple[Decision, ...] = ()
    granted: tuple[Item, ...] = ()
    missing: tuple[Item, ...] = ()

    def grant(self) -> Granted:
        """The snapshot for a consignment. Refused while nothing is granted."""
        if self.status != "approved":
            raise Refused(
                "not-granted",
                "Equipment can only be allocated from an approved proposal.",
                "Peralatan hanya dapat dialokasikan dari proposal yang disetujui.",
                field="proposal",
                status=422 if self.status is None else 409,
            )
        return Granted(kejuruan=self.kejuruan, receiver=self.proposer, items=self.granted)


def decide(state: Proposal, command: Command, context: Context) -> Sequence[Event]:
    match command:
        case SubmitProposal():
            return submit(state, command, context)
        case StartReview():
            _expect(state, "submitted")
            return [ReviewStarted(proposer=state.proposer, kejuruan=state.kejuruan)]
        case DecideProposal():
            return decide_items(state, command)
        case Timeout():
            return time_out(state, command, context)
        case _:
            raise unexpected(command)


def submit(state: Proposal, command: SubmitProposal, context: Context) -> Sequence[Event]:
    if state.status is not None:
        raise Refused(
            "already-submitted",
            "This proposal is already submitted.",
            "Proposal ini sudah diajukan.",
        )
    refuse_empty(command.items, "items")
    refuse_repeated((item.item for item in command.items), "items")
    total = sum(item.quantity * item.unit_price for item in command.items)
    if total > SAFE_INTEGER:
        raise Refused(
            "total",
            "The total is impossibly high. Check quantities and prices.",
            "Jumlah harga terlalu besar. Periksa jumlah dan harga satuan.",
            field="items",
            status=422,
        )
    return [
        ProposalSubmitted(
            proposer=context.agency,
            kejuruan=command.kejuruan,
            items=command.items,
            total=total,
            justification=command.justification,
            demand=command.demand,
            due=deadline(context.now, command.review_days, command.holidays),
        )
    ]


def decide_items(state: Proposal, command: DecideProposal) -> Sequence[Event]:
    _expect(state, "under-review")
    _check_decisions(state, command.decisions)
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


def _check_decisions(state: Proposal, decisions: Sequence[Decision]) -> None:
    asked = {item.item: item.quantity for item in state.items}
    refuse_repeated((decision.item for decision in decisions), "decisions")
    for index, decision in enumerate(decisions):
        quantity = asked.get(decision.item)
        if quantity is None:
            raise Refused(
                "unknown-item",
                f"The proposal does not ask for {decision.item}.",
                f"Proposal ini tidak meminta {decision.item}.",
                field=f"decisions.{index}.item",
                status=422,
            )
        if decision.approved_quantity > quantity:
            raise Refused(
                "more-than-asked",
                f"The proposal asks for {quantity}; no more can be granted.",
                f"Proposal meminta {quantity}; tidak dapat disetujui lebih.",
                field=f"decisions.{index}.approved_quantity",
                status=422,
            )
        if decision.approved_quantity < quantity and decision.reason is None:
            raise Refused(
                "reason-missing",
                "Say why less is granted than was asked for.",
                "Sebutkan alasan mengapa disetujui kurang dari yang diminta.",
                field=f"decisions.{index}.reason",
                status=422,
            )
    if undecided := [item for item in asked if item not in {d.item for d in decisions}]:
        raise Refused(
            "undecided-item",
            f"Decide every item; still missing: {', '.join(undecided)}.",
            f"Putuskan semua peralatan; yang belum: {', '.join(undecided)}.",
            field="decisions",
            status=422,
        )


def time_out(state: Proposal, command: Timeout, context: Context) -> Sequence[Event]:
    if due(state) != command.due or context.now < command.due:
        return []
    return [ReviewOverdue(proposer=state.proposer, kejuruan=state.kejuruan, due=command.due)]


def due(state: Proposal) -> datetime | None:
    """The end of the review, until it is decided or overdue."""
    waits = state.status in ("submitted", "under-review") and not state.overdue
    return state.due if waits else None


_WORDS = {
    "submitted": ("submitted and not yet under review", "diajukan dan belum ditelaah"),
    "under-review": ("under review", "sedang ditelaah"),
    "approved": ("approved", "disetujui"),
    "rejected": ("rejected", "ditolak"),
}


def _expect(state: Proposal, status: Literal["submitted", "under-review"]) -> None:
    if state.status is None:
        raise Refused(
            "not-found", "There is no such proposal.", "Proposal ini tidak ada.", status=404
        )
    if state.status != status:
        (is_en, is_id), (must_en, must_id) = _WORDS[state.status], _WORDS[status]
        raise Refused(
            "illegal-step",
            f"The proposal is {is_en}; for this step it must be {must_en}.",
            f"Proposal ini {is_id}; untuk langkah ini proposal harus {must_id}.",
        )


def evolve(state: Proposal, event: Event) -> Proposal:
    match event:
        case ProposalSubmitted():
            return Proposal(
                status="submitted",
                proposer=event.proposer,
                kejuruan=event.kejuruan,
                items=event.items,
                total=event.total,
                justification=event.justification,
                demand=event.demand,
                due=event.due,
            )
        case ReviewStarted():
            return state.model_copy(update={"status": "under-review"})
        case ProposalApproved():
            return state.model_copy(
                update={
                    "status": "approved",
                    "decisions": event.decisions,
                    "granted": event.items,
                    "missing": event.missing,
                }
            )
        case ProposalRejected():
            return state.model_copy(
                update={
                    "status": "rejected",
                    "decisions": event.decisions,
                    "missing": event.missing,
                }
            )
        case ReviewOverdue():
            return state.model_copy(update={"overdue": True})
        case _:
            return state


DECIDER = Decider(kind="proposal", initial=Proposal(), decide=decide, evolve=evolve, due=due)
