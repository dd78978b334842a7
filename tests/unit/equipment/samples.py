"""Facts to start from: the welding proposal of the training centre, and what became of it."""

from datetime import UTC, date, datetime
from typing import Any

from services.equipment.domain.proposal.aggregate import (
    DraftProposal,
    ReviseProposal,
    SubmitProposal,
)
from services.equipment.domain.proposal.checklist import POINTS
from services.equipment.domain.proposal.dossier import Granted
from shared.events.equipment.consignment import EquipmentAllocated
from shared.events.equipment.proposal import ChecklistRecorded, ProposalDrafted, ProposalSubmitted
from shared.events.equipment.values import Check, Decision, ProposedItem
from shared.events.values import Demand, Item
from tests.unit.given import BLK, MINISTRY

MACHINE = ProposedItem(
    item="smaw-machine", name="Mesin las SMAW 250 A", quantity=8, unit_price=7_500_000
)
HELMET = ProposedItem(item="helmet", name="Helm las otomatis", quantity=16, unit_price=450_000)
ASKED = (Item(item="smaw-machine", quantity=8), Item(item="helmet", quantity=16))
DEMAND = (Demand(kejuruan="las", kecamatan="64.01.04", applicants=21),)
# Submitted on Tuesday 5 July, with a holiday on the next Saturday and on the next Monday: the five
# working days are 6, 7, 8, 12 and 13 July.
HOLIDAYS = (date(2022, 7, 9), date(2022, 7, 11))
DUE = datetime(2022, 7, 13, 16, 0, tzinfo=UTC)


WARN = datetime(2022, 7, 7, 16, 0, tzinfo=UTC)
CALENDAR: dict[str, Any] = {
    "demand": DEMAND,
    "review_days": 5,
    "warning_days": 3,
    "holidays": HOLIDAYS,
}
JUSTIFICATION = "Bengkel las belum memiliki mesin."


def draft(**changes: Any) -> DraftProposal:
    facts: dict[str, Any] = {
        "kejuruan": "las",
        "items": (MACHINE, HELMET),
        "justification": JUSTIFICATION,
    }
    return DraftProposal(**{**facts, **changes})


def submit(**changes: Any) -> SubmitProposal:
    return SubmitProposal(**{"kejuruan": "las", **CALENDAR, **changes})


def revise(**changes: Any) -> ReviseProposal:
    facts: dict[str, Any] = {
        "items": (MACHINE,),
        "justification": JUSTIFICATION,
        "answer": "Helm sudah dibeli sendiri.",
        **CALENDAR,
    }
    return ReviseProposal(**{**facts, **changes})


DRAFTED = ProposalDrafted(
    proposer=BLK,
    kejuruan="las",
    items=(MACHINE, HELMET),
    total=67_200_000,
    justification=JUSTIFICATION,
)
SUBMITTED = ProposalSubmitted(
    proposer=BLK,
    kejuruan="las",
    items=(MACHINE, HELMET),
    total=67_200_000,
    justification=JUSTIFICATION,
    demand=DEMAND,
    warn=WARN,
    due=DUE,
)
CHECKED = ChecklistRecorded(
    kejuruan="las", checks=tuple(Check(point=point, met=True) for point in POINTS)
)


def decision(item: str, approved: int, reason: str | None = None) -> Decision:
    return Decision(item=item, approved_quantity=approved, reason=reason)


GRANTED = Granted(kejuruan="las", receiver=BLK, items=ASKED)
ALLOCATED = EquipmentAllocated(
    proposal="p1",
    kejuruan="las",
    workshop="Bengkel las, BLK Paser",
    giver=MINISTRY,
    receiver=BLK,
    items=ASKED,
)
