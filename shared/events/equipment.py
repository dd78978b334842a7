"""What the ministry publishes about equipment aid: proposals and consignments."""

from typing import Annotated

from pydantic import Field

from shared.events.base import Code, Count, Event, Id, Instant, Positive, Rupiah, Text, Value
from shared.events.values import (
    Agency,
    Attestation,
    Demand,
    Flag,
    Item,
    Kejuruan,
    Origin,
    Prose,
)


class ProposedItem(Value):
    """One line of a proposal, with its estimated price (perkiraan harga satuan)."""

    item: Code
    name: Text
    quantity: Positive
    unit_price: Rupiah


class Decision(Value):
    """What the ministry decided on one line; a reason where it grants less than was asked."""

    item: Code
    approved_quantity: Count
    reason: Text | None = None


class Delivered(Value):
    """What came of one item: in order (baik), damaged (rusak), or not at all (hilang)."""

    item: Code
    good: Count
    damaged: Count = 0
    missing: Count = 0


class Check(Value):
    """One point of the review's checklist, and whether it is met."""

    point: Code
    met: Flag
    note: Text | None = None


class Asset(Value):
    """One unit of equipment with its asset number (nomor aset)."""

    item: Code
    number: Id


# As commands take them in: bounded, so that an event always fits its 256 KiB.
ProposedItems = Annotated[tuple[ProposedItem, ...], Field(max_length=200)]
Decisions = Annotated[tuple[Decision, ...], Field(max_length=200)]
Deliveries = Annotated[tuple[Delivered, ...], Field(max_length=200)]
ReviewDays = Annotated[
    int, Field(strict=True, ge=1, le=250, description="working days for the review")
]


class ProposalDrafted(Event):
    """A centre writes a proposal; while it is a draft, a later one replaces this."""

    proposer: Agency
    kejuruan: Kejuruan
    items: tuple[ProposedItem, ...]
    total: Rupiah
    justification: Prose


class ProposalSubmitted(Event):
    """A centre asks for equipment (proposal bantuan peralatan), with its evidence frozen in."""

    proposer: Agency
    kejuruan: Kejuruan
    items: tuple[ProposedItem, ...]
    total: Rupiah
    justification: Prose
    demand: tuple[Demand, ...]
    warn: Instant
    due: Instant
    attestation: Attestation | None = None


class ReviewStarted(Event):
    """The ministry reviews the proposal (penelaahan)."""

    proposer: Agency
    kejuruan: Kejuruan


class ChecklistRecorded(Event):
    """What the reviewer found on these points of the checklist."""

    kejuruan: Kejuruan
    checks: tuple[Check, ...]


class RevisionRequested(Event):
    """The ministry asks for changes before it decides; its deadline rests until the answer."""

    proposer: Agency
    kejuruan: Kejuruan
    reason: Prose
    points: tuple[Code, ...]


class ProposalRevised(Event):
    """The centre's answer: the proposal as it is now, with the evidence and deadline of now."""

    proposer: Agency
    kejuruan: Kejuruan
    items: tuple[ProposedItem, ...]
    total: Rupiah
    justification: Prose
    answer: Prose
    demand: tuple[Demand, ...]
    warn: Instant
    due: Instant
    attestation: Attestation | None = None


class ProposalWithdrawn(Event):
    """The centre no longer asks."""

    proposer: Agency
    kejuruan: Kejuruan
    reason: Prose


class ReviewDueSoon(Event):
    """The review's deadline is near and nothing is decided."""

    proposer: Agency
    kejuruan: Kejuruan
    due: Instant


class ProposalApproved(Event):
    """The ministry grants the proposal, in full or in part; `missing` is what it does not grant."""

    proposer: Agency
    kejuruan: Kejuruan
    items: tuple[Item, ...]
    missing: tuple[Item, ...]
    partial: Flag
    decisions: tuple[Decision, ...]


class ProposalAllocated(Event):
    """What the proposal was granted is set aside for a workshop."""

    proposer: Agency
    kejuruan: Kejuruan


class ProposalRejected(Event):
    """The ministry grants nothing; each decision has its reason."""

    proposer: Agency
    kejuruan: Kejuruan
    missing: tuple[Item, ...]
    decisions: tuple[Decision, ...]


class ReviewOverdue(Event):
    """The last working day of the review is over and nothing is decided."""

    proposer: Agency
    kejuruan: Kejuruan
    due: Instant


class EquipmentAllocated(Event):
    """The ministry sets the granted goods aside for a workshop (hibah BMN)."""

    proposal: Id
    kejuruan: Kejuruan
    workshop: Text
    giver: Agency
    receiver: Agency
    items: tuple[Item, ...]


class EquipmentShipped(Event):
    """Goods are on their way."""

    kejuruan: Kejuruan
    items: tuple[Item, ...]


class EquipmentDelivered(Event):
    """Goods arrived; delivered is not yet accepted."""

    kejuruan: Kejuruan
    items: tuple[Delivered, ...]


class HandoverSigned(Event):
    """One of the two sides signed the hand-over (BAST) of the goods that arrived in order."""

    agency: Agency
    signer: Text
    bast: Text | None = None
    items: tuple[Item, ...]
    complete: Annotated[Flag, Field(description="whether both sides have now signed")]
    attestation: Attestation | None = None


class EquipmentReturned(Event):
    """Damaged goods go back to the giver, who may ship others in their place."""

    kejuruan: Kejuruan
    items: tuple[Item, ...]
    reason: Prose


class AssetAttached(Event):
    """A unit of the consignment has its asset number."""

    asset: Asset


class AssetRejected(Event):
    """There is no unit of the consignment left for this asset number."""

    asset: Asset


class AssetRegistered(Event):
    """An asset number is taken, by this unit."""

    consignment: Id
    item: Code


class AssetReleased(Event):
    """An asset number is free again."""

    consignment: Id


class EquipmentCommissioned(Event):
    """The goods work in the workshop: granted by the ministry, or lent by a partner's support."""

    kejuruan: Kejuruan
    receiver: Agency
    items: tuple[Item, ...]
    origin: Origin
    proposal: Id | None = None
    partner: Code | None = None
    assets: tuple[Asset, ...] = ()


EVENTS: tuple[type[Event], ...] = (
    ProposalDrafted,
    ProposalSubmitted,
    ReviewStarted,
    ChecklistRecorded,
    RevisionRequested,
    ProposalRevised,
    ProposalWithdrawn,
    ReviewDueSoon,
    ProposalApproved,
    ProposalAllocated,
    ProposalRejected,
    ReviewOverdue,
    EquipmentAllocated,
    EquipmentShipped,
    EquipmentDelivered,
    HandoverSigned,
    EquipmentReturned,
    AssetAttached,
    AssetRejected,
    AssetRegistered,
    AssetReleased,
    EquipmentCommissioned,
)
