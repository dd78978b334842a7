from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from services.registration.application.figures import (
    COUNTS,
    DIMENSIONS,
    Groups,
    Line,
    count,
    matches,
)
from services.registration.projections.applications import APPLICATIONS
from services.registration.projections.figures import PLACEMENTS, fold_placement, placement_keys
from shared.adapters.sqlite_store import SqliteStore
from shared.events.base import Event
from shared.events.registration.placement import GraduatePlaced
from shared.eventsourcing.projections import Parts
from tests.unit.given import envelope
from tests.unit.registration.applicants import HISTORIES

FACTS = {"application": "a1", "intake": "i1", "kejuruan": "las", "kecamatan": "64.01.04"}
ROWS = st.lists(
    st.fixed_dictionaries(
        {name: st.sampled_from(["x", "y", "z"]) for name in DIMENSIONS},
        optional={name: st.booleans() for name in COUNTS[1:]},
    ),
    max_size=20,
)


def placed(months: Any, outcome: Any) -> GraduatePlaced:
    return GraduatePlaced(months=months, outcome=outcome, **FACTS)


def group(rows: list[dict[str, Any]], by: str) -> list[Line]:
    groups = Groups(by)
    for row in rows:
        groups.add(row)
    return groups.lines()


@for_all(ROWS)
def test_totals_are_the_same_by_every_dimension(rows: list[dict[str, Any]]) -> None:
    totals = {
        by: {name: sum(int(figure[name]) for figure in group(rows, by)) for name in COUNTS}
        for by in DIMENSIONS
    }
    assert all(total == totals["sex"] for total in totals.values())
    assert totals["sex"]["applied"] == len(rows)
    for name in COUNTS[1:]:
        assert totals["sex"][name] == sum(bool(row.get(name)) for row in rows)


@for_all(ROWS)
def test_each_value_has_one_line_in_order(rows: list[dict[str, Any]]) -> None:
    keys = [figure["key"] for figure in group(rows, "kecamatan")]
    assert keys == sorted({row["kecamatan"] for row in rows})


def test_whoever_had_work_in_one_of_the_months_was_placed() -> None:
    event = placed(3, "job")
    assert list(placement_keys(envelope("placement/a1"), event)) == ["i1/a1"]
    part = fold_placement(None, envelope("placement/a1"), event)
    assert part == {"placed": True, "3": "job"}
    part = fold_placement(part, envelope("placement/a1"), placed(6, "none"))
    assert part == {"placed": True, "3": "job", "6": "none"}
    none = fold_placement(None, envelope("placement/a1"), placed(3, "none"))
    assert none == {"placed": False, "3": "none"}


@pytest.mark.parametrize(
    ("dimension", "value", "found"),
    [
        ("kejuruan", "las", True),
        ("kejuruan", "la", False),
        ("period", "2022", True),
        ("period", "2022-10", True),
        ("period", "2022-1", False),
        ("period", "20", False),
        ("period", "", False),
    ],
)
def test_a_filter_is_the_value_itself_or_a_year(dimension: str, value: str, found: bool) -> None:
    assert matches({"kejuruan": "las", "period": "2022-10"}, dimension, value) is found


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(tmp_path / "store.sqlite")
    await store.open()
    yield store
    await store.close()


async def fold(store: SqliteStore, stream: str, *events: Event) -> None:
    parts = Parts(store, [APPLICATIONS, PLACEMENTS])
    run = [(envelope(stream, sequence=n), event) for n, event in enumerate(events, start=1)]
    await parts.load(run)
    for place, event in run:
        parts.fold(place, event)
    await store.put(parts.rows())


async def test_an_application_and_its_placement_are_one_person(store: SqliteStore) -> None:
    # Ids of which one begins like another, and a placement whose application is not there.
    for id_, status in {
        "a1": "finished",
        "a1-x": "finished",
        "a2": "declined",
        "a3": "confirmed",
    }.items():
        await fold(store, f"application/{id_}", *HISTORIES[status])
    for id_, outcome in {"a0": "job", "a1": "none", "a1-x": "job", "a9": "job"}.items():
        facts = {**FACTS, "application": id_}
        event = GraduatePlaced(months=3, outcome=outcome, **facts)
        await fold(store, f"placement/{id_}", event)
    for wanted in ({}, {"intake": "i1"}, {"kejuruan": "las", "period": "2022"}):
        (line,) = await count(store, "intake", wanted)
        counts = [line[name] for name in ("key", "applied", "accepted", "finished", "placed")]
        assert counts == ["i1", 4, 3, 2, 1]
    for nobody in ({"intake": "i"}, {"intake": "i2"}, {"sex": "none"}):
        assert await count(store, "intake", nobody) == []
