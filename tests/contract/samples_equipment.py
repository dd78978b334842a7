"""Samples of what the ministry says about equipment aid."""

from datetime import UTC, datetime

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
from shared.events.equipment.values import Asset, Check, Decision, Delivered, ProposedItem
from shared.events.values import Demand, Item
from tests.contract.sampled import ATTESTATION, CONSIGNMENT, HELMET, WELDER, Sample, id_of
from tests.contract.wire import BLK, MINISTRY, PROPOSAL

_LINES = (
    ProposedItem(
        item="mesin-las-smaw", name="Mesin las SMAW 250 A", quantity=12, unit_price=9_850_000
    ),
    ProposedItem(item="helm-las", name="Helm las otomatis", quantity=16, unit_price=725_000),
)
_TOTAL = 129_800_000
_WHY = "157 people applied in 2023 and one class of 16 learns to weld."
_DEMAND = (
    Demand(kejuruan="las", kecamatan="64.01.04", applicants=11, waiting=5, placed=3),
    Demand(kejuruan="las", kecamatan="64.01.06", applicants=7, waiting=2),
)
_WARN = datetime(2023, 11, 9, 16, 0, tzinfo=UTC)
_DUE = datetime(2023, 11, 14, 16, 0, tzinfo=UTC)
_REASON = "Demand covers one class; the second set follows next year."
_ARRIVED = Item(item="mesin-las-smaw", quantity=7)
_DAMAGED = Item(item="mesin-las-smaw", quantity=1)
_ASSET = Asset(item="mesin-las-smaw", number="3.05.01.04.003-2023.0007")
_NUMBERED = f"asset/{_ASSET.number}"

PROPOSALS = (
    Sample(
        PROPOSAL,
        ProposalDrafted(
            proposer=BLK, kejuruan="las", items=_LINES, total=_TOTAL, justification=_WHY
        ),
    ),
    Sample(
        PROPOSAL,
        ProposalSubmitted(
            proposer=BLK,
            kejuruan="las",
            items=_LINES,
            total=_TOTAL,
            justification=_WHY,
            demand=_DEMAND,
            warn=_WARN,
            due=_DUE,
            attestation=ATTESTATION,
        ),
        sequence=2,
    ),
    Sample(PROPOSAL, ReviewStarted(proposer=BLK, kejuruan="las"), sequence=3),
    Sample(
        PROPOSAL,
        ChecklistRecorded(
            kejuruan="las",
            checks=(
                Check(point="tna-attached", met=True),
                Check(point="power-supply", met=False, note="Three-phase supply from December."),
            ),
        ),
        sequence=4,
    ),
    Sample(
        PROPOSAL,
        RevisionRequested(
            proposer=BLK,
            kejuruan="las",
            reason="The price of the machines is above the catalogue's.",
            points=("fair-price",),
        ),
        sequence=5,
    ),
    Sample(
        PROPOSAL,
        ProposalRevised(
            proposer=BLK,
            kejuruan="las",
            items=_LINES,
            total=_TOTAL,
            justification=_WHY,
            answer="The price now is the one of the electronic catalogue.",
            demand=_DEMAND,
            warn=_WARN,
            due=_DUE,
            attestation=ATTESTATION,
        ),
        sequence=6,
    ),
    Sample(PROPOSAL, ProposalAllocated(proposer=BLK, kejuruan="las"), sequence=7),
    Sample(
        PROPOSAL,
        ProposalWithdrawn(
            proposer=BLK, kejuruan="las", reason="The regency buys the machines itself."
        ),
        sequence=7,
    ),
    Sample(
        PROPOSAL,
        ReviewDueSoon(proposer=BLK, kejuruan="las", due=_DUE),
        sequence=7,
        by="timer",
    ),
    Sample(
        PROPOSAL,
        ProposalApproved(
            proposer=BLK,
            kejuruan="las",
            items=(WELDER, HELMET),
            missing=(Item(item="mesin-las-smaw", quantity=4),),
            partial=True,
            decisions=(
                Decision(item="mesin-las-smaw", approved_quantity=8, reason=_REASON),
                Decision(item="helm-las", approved_quantity=16),
            ),
        ),
        sequence=7,
    ),
    Sample(
        PROPOSAL,
        ProposalRejected(
            proposer=BLK,
            kejuruan="las",
            missing=(WELDER,),
            decisions=(
                Decision(
                    item="mesin-las-smaw",
                    approved_quantity=0,
                    reason="The building has no three-phase supply yet.",
                ),
            ),
        ),
        sequence=7,
    ),
    Sample(
        PROPOSAL,
        ReviewOverdue(proposer=BLK, kejuruan="las", due=_DUE),
        sequence=8,
        by="timer",
    ),
)

CONSIGNMENTS = (
    Sample(
        CONSIGNMENT,
        EquipmentAllocated(
            proposal=id_of(PROPOSAL),
            kejuruan="las",
            workshop="Workshop las, UPTD BLK Tanah Grogot",
            giver=MINISTRY,
            receiver=BLK,
            items=(WELDER, HELMET),
        ),
        by="event",
    ),
    Sample(
        CONSIGNMENT,
        EquipmentShipped(kejuruan="las", items=(WELDER, HELMET)),
        sequence=2,
    ),
    Sample(
        CONSIGNMENT,
        EquipmentDelivered(
            kejuruan="las",
            items=(
                Delivered(item="mesin-las-smaw", good=7, damaged=1),
                Delivered(item="helm-las", good=15, missing=1),
            ),
        ),
        sequence=3,
    ),
    Sample(
        CONSIGNMENT,
        HandoverSigned(
            agency=BLK,
            signer="head-of-centre",
            bast="BA-01/HIBAH-BMN/12/2023",
            items=(_ARRIVED, HELMET),
            complete=True,
            attestation=ATTESTATION,
        ),
        sequence=5,
    ),
    Sample(
        CONSIGNMENT,
        EquipmentReturned(
            kejuruan="las", items=(_DAMAGED,), reason="The casing was crushed on the way."
        ),
        sequence=6,
    ),
    Sample(CONSIGNMENT, AssetAttached(asset=_ASSET), sequence=7, by="event"),
    Sample(CONSIGNMENT, AssetRejected(asset=_ASSET), sequence=8, by="event"),
    Sample(
        CONSIGNMENT,
        EquipmentCommissioned(
            kejuruan="las",
            receiver=BLK,
            items=(_ARRIVED, HELMET),
            origin="support",
            proposal=id_of(PROPOSAL),
            partner="makassar",
            assets=(_ASSET,),
        ),
        sequence=9,
    ),
)

ASSETS = (
    Sample(
        _NUMBERED,
        AssetRegistered(consignment=id_of(CONSIGNMENT), item="mesin-las-smaw"),
    ),
    Sample(
        _NUMBERED,
        AssetReleased(consignment=id_of(CONSIGNMENT)),
        sequence=2,
        by="event",
    ),
)

SAMPLES = (*PROPOSALS, *CONSIGNMENTS, *ASSETS)
