from typing import Any

from hypothesis import given as for_all
from hypothesis import strategies as st

from services.registration.figures import COUNTS, DIMENSIONS, group
from services.registration.figures_view import fold_placement, placement_keys
from shared.events.registration import GraduatePlaced
from tests.unit.given import envelope

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


@for_all(ROWS)
def test_totals_are_the_same_by_every_dimension(rows: list[dict[str, Any]]) -> None:
    totals = {
        by: {name: sum(figure[name] for figure in group(rows, by)) for name in COUNTS}
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
