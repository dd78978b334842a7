"""Answer that shows an intake: its plan, its programme as it opened with, and its seats."""

from collections.abc import Mapping
from typing import Annotated

from services.registration.domain.intake.state import (
    EndsOn,
    Intake,
    RegistrationCloses,
    RegistrationOpens,
    StartsOn,
    Status,
)
from shared.events.base import Count, Id, Positive
from shared.events.described import described
from shared.events.registration.values import ClaimDays, Quota, WaitingPlaces
from shared.events.values import EntryRules, Funding, Item, Kejuruan, Percent, Ranking
from shared.web.state_views import StateView


class IntakeView(StateView[Intake]):
    """An intake (angkatan) as it stands.

    What it takes from its programme is empty or 0 in a draft. Applicants who are in no list of
    seats are only counted.
    """

    status: Annotated[
        Status | None, described(en="how far it is", id="status angkatan", example="selected")
    ] = None
    programme: Annotated[Id, described(en="the programme", id="program pelatihannya")]
    number: Annotated[
        Count,
        described(
            en="the programme's version; 0 in a draft", id="versi program; 0 dalam rancangan",
            example=2,
        ),
    ]  # fmt: skip
    title: Annotated[
        str,
        described(
            en="the programme's name; empty in a draft",
            id="nama program pelatihan; kosong dalam rancangan",
            example="Pelatihan Las SMAW 3G",
        ),
    ]
    skkni: Annotated[
        str,
        described(
            en="the national standard of competency (SKKNI) that it teaches; empty in a draft",
            id="SKKNI yang diajarkan; kosong dalam rancangan",
            example="SKKNI 98-2018",
        ),
    ]
    kejuruan: Kejuruan
    hours: Annotated[
        Count,
        described(
            en="its length in training hours (JP); 0 in a draft",
            id="lama pelatihan dalam JP; 0 dalam rancangan",
            unit="JP",
            example=240,
        ),
    ]
    entry: Annotated[
        EntryRules | None, described(en="whom it admits", id="siapa yang dapat diterima")
    ] = None
    equipment: Annotated[
        tuple[Item, ...],
        described(
            en="the equipment that it needs in the field's workshop",
            id="peralatan yang dibutuhkan di bengkel kejuruannya",
        ),
    ]
    instructors_needed: Annotated[
        Positive,
        described(en="how many instructors it needs", id="jumlah instruktur yang dibutuhkan"),
    ]
    ranking: Ranking
    min_attendance: Annotated[
        Percent,
        described(
            en="the share of hours to be attended", id="kehadiran paling sedikit, dari jumlah jam"
        ),
    ]
    funding: Funding | None = None
    registration_opens: RegistrationOpens | None = None
    registration_closes: RegistrationCloses | None = None
    reregistration_days: ClaimDays
    starts_on: StartsOn | None = None
    ends_on: EndsOn | None = None
    instructors: Annotated[
        tuple[Id, ...],
        described(en="the instructors who teach it", id="instruktur yang mengajar"),
    ]
    workshop_ready: Annotated[
        bool,
        described(
            en="whether the workshop has all that it needs",
            id="apakah peralatan di bengkel sudah lengkap",
            example=True,
        ),
    ]
    start_blocked: Annotated[
        bool,
        described(
            en="whether the start was asked for, and follows by itself when nothing is missing",
            id="apakah pelatihan diminta mulai dan akan mulai sendiri bila semua lengkap",
            example=False,
        ),
    ]
    moved_because: Annotated[
        str,
        described(
            en="why the training was last moved; empty when it was not",
            id="alasan pemindahan terakhir; kosong bila tidak dipindahkan",
            example="Mesin las tiba dua pekan kemudian.",
        ),
    ]
    cancelled_because: Annotated[
        str,
        described(
            en="why the class was cancelled; empty when it was not",
            id="alasan pembatalan; kosong bila tidak dibatalkan",
            example="Pendaftar terlalu sedikit.",
        ),
    ]
    quota: Quota
    waiting_list: WaitingPlaces
    applicants: Annotated[Count, described(en="how many applied", id="jumlah pendaftar")]
    candidates: Annotated[
        Count,
        described(
            en="how many applicants have their scores and can be ranked",
            id="jumlah pendaftar yang nilainya lengkap dan dapat diperingkat",
        ),
    ]
    offered: Annotated[
        tuple[Id, ...],
        described(
            en="the applications that are offered a seat", id="pendaftaran yang ditawari kursi"
        ),
    ]
    seats: Annotated[
        tuple[Id, ...],
        described(en="the applications that have a seat", id="pendaftaran yang mendapat kursi"),
    ]
    waiting: Annotated[
        tuple[Id, ...],
        described(
            en="the applications on the waiting list, best first",
            id="pendaftaran di daftar tunggu, peringkat terbaik lebih dahulu",
        ),
    ]
    reserve: Annotated[
        tuple[Id, ...],
        described(
            en="the applications in reserve, best first",
            id="pendaftaran cadangan, peringkat terbaik lebih dahulu",
        ),
    ]

    @classmethod
    def computed(cls, state: Intake) -> Mapping[str, object]:
        ledger = state.ledger
        return {
            "quota": ledger.quota,
            "waiting_list": ledger.waiting_list,
            "applicants": len(state.applicants),
            "candidates": len(state.candidates),
            "offered": tuple(ledger.offered),
            "seats": ledger.seated,
            "waiting": ledger.waiting,
            "reserve": ledger.reserve,
        }
