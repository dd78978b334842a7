"""Values that the partners' events share: visits and teachers."""

from typing import Annotated, Literal

from pydantic import Field

from shared.events.base import Id, Value
from shared.events.described import described
from shared.events.values import Certificate, Day, Kejuruan

OfferDays = Annotated[
    int,
    Field(strict=True, ge=1, le=366),
    described(en="days for offers", id="lama masa penawaran", unit="d", example=14),
]


Zone = Literal["WIB", "WITA", "WIT"]


class Visit(Value):
    """A partner's instructor and the days on which they would come."""

    instructor: Annotated[
        Id,
        described(
            en="`<partner>.<number>`, as the partner lists them",
            id="`<mitra>.<nomor>`, seperti yang didaftarkan mitra",
            example="makassar.3",
        ),
    ]
    starts_on: Annotated[
        Day,
        described(
            en="the first day of the visit", id="hari pertama kunjungan", example="2026-08-01"
        ),
    ]
    ends_on: Annotated[
        Day,
        described(
            en="the last day of the visit", id="hari terakhir kunjungan", example="2026-08-31"
        ),
    ]


class Teacher(Value):
    """The facts that another centre needs of a visiting instructor."""

    fields: Annotated[
        tuple[Kejuruan, ...],
        described(en="the fields that they teach", id="kejuruan yang diajarkan", example=["las"]),
    ]
    methodology: Annotated[
        Certificate,
        described(
            en="the certificate of teaching methodology", id="sertifikat metodologi pelatihan"
        ),
    ]
    competency: Annotated[
        Certificate, described(en="the certificate of competency", id="sertifikat kompetensi")
    ]
