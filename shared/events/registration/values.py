"""Values of the training centre's events: seats, scores, eligibility, places in a ranking."""

from typing import Annotated, Literal

from pydantic import Field

from shared.events.base import Code, Count, Id, Instant, Positive, Value
from shared.events.described import PIECES, described
from shared.events.values import Flag, Reason

Quota = Annotated[
    int,
    Field(strict=True, ge=1, le=200),
    described(en="places of one class", id="jumlah kursi satu kelas", unit=PIECES, example=16),
]
WaitingPlaces = Annotated[
    int,
    Field(strict=True, ge=0, le=1000),
    described(
        en="places of the waiting list", id="jumlah tempat di daftar tunggu", unit=PIECES,
        example=16,
    ),
]  # fmt: skip
ClaimDays = Annotated[
    int,
    Field(strict=True, ge=1, le=60),
    described(
        en="days to claim an offered seat", id="hari untuk mendaftar ulang", unit="d", example=3
    ),
]
Points = Annotated[tuple[Code, ...], Field(max_length=20)]
Names = Annotated[tuple[Id, ...], Field(max_length=200)]
Score = Annotated[int, Field(strict=True, ge=0, le=100)]


Hours = Annotated[
    int,
    Field(strict=True, ge=1, le=12),
    described(
        en="hours of one session, in training hours (JP)", id="lama satu sesi, dalam JP",
        unit="JP", example=8,
    ),
]  # fmt: skip


SeatReason = Literal["not-offered", "full", "started", "missed", "in-training", "cancelled"]


ReleaseReason = Literal["moved", "cancelled", "completed", "not-needed", "replaced"]


PlacementOutcome = Annotated[
    Literal["job", "own-business", "further-study", "none"],
    described(en="what the graduate does", id="kegiatan lulusan setelah pelatihan", example="job"),
]


Channel = Literal["applicant", "officer"]


class RuleResult(Reason):
    """One rule, whether it holds for this person, and why."""

    passed: Flag

    @property
    def code(self) -> str:
        return f"{self.rule}:met" if self.passed else self.rule


class Eligibility(Value):
    """The result of every rule, by the version of the rules; then those of the priority group.

    A person is in the priority group when all of `priority` passed.
    """

    version: Positive
    rules: tuple[RuleResult, ...]
    priority: tuple[RuleResult, ...] = ()


class Candidate(Value):
    """A scored applicant, with all that the ranking looks at."""

    application: Id
    priority: Flag
    written: Score
    interview: Score
    registered_at: Instant


class Place(Value):
    """A place in the ranking (peringkat) and what put it there."""

    application: Id
    rank: Positive
    priority: Flag
    score: Count
    registered_at: Instant
