"""The ministry's counts, from rows as they are stored."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.equipment.application.demand import count_demand
from services.equipment.application.figures import count_aid
from services.equipment.projections import PROJECTIONS
from shared.adapters.sqlite_store import SqliteStore
from shared.events.base import Event
from shared.events.equipment.consignment import EquipmentCommissioned
from shared.events.equipment.proposal import ProposalApproved, ProposalRejected, ReviewOverdue
from shared.eventsourcing.projections import Parts
from tests.unit.equipment.samples import DUE, SUBMITTED
from tests.unit.equipment.test_reactions_and_views import GONE, MOVED, PROMOTED, REGISTERED, WAITING
from tests.unit.given import BLK, NOW, envelope

FACTS: dict[str, Any] = {"proposer": BLK, "kejuruan": "las"}
APPROVED = ProposalApproved(**FACTS, items=(), missing=(), partial=False, decisions=())
REJECTED = ProposalRejected(**FACTS, missing=(), decisions=())
OVERDUE = ReviewOverdue(**FACTS, due=DUE)
GRANTED = EquipmentCommissioned(kejuruan="las", receiver=BLK, items=(), origin="grant")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(tmp_path / "store.sqlite")
    await store.open()
    yield store
    await store.close()


async def fold(store: SqliteStore, stream: str, *events: Event, days: int = 0) -> None:
    parts = Parts(store, PROJECTIONS)
    at = NOW + timedelta(days=days)
    run = [(replace(envelope(stream, sequence=n), time=at), e) for n, e in enumerate(events, 1)]
    await parts.load(run)
    for place, event in run:
        parts.fold(place, event)
    await store.put(parts.rows())


async def test_demand_is_counted_by_field_and_district(store: SqliteStore) -> None:
    assert await count_demand(store) == ()
    await fold(store, "application/a1", REGISTERED)
    await fold(store, "application/a2", REGISTERED, WAITING)
    await fold(store, "application/a3", REGISTERED, WAITING, PROMOTED, MOVED)
    await fold(store, "application/a4", REGISTERED, GONE[0])
    await fold(store, "application/a5", REGISTERED.model_copy(update={"kejuruan": "jahit"}))
    found = [
        (each.kejuruan, each.kecamatan, each.applicants, each.waiting, each.placed)
        for each in await count_demand(store)
    ]
    assert found == [
        ("jahit", "64.01.04", 1, 0, 0),
        ("las", "64.01.01", 1, 0, 0),
        ("las", "64.01.04", 2, 1, 0),
    ]


async def test_a_field_has_the_median_of_its_proposals(store: SqliteStore) -> None:
    assert await count_aid(store) == ()
    other = SUBMITTED.model_copy(update={"kejuruan": "jahit"})
    await fold(store, "proposal/p0", other)
    for id_, days in {"p1": 10, "p2": 30, "p3": 11}.items():
        await fold(store, f"proposal/{id_}", SUBMITTED, APPROVED)
        await fold(store, f"consignment/{id_}", GRANTED, days=days)
    await fold(store, "proposal/p4", SUBMITTED, OVERDUE, REJECTED)
    # Equipment of a field in which nothing was proposed, and of no proposal that is known.
    await fold(store, "consignment/p9", GRANTED.model_copy(update={"kejuruan": "listrik"}))
    jahit, las = await count_aid(store)
    assert (jahit.kejuruan, jahit.proposals, jahit.median_days) == ("jahit", 1, None)
    assert las.model_dump() == {
        "kejuruan": "las",
        "proposals": 4,
        "approved": 3,
        "rejected": 1,
        "median_days": 11,
        "overdue_percent": 25,
    }
