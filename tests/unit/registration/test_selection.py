from datetime import timedelta
from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from services.registration.domain.selection import explain, order, rank, score
from shared.events.registration import Candidate
from tests.unit.given import NOW

from .samples import candidate, place

candidates = st.lists(
    st.builds(
        Candidate,
        application=st.text("abc", min_size=1, max_size=3),
        priority=st.booleans(),
        written=st.integers(68, 70),
        interview=st.integers(68, 70),
        registered_at=st.integers(0, 2).map(lambda hours: NOW + timedelta(hours=hours)),
    ),
    unique_by=lambda c: c.application,
    max_size=20,
)


@given(candidates, st.randoms())
def test_the_ranking_is_total_and_the_same_in_whatever_order_candidates_come(
    entered: list[Candidate], random: Random
) -> None:
    shuffled = list(entered)
    random.shuffle(shuffled)
    places = rank(entered)
    assert places == rank(shuffled)
    assert [p.rank for p in places] == list(range(1, len(entered) + 1))
    assert {p.application for p in places} == {c.application for c in entered}
    assert len({order(c) for c in entered}) == len(entered)


@given(candidates)
def test_nobody_is_ranked_above_someone_better(entered: list[Candidate]) -> None:
    by_name = {c.application: c for c in entered}
    ranked = [by_name[p.application] for p in rank(entered)]
    for better, worse in pairwise(ranked):
        assert better.priority >= worse.priority
        if better.priority == worse.priority:
            assert score(better) >= score(worse)


def test_what_decides_in_turn() -> None:
    later = NOW + timedelta(seconds=1)
    in_order = [
        candidate("g", 50),
        candidate("f", 90, interview=95, priority=False),
        candidate("e", 80, interview=90, priority=False),
        candidate("d", 70, interview=100, priority=False),
        candidate("c", 70, interview=70, priority=False),
        candidate("a", 70, interview=70, priority=False, registered_at=later),
        candidate("b", 70, interview=70, priority=False, registered_at=later),
    ]
    assert [p.application for p in rank(reversed(in_order))] == list("gfedcab")


def test_latecomers_rank_below() -> None:
    assert [p.rank for p in rank([candidate("z")], after=16)] == [17]


def test_the_place_is_explained() -> None:
    why = explain(place("a", rank=3), offered=True, quota=16, candidates=24)
    assert why.rule == "selected"
    assert "Rank 3 of 24 for 16 seats" in why.en
    assert "Peringkat 3 dari 24 untuk 16 kursi" in why.id
    longest = place("a", rank=999).model_copy(update={"priority": False, "score": 200})
    assert explain(longest, offered=False, quota=200, candidates=9999).rule == "waiting-list"
