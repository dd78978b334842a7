"""Values of the training centre's events: seats, scores, eligibility, places in a ranking."""

from typing import Annotated, Literal

from pydantic import Field

from shared.events.base import Code, Count, Id, Instant, Positive, Value
from shared.events.described import PIECES, described
from shared.events.values import Education, Flag, Reason

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
Points = Annotated[
    tuple[Code, ...],
    Field(max_length=20),
    described(
        en="what the applicant has to mend, as codes",
        id="kode hal yang harus diperbaiki pendaftar",
        example=["ijazah"],
    ),
]
Names = Annotated[tuple[Id, ...], Field(max_length=200)]
Score = Annotated[int, Field(strict=True, ge=0, le=100), described(unit=PIECES, example=85)]
WrittenScore = Annotated[
    Score,
    described(en="mark of the written test, 0 to 100", id="nilai tes tertulis, 0 sampai 100"),
]
InterviewScore = Annotated[
    Score,
    described(en="mark of the interview, 0 to 100", id="nilai wawancara, 0 sampai 100", example=78),
]
LastEducation = Annotated[
    Education,
    described(en="the last certificate (ijazah)", id="ijazah terakhir", example="smk"),
]
InPriorityGroup = Annotated[
    Flag,
    described(
        en="whether they are in the priority group",
        id="apakah termasuk kelompok prioritas",
        example=True,
    ),
]
RegisteredAt = Annotated[
    Instant, described(en="when they applied, UTC", id="saat mendaftar, dalam UTC")
]


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


Channel = Annotated[
    Literal["applicant", "officer"],
    described(
        en="through whom it came: the applicant, or an officer for them",
        id="melalui siapa: pendaftar sendiri, atau petugas",
        example="applicant",
    ),
]


RulesVersion = Annotated[
    Positive, described(en="the version of the rules", id="versi aturan", example=2)
]


class RuleResult(Reason):
    """One rule, whether it holds for this person, and why."""

    passed: Annotated[Flag, described(en="whether it holds", id="apakah terpenuhi", example=False)]

    @property
    def code(self) -> str:
        return f"{self.rule}:met" if self.passed else self.rule


class Eligibility(Value):
    """The result of every rule, by the version of the rules; then those of the priority group.

    A person is in the priority group when all of `priority` passed.
    """

    version: RulesVersion
    rules: Annotated[
        tuple[RuleResult, ...],
        described(en="each rule, and whether it holds", id="setiap aturan dan hasilnya"),
    ]
    priority: Annotated[
        tuple[RuleResult, ...],
        described(
            en="each criterion of the priority group, and whether it holds",
            id="setiap kriteria kelompok prioritas dan hasilnya",
        ),
    ] = ()


class Candidate(Value):
    """A scored applicant, with all that the ranking looks at."""

    application: Id
    priority: InPriorityGroup
    written: WrittenScore
    interview: InterviewScore
    registered_at: RegisteredAt


class Place(Value):
    """A place in the ranking (peringkat) and what put it there."""

    application: Id
    rank: Positive
    priority: Flag
    score: Count
    registered_at: Instant
