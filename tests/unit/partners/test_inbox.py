from collections.abc import Sequence

import pytest

from services.partners.worklist import TASKS
from shared.events.base import Event
from shared.events.partners import EVENTS, TOPIC
from shared.eventsourcing.projections import Part
from shared.kernel.sentences import in_all
from tests.unit.given import BLK, MAKASSAR, envelope
from tests.unit.partners import test_visit as visits
from tests.unit.partners.offers import (
    ALL,
    ALL_ACCEPTED,
    ALL_FULFILLED,
    DECLINED,
    NOT_NEEDED,
    WITHDRAWN,
    expired,
)
from tests.unit.partners.samples import AGREEMENT_ENDS, EXPIRES, NEEDED, PROPOSED, REQUESTED, SIGNED
from tests.unit.partners.test_agreement import EXPIRED, REFUSED
from tests.unit.partners.test_alignment import DROPPED, OPENED, REVISED, agreed, aligned

BY_NAME = {waits.name: waits for waits in TASKS}
BY_PARTNER = PROPOSED.model_copy(update={"proposed_by": MAKASSAR})


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
                place = envelope("support/p1")
                for key in view.keys(place, event):
                    earlier = parts.get((waits.name, key))
                    parts[waits.name, key] = view.fold(earlier, place, event)
    return {name for (name, _), part in parts.items() if part is not None}


@pytest.mark.parametrize(
    ("events", "tasks"),
    [
        ((REQUESTED,), {"offer-support"}),
        ((REQUESTED, ALL), {"offer-support", "answer-offer"}),
        ((REQUESTED, ALL, DECLINED), {"offer-support"}),
        ((REQUESTED, ALL, WITHDRAWN), {"offer-support"}),
        ((REQUESTED, NOT_NEEDED), set()),
        ((REQUESTED, ALL, NOT_NEEDED, DECLINED), set()),
        ((REQUESTED, ALL, expired(*NEEDED), DECLINED), set()),
        ((REQUESTED, ALL, ALL_ACCEPTED), {"offer-support", "fulfil-offer"}),
        ((REQUESTED, ALL, ALL_ACCEPTED, ALL_FULFILLED), set()),
        (
            (visits.ASKED, visits.OFFERED, visits.ACCEPTED, visits.SECURED),
            {"offer-support", "fulfil-offer"},
        ),
        ((visits.ASKED, visits.OFFERED, visits.ACCEPTED, visits.FAILED), {"offer-support"}),
        ((PROPOSED,), {"sign-agreement-partner"}),
        ((BY_PARTNER,), {"sign-agreement-centre"}),
        ((PROPOSED, SIGNED), set()),
        ((PROPOSED, REFUSED), set()),
        ((BY_PARTNER, EXPIRED), set()),
        ((OPENED,), {"agree-alignment-centre"}),
        ((OPENED, agreed(MAKASSAR)), {"agree-alignment-centre", "agree-alignment-region"}),
        ((OPENED, agreed(MAKASSAR), REVISED), {"agree-alignment-centre"}),
        ((OPENED, agreed(MAKASSAR), agreed(BLK), aligned(MAKASSAR, BLK)), set()),
        ((OPENED, agreed(MAKASSAR), DROPPED), set()),
    ],
)
def test_what_waits(events: Sequence[Event], tasks: set[str]) -> None:
    assert waiting(events) == tasks


def test_deadlines_and_whose_they_are() -> None:
    assert BY_NAME["offer-support"].deadline(REQUESTED) == EXPIRES
    assert BY_NAME["sign-agreement-partner"].deadline(PROPOSED) == AGREEMENT_ENDS
    assert BY_NAME["sign-agreement-partner"].agency(PROPOSED) == MAKASSAR
    assert BY_NAME["sign-agreement-centre"].agency(BY_PARTNER) == BLK
    assert BY_NAME["fulfil-offer"].agency(ALL_ACCEPTED) == MAKASSAR
    assert BY_NAME["fulfil-offer"].item(ALL_ACCEPTED) == "1"
