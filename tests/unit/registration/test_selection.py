import random
from datetime import timedelta

from hypothesis import given as for_all
from hypothesis import strategies as st

from services.registration.domain.intake.ranking import explain, order, rank, score
from shared.events.registration.values import Candidate
from shared.events.values import Criterion, Ranking
from shared.kernel.sentences import sentence
from tests.unit.given import NOW
from tests.unit.registration.samples import CONTENT, candidate, place

CRITERIA: list[Criterion] = ["priority", "score", "written", "interview", "registration"]
RANKINGS = st.lists(st.sampled_from(CRITERIA), min_size=1, max_size=5, unique=True).map(tuple)
CANDIDATES = st.lists(
    st.builds(
        Candidate,
        application=st.from_regex(r"\Aa[0-9]{1,2}\Z"),
        priority=st.booleans(),
        written=st.integers(68, 70),
        interview=st.integers(68, 70),
        registered_at=st.integers(0, 2).map(lambda hours: NOW + timedelta(hours=hours)),
    ),
    max_size=12,
    unique_by=lambda one: one.application,
)


@for_all(CANDIDATES, RANKINGS, st.randoms(use_true_random=False))
def test_the_ranking_is_a_total_order_however_they_come(
    candidates: list[Candidate], ranking: Ranking, chance: random.Random
) -> None:
    ranked = rank(candidates, ranking)
    shuffled = list(candidates)
    chance.shuffle(shuffled)
    assert rank(shuffled, ranking) == ranked
    assert [one.rank for one in ranked] == list(range(1, len(candidates) + 1))
    keys = [order(ranking)(one) for one in candidates]
    assert len(set(keys)) == len(keys)
    by_name = {one.application: order(ranking)(one) for one in candidates}
    ordered = [by_name[one.application] for one in ranked]
    assert ordered == sorted(ordered)


def test_each_criterion_puts_the_better_one_first() -> None:
    pairs: dict[Criterion, tuple[Candidate, Candidate]] = {
        "priority": (candidate("z"), candidate("a", priority=False)),
        "score": (candidate("z", 71), candidate("a", 70)),
        "written": (candidate("z", 71), candidate("a", 70, interview=100)),
        "interview": (candidate("z", interview=71), candidate("a", 100)),
        "registration": (candidate("z"), candidate("a", registered_at=NOW + timedelta(seconds=1))),
    }
    for criterion, (better, worse) in pairs.items():
        assert [p.application for p in rank([worse, better], (criterion,))] == ["z", "a"]


def test_equals_are_ordered_by_their_id() -> None:
    assert [p.application for p in rank([candidate("b"), candidate("a")], ("score",))] == ["a", "b"]


def test_the_score_is_the_sum() -> None:
    assert score(candidate("a", 81)) == 151


def test_the_reason_names_rank_seats_and_criteria_in_both_languages() -> None:
    given = {"ranking": CONTENT.ranking, "quota": 16, "candidates": 111}
    reason = explain(place("a", 3), rule="reserve", **given)  # type: ignore[arg-type]
    assert reason.rule == "reserve"
    assert "rank 3 of 111 for 16 seats, in the priority group, 140 of 200" in sentence(
        reason.code, reason.params, "en"
    )
    assert "peringkat 3 dari 111 untuk 16 kursi, kelompok prioritas, nilai 140" in sentence(
        reason.code, reason.params, "id"
    )
    other = place("a").model_copy(update={"priority": False})
    reason = explain(other, rule="selected", **given)  # type: ignore[arg-type]
    assert "not in the priority group" in sentence(reason.code, reason.params, "en")
