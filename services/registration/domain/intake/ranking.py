"""Selection (seleksi): the ranking of scored applicants. The same candidates, the same ranking.

The programme states what orders its candidates; the application's id decides what that leaves
equal, so that no two are equal.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

from shared.events.registration.values import Candidate, Place
from shared.events.values import Criterion, Ranking, Reason

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
_NAMES: Mapping[Criterion, tuple[str, str]] = {
    "priority": (
        "priority group (SMA graduates, neither studying nor working, untrained this year)",
        "kelompok prioritas (lulusan SMA, tidak kuliah, tidak bekerja, belum dilatih tahun ini)",
    ),
    "score": ("sum of test and interview", "jumlah nilai tes dan wawancara"),
    "written": ("written test", "tes tulis"),
    "interview": ("interview", "wawancara"),
    "registration": ("time of registration", "waktu pendaftaran"),
}
_GIVEN: Mapping[Given, tuple[str, str]] = {
    "selected": ("A seat is offered", "Ditawari kursi"),
    "waiting-list": ("On the waiting list", "Masuk daftar tunggu"),
    "reserve": ("In reserve behind the waiting list", "Cadangan setelah daftar tunggu"),
    "promoted": ("A seat became free and is offered", "Ada kursi kosong yang ditawarkan"),
}


def order(ranking: Ranking) -> Callable[[Candidate], tuple[Any, ...]]:
    """A key that sorts the best candidate first."""

    def key(candidate: Candidate) -> tuple[Any, ...]:
        return (*(_ORDER[criterion](candidate) for criterion in ranking), candidate.application)

    return key


def rank(candidates: Iterable[Candidate], ranking: Ranking) -> Sequence[Place]:
    """Each candidate's place, best first."""
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
    """Why the applicant has this place, for the applicant."""
    group_en = "in the priority group" if place.priority else "not in the priority group"
    group_id = "kelompok prioritas" if place.priority else "bukan kelompok prioritas"
    given_en, given_id = _GIVEN[rule]
    criteria_en = ", then ".join(_NAMES[criterion][0] for criterion in ranking)
    criteria_id = ", lalu ".join(_NAMES[criterion][1] for criterion in ranking)
    return Reason(
        rule=rule,
        en=f"{given_en}: rank {place.rank} of {candidates} for {quota} seats, {group_en}, "
        f"{place.score} of 200 points. Ranked by {criteria_en}.",
        id=f"{given_id}: peringkat {place.rank} dari {candidates} untuk {quota} kursi, {group_id}, "
        f"nilai {place.score} dari 200. Urutan menurut {criteria_id}.",
    )
