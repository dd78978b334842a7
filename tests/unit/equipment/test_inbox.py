from collections.abc import Sequence

import pytest

from services.equipment.worklist import TASKS
from shared.events.base import Event
from shared.events.equipment import EVENTS, TOPIC
from shared.events.equipment.consignment import EquipmentDelivered
from shared.events.equipment.proposal import ProposalAllocated, ProposalWithdrawn, RevisionRequested
from shared.events.equipment.values import Delivered
from shared.eventsourcing.projections import Part
from shared.kernel.sentences import in_all
from tests.unit.equipment.samples import ALLOCATED, CHECKED, DRAFTED, DUE, SUBMITTED
from tests.unit.equipment.test_consignment import (
    BLK_FIRST,
    COMMISSIONED,
    DELIVERED,
    GIVEN,
    RETURNED,
    SHIPPED,
    TAKEN,
)
from tests.unit.equipment.test_proposal import APPROVED, REQUESTED, REVIEW, REVISED
from tests.unit.given import BLK, MINISTRY, envelope

BY_NAME = {waits.name: waits for waits in TASKS}


def test_names_are_unique_and_every_task_can_end() -> None:
    assert len(BY_NAME) == len(TASKS)
    for waits in TASKS:
        assert waits.opens
        assert waits.closes
        assert not set(waits.opens) & set(waits.closes)
        assert set(waits.opens) | set(waits.closes) <= set(EVENTS)
        assert waits.command.startswith("POST /v1/")
        said = in_all(f"task.{waits.name}", {})
        assert all(text.endswith(".") and "task." not in text for text in said.values())


def waiting(events: Sequence[Event]) -> set[str]:
    """The tasks that are open after these events of one stream."""
    parts: dict[tuple[str, str], Part | None] = {}
    for waits in TASKS:
        view = waits.projection(TOPIC)
        for event in events:
            if isinstance(event, view.on):
                place = envelope("proposal/p1")
                for key in view.keys(place, event):
                    earlier = parts.get((waits.name, key))
                    parts[waits.name, key] = view.fold(earlier, place, event)
    return {name for (name, _), part in parts.items() if part is not None}


REVIEWING = {"record-checklist", "decide-proposal"}
ON_THE_WAY = (ALLOCATED, SHIPPED)
LOST = EquipmentDelivered(kejuruan="las", items=(Delivered(item="helmet", good=0, missing=1),))


SET_ASIDE = ProposalAllocated(proposer=BLK, kejuruan="las")


@pytest.mark.parametrize(
    ("events", "tasks"),
    [
        ((DRAFTED,), {"submit-proposal"}),
        ((DRAFTED, SUBMITTED), {"start-review", "decide-proposal"}),
        ((DRAFTED, SUBMITTED, REVIEW), REVIEWING),
        ((DRAFTED, SUBMITTED, REVIEW, CHECKED), {"decide-proposal"}),
        ((DRAFTED, SUBMITTED, REVIEW, CHECKED, REQUESTED), {"revise-proposal"}),
        ((DRAFTED, SUBMITTED, REVIEW, CHECKED, REQUESTED, REVISED), REVIEWING),
        ((DRAFTED, SUBMITTED, REVIEW, CHECKED, APPROVED), {"allocate"}),
        ((DRAFTED, SUBMITTED, REVIEW, CHECKED, APPROVED, SET_ASIDE), set()),
        ((DRAFTED, ProposalWithdrawn(proposer=BLK, kejuruan="las", reason="x")), set()),
        ((ALLOCATED,), {"ship"}),
        (ON_THE_WAY, {"record-delivery"}),
        ((*ON_THE_WAY, LOST), {"ship"}),
        ((*ON_THE_WAY, DELIVERED), {"return-damaged", "sign-as-giver", "sign-as-receiver"}),
        ((*ON_THE_WAY, DELIVERED, GIVEN), {"return-damaged", "sign-as-receiver"}),
        ((*ON_THE_WAY, DELIVERED, BLK_FIRST), {"return-damaged", "sign-as-giver"}),
        ((*ON_THE_WAY, DELIVERED, GIVEN, TAKEN, RETURNED), {"attach-assets", "commission", "ship"}),
        ((*ON_THE_WAY, DELIVERED, GIVEN, TAKEN, COMMISSIONED), {"return-damaged"}),
    ],
)
def test_what_waits(events: Sequence[Event], tasks: set[str]) -> None:
    assert waiting(events) == tasks


def test_deadlines_and_whose_they_are() -> None:
    assert BY_NAME["decide-proposal"].deadline(SUBMITTED) == DUE
    assert BY_NAME["start-review"].deadline(SUBMITTED) == DUE
    assert BY_NAME["decide-proposal"].deadline(REVISED) == REVISED.due
    assert BY_NAME["decide-proposal"].agency(SUBMITTED) == MINISTRY
    asked = RevisionRequested(proposer=BLK, kejuruan="las", reason="x", points=())
    assert BY_NAME["revise-proposal"].agency(asked) == BLK
