"""Events of the ministry about equipment aid: proposals and consignments."""

from shared.events.base import Event
from shared.events.equipment.asset import AssetRegistered, AssetReleased
from shared.events.equipment.consignment import (
    AssetAttached,
    AssetRejected,
    EquipmentAllocated,
    EquipmentCommissioned,
    EquipmentDelivered,
    EquipmentReturned,
    EquipmentShipped,
    HandoverSigned,
)
from shared.events.equipment.owner import SERVICE as SERVICE
from shared.events.equipment.owner import TOPIC as TOPIC
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

OWNER = "urn:sinergi:kemenaker"

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
