"""Values that the partners' events share: codes and numbers, certificates, visits and teachers."""

from typing import Annotated, Literal

from pydantic import Field

from shared.events.base import Code, Id, Positive, Value
from shared.events.described import described
from shared.events.values import Certificate, Day, Kejuruan

OfferDays = Annotated[
    int,
    Field(strict=True, ge=1, le=366),
    described(en="days for offers", id="lama masa penawaran", unit="d", example=14),
]
PartnerCode = Annotated[
    Code, described(en="the partner's code", id="kode mitra", example="makassar")
]
OfferNumber = Annotated[
    Positive, described(en="the number of the offer", id="nomor penawaran", unit="1", example=1)
]
Methodology = Annotated[
    Certificate,
    described(en="the certificate of teaching methodology", id="sertifikat metodologi pelatihan"),
]
Competency = Annotated[
    Certificate, described(en="the certificate of competency", id="sertifikat kompetensi")
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
    methodology: Methodology
    competency: Competency
