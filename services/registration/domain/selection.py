"""Selection (seleksi): the ranking of scored applicants. The same candidates, the same ranking.

The priority group comes first; then the higher sum of written test and interview; then the higher
written test; then whoever registered earlier; then the application's id, so that no two are equal.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from shared.events.registration import Candidate, Place
from shared.events.values import Reason


def score(candidate: Candidate) -> int:
    return candidate.written + candidate.interview


def order(candidate: Candidate) -> tuple[bool, int, int, datetime, str]:
    """Sorts the best candidate first."""
    return (
        not candidate.priority,
        -score(candidate),
        -candidate.written,
        candidate.registered_at,
        candidate.application,
    )


def rank(candidates: Iterable[Candidate], after: int = 0) -> Sequence[Place]:
    """Each candidate's place, best first, below those already placed."""
    return [
        Place(
            application=candidate.application,
            rank=number,
            priority=candidate.priority,
            score=score(candidate),
            registered_at=candidate.registered_at,
        )
        for number, candidate in enumerate(sorted(candidates, key=order), start=after + 1)
    ]


def explain(place: Place, *, offered: bool, quota: int, candidates: int) -> Reason:
    """Why the applicant has this place, for the applicant."""
    group_en = "in the priority group" if place.priority else "not in the priority group"
    group_id = "kelompok prioritas" if place.priority else "bukan kelompok prioritas"
    return Reason(
        rule="selected" if offered else "waiting-list",
        en=f"Rank {place.rank} of {candidates} for {quota} seats: {group_en} (SMA, SMK or MA "
        f"graduates who neither study nor work), {place.score} of 200 points in test and "
        "interview; equal points rank by written test, then by time of registration.",
        id=f"Peringkat {place.rank} dari {candidates} untuk {quota} kursi: {group_id} (lulusan "
        f"SMA, SMK atau MA yang tidak kuliah dan tidak bekerja), nilai {place.score} dari 200 "
        "untuk tes dan wawancara; nilai sama diurutkan menurut tes tulis, lalu waktu pendaftaran.",
    )
