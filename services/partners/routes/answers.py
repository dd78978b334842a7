"""Rows that the partners service answers: requests for support by field, referred applicants.

What a request does not have is null in its row, not absent. Fields are in the order of their names,
as rows are stored.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel

from services.partners.domain.support.offer import OFFER_EXAMPLE, Status
from services.partners.domain.support.state import FirstDay
from shared.events.base import Id, Instant, Positive, Subject
from shared.events.described import described
from shared.events.partners.values import PartnerCode, Teacher, Visit
from shared.events.values import (
    Agency,
    Day,
    Document,
    Education,
    Item,
    Kecamatan,
    Kejuruan,
    Prose,
    SupportKind,
)
from shared.web.responses import PageQuery

Sequence = Annotated[
    Positive,
    described(
        en="the number of the last event in the row",
        id="nomor peristiwa terakhir di baris ini",
        unit="1",
        example=3,
    ),
]


# A row has every field, but FastAPI leaves nulls out of the document: none is null in this example.
_CERTIFICATE = {"number": "MET-3214-2024", "valid_until": "2028-12-31"}
_OFFER_EXAMPLE: Mapping[str, object] = {
    **OFFER_EXAMPLE,
    "items": [{"item": "instructor", "quantity": 1}],
    "curriculum": {
        "kind": "kurikulum",
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "media_type": "application/pdf",
    },
    "teacher": {"fields": ["las"], "methodology": _CERTIFICATE, "competency": _CERTIFICATE},
    "visit": {"instructor": "makassar.3", "starts_on": "2026-08-01", "ends_on": "2026-08-31"},
}


class FieldQuery(PageQuery):
    """Which requests for support, and which page of them."""

    kejuruan: Annotated[
        Kejuruan,
        described(
            en="only requests of this field; of all fields unless given",
            id="hanya permintaan kejuruan ini; semua kejuruan bila kosong",
        ),
    ] = ""
    after: Annotated[
        str,
        described(
            en="`next` of the page before; absent for the first",
            id="`next` dari halaman sebelumnya; kosong untuk halaman pertama",
            example="las/0197a3c2-5b1e support/0197a3c2-5b1e",
        ),
    ] = ""


class OfferRow(BaseModel):
    """An offer to a request."""

    agency: Annotated[Agency, described(en="the agency that offers", id="instansi yang menawarkan")]
    agreement: Annotated[
        Id,
        described(en="the agreement it is made under", id="perjanjian yang mendasarinya"),
    ]
    curriculum: Annotated[
        Document | None,
        described(en="the curriculum, where one is offered", id="kurikulum, bila ditawarkan"),
    ]
    items: Annotated[
        tuple[Item, ...],
        described(
            en="the items offered; of an accepted offer, those accepted",
            id="butir yang ditawarkan; bila sudah diterima, butir yang diterima",
        ),
    ]
    number: Annotated[
        Positive,
        described(
            en="its number in the request, from 1",
            id="nomornya pada permintaan, mulai dari 1",
            unit="1",
            example=1,
        ),
    ]
    partner: PartnerCode
    status: Annotated[
        Status,
        described(en="the status of the offer", id="status penawaran", example="accepted"),
    ]
    teacher: Annotated[
        Teacher | None,
        described(
            en="the fields and certificates of the instructor, where one is offered",
            id="kejuruan dan sertifikat instruktur, bila ditawarkan",
        ),
    ]
    visit: Annotated[
        Visit | None,
        described(
            en="the instructor and the days of the visit, where one is offered",
            id="instruktur dan tanggal kunjungannya, bila ditawarkan",
        ),
    ]


class SupportRow(BaseModel):
    """A request for support, as its stream has it."""

    key: Annotated[
        str,
        described(
            en="`<field>/<request>`",
            id="`<kejuruan>/<permintaan>`",
            example="las/0197a3c2-5b1e-7d43-9f6a-2c8e4b7d1f05",
        ),
    ]
    stream: Subject
    sequence: Sequence
    ends_on: Annotated[
        Day | None,
        described(en="the last day of the need", id="hari terakhir kebutuhan"),
    ]
    expires: Annotated[
        Instant | None,
        described(en="until when partners can offer", id="batas waktu penawaran"),
    ]
    for_agency: Annotated[Agency, described(en="the agency that asks", id="instansi yang meminta")]
    intake: Annotated[
        Id | None,
        described(en="the class that it is for", id="angkatan yang membutuhkannya"),
    ]
    items: Annotated[
        tuple[Item, ...],
        described(
            en="the items asked for; of other kinds than equipment, one item named as the kind",
            id="butir yang diminta; selain peralatan, satu butir bernama jenisnya",
        ),
    ]
    kejuruan: Kejuruan
    kind: SupportKind
    note: Annotated[
        Prose | None,
        described(en="a note to the partners", id="catatan untuk mitra"),
    ]
    offers: Annotated[
        dict[str, OfferRow],
        described(
            en="all offers, by their numbers",
            id="semua penawaran, menurut nomornya",
            example={"1": _OFFER_EXAMPLE},
        ),
    ]
    proposal: Annotated[
        Id | None,
        described(
            en="the proposal that was not granted in full",
            id="usulan yang tidak disetujui seluruhnya",
        ),
    ]
    starts_on: FirstDay | None
    status: Annotated[
        Literal["open", "covered", "fulfilled", "expired", "withdrawn"] | None,
        described(en="the status of the request", id="status permintaan", example="open"),
    ]


class ReferredRow(BaseModel):
    """An applicant who was referred to a partner's seats, known by a number only."""

    key: Annotated[
        str,
        described(
            en="`<request>/<application>`",
            id="`<permintaan>/<pendaftaran>`",
            example="0197a3c2-5b1e-7d43-9f6a-2c8e4b7d1f05.seats/0197a3c2-5b1e-7d43",
        ),
    ]
    stream: Subject
    sequence: Sequence
    education: Annotated[
        Education,
        described(en="the last certificate (ijazah)", id="ijazah terakhir", example="smk"),
    ]
    kecamatan: Kecamatan
    kejuruan: Kejuruan
    offer: Annotated[
        Positive,
        described(
            en="the number of the partner's offer", id="nomor penawaran mitra", unit="1", example=1
        ),
    ]
    partner: PartnerCode
    person: Annotated[
        Id,
        described(
            en="the number of the person at the centre that refers",
            id="nomor orang itu di BLK yang merujuk",
        ),
    ]
    rank: Annotated[
        Positive,
        described(
            en="the rank among all candidates", id="peringkat di antara semua calon", unit="1",
            example=17,
        ),
    ]  # fmt: skip
