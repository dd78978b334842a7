"""Facts to start from: the welding proposal of the training centre, and what became of it."""

from datetime import UTC, date, datetime
from typing import Any

from services.equipment.domain.proposal import Granted, SubmitProposal
from shared.events.equipment import (
    Decision,
    EquipmentAllocated,
    ProposalSubmitted,
    ProposedItem,
)
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


def submit(**changes: Any) -> SubmitProposal:
    facts: dict[str, Any] = {
        "kejuruan": "las",
        "items": (MACHINE, HELMET),
        "justification": "Bengkel las belum memiliki mesin.",
        "demand": DEMAND,
        "review_days": 5,
        "holidays": HOLIDAYS,
    }
    return SubmitProposal(**{**facts, **changes})


SUBMITTED = ProposalSubmitted(
    proposer=BLK,
    kejuruan="las",
    items=(MACHINE, HELMET),
    total=67_200_000,
    justification="Bengkel las belum memiliki mesin.",
    demand=DEMAND,
    due=DUE,
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
