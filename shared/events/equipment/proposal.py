"""Events of a proposal for equipment."""

from shared.events.base import Code, Instant, Rupiah
from shared.events.equipment.owner import EquipmentEvent
from shared.events.equipment.values import Check, Decision, ProposedItem
from shared.events.values import Agency, Attestation, Demand, Flag, Item, Kejuruan, Prose


class ProposalDrafted(EquipmentEvent):
    """A centre writes a proposal; while it is a draft, a later one replaces this."""

    proposer: Agency
    kejuruan: Kejuruan
    items: tuple[ProposedItem, ...]
    total: Rupiah
    justification: Prose


class ProposalSubmitted(EquipmentEvent):
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


class ReviewStarted(EquipmentEvent):
    """The ministry reviews the proposal (penelaahan)."""

    proposer: Agency
    kejuruan: Kejuruan


class ChecklistRecorded(EquipmentEvent):
    """The reviewer's findings on these points of the checklist."""

    kejuruan: Kejuruan
    checks: tuple[Check, ...]


class RevisionRequested(EquipmentEvent):
    """The ministry asks for changes before it decides; its deadline rests until the answer."""

    proposer: Agency
    kejuruan: Kejuruan
    reason: Prose
    points: tuple[Code, ...]


class ProposalRevised(EquipmentEvent):
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


class ProposalWithdrawn(EquipmentEvent):
    """The centre no longer asks."""

    proposer: Agency
    kejuruan: Kejuruan
    reason: Prose


class ReviewDueSoon(EquipmentEvent):
    """The review's deadline is near and nothing is decided."""

    proposer: Agency
    kejuruan: Kejuruan
    due: Instant


class ProposalApproved(EquipmentEvent):
    """The ministry grants the proposal, in full or in part; `missing` is what it does not grant."""

    proposer: Agency
    kejuruan: Kejuruan
    items: tuple[Item, ...]
    missing: tuple[Item, ...]
    partial: Flag
    decisions: tuple[Decision, ...]


class ProposalAllocated(EquipmentEvent):
    """The granted equipment is set aside for a workshop."""

    proposer: Agency
    kejuruan: Kejuruan


class ProposalRejected(EquipmentEvent):
    """The ministry grants nothing; each decision has its reason."""

    proposer: Agency
    kejuruan: Kejuruan
    missing: tuple[Item, ...]
    decisions: tuple[Decision, ...]


class ReviewOverdue(EquipmentEvent):
    """The last working day of the review is over and nothing is decided."""

    proposer: Agency
    kejuruan: Kejuruan
    due: Instant
