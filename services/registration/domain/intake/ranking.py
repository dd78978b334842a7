"""Selection (seleksi): the ranking of scored applicants. The same candidates, the same ranking.

The programme states what orders its candidates; the application's id decides what that leaves
equal, so that no two are equal.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

from shared.events.registration.values import Candidate, Place
from shared.events.values import Criterion, Ranking, Reason

VERSION = 1
Given = Literal["selected", "waiting-list", "reserve", "promoted"]


def score(candidate: Candidate) -> int:
    return candidate.written + candidate.interview


_ORDER: Mapping[Criterion, Callable[[Candidate], Any]] = {
    "priority": lambda candidate: not candidate.priority,
    "score": lambda candidate: -score(candidate),
    "written": lambda candidate: -candidate.written,
    "interview": lambda candidate: -candidate.interview,
    "registration": lambda candidate: candidate.registered_at,
}


def order(ranking: Ranking) -> Callable[[Candidate], tuple[Any, ...]]:
    """Return a key that sorts the best candidate first."""

    def key(candidate: Candidate) -> tuple[Any, ...]:
        return (*(_ORDER[criterion](candidate) for criterion in ranking), candidate.application)

    return key


def rank(candidates: Iterable[Candidate], ranking: Ranking) -> Sequence[Place]:
    """Return each candidate's place, best first."""
    return [
        Place(
            application=candidate.application,
            rank=number,
            priority=candidate.priority,
            score=score(candidate),
            registered_at=candidate.registered_at,
        )
        for number, candidate in enumerate(sorted(candidates, key=order(ranking)), start=1)
    ]


def explain(place: Place, *, ranking: Ranking, quota: int, candidates: int, rule: Given) -> Reason:
    """Return why the applicant has this place, for the applicant."""
    return Reason(
        rule=rule,
        params={
            "rank": place.rank,
            "candidates": candidates,
            "quota": quota,
            "priority": place.priority,
            "score": place.score,
            "ranking": ranking,
        },
        version=VERSION,
    )
