"""Answer that shows an instructor, without the name, the NIP and the number of the person."""

from collections.abc import Mapping
from typing import Annotated

from services.registration.domain.instructor import Booking, Competency, Instructor, Methodology
from shared.events.base import Code
from shared.events.described import described
from shared.events.values import Day, Kejuruan
from shared.web.state_views import StateView


class InstructorView(StateView[Instructor]):
    """An instructor of the centre: the fields, both certificates, and the days that are taken."""

    partner: Annotated[
        Code | None,
        described(
            en="the partner that sends a visiting instructor, by its code",
            id="kode mitra yang mengirim instruktur tamu",
            example="makassar",
        ),
    ] = None
    fields: Annotated[
        tuple[Kejuruan, ...],
        described(en="the fields they teach", id="kejuruan yang diajar"),
    ]
    methodology: Methodology | None = None
    competency: Competency | None = None
    visits_from: Annotated[
        Day | None,
        described(en="the first day of a visit", id="hari pertama kunjungan instruktur tamu"),
    ] = None
    visits_until: Annotated[
        Day | None,
        described(
            en="the last day of a visit", id="hari terakhir kunjungan instruktur tamu",
            example="2026-09-25",
        ),
    ] = None  # fmt: skip
    bookings: Annotated[
        Mapping[str, Booking],
        described(
            en="the days that belong to a class, by the intake's id",
            id="tanggal yang sudah terpakai oleh kelas, menurut id angkatan",
            example={
                "0197a3c2-5b1e-7d43-9f6a-2c8e4b7d1f05": {
                    "kejuruan": "las",
                    "starts_on": "2026-08-17",
                    "ends_on": "2026-09-25",
                }
            },
        ),
    ]
    discharged: Annotated[
        bool,
        described(
            en="whether they get no new class",
            id="apakah tidak diberi kelas baru lagi",
            example=False,
        ),
    ]
    erased: Annotated[
        bool,
        described(
            en="whether their name and NIP were erased",
            id="apakah nama dan NIP-nya sudah dihapus",
            example=False,
        ),
    ]
