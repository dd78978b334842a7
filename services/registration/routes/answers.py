"""Answers of the training centre's routes that no use case has to itself."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from services.registration.application.outlook import OwnApplication
from services.registration.application.retention import ErasablePerson
from services.registration.domain.application.standing import (
    Attendance,
    Erased,
    Lost,
    OfProgramme,
    PartnerCode,
    Passed,
    Rank,
    Status,
)
from shared.events.base import Code, Id, Positive, Subject, Text
from shared.events.described import described
from shared.events.registration.values import Channel, InPriorityGroup, LastEducation
from shared.events.values import AgeBand, Day, Kecamatan, Kejuruan, Sex
from shared.web.responses import AsOf

Next = Annotated[
    str | None,
    described(
        en="the `after` of the next page; absent on the last one",
        id="`after` halaman berikutnya; tidak ada di halaman terakhir",
        example="0197a3c2-5b1e-7d43-9f6a-2c8e4b7d1f05",
    ),
]


Time = Annotated[
    str,
    Field(json_schema_extra={"format": "date-time"}),
    described(example="2026-08-17T02:30:00+00:00"),
]
Date = Annotated[str, Field(json_schema_extra={"format": "date"}), described(example="2026-08-17")]


class CertificateCheck(BaseModel):
    """A certificate as anybody may check it: ours, and still valid or not; never whose it is.

    Its fields are the certificate's of the same names.
    """

    number: Annotated[
        Id,
        described(
            en="the certificate's number", id="nomor sertifikat", example="2026-las-7QK2MZ5XNA"
        ),
    ]
    title: Annotated[Text, described(en="the training", id="nama pelatihan", example="Las SMAW 3G")]
    skkni: Annotated[
        Text,
        described(en="the standard that was taught", id="SKKNI-nya", example="SKKNI 98-2018"),
    ]
    kejuruan: Kejuruan
    hours: Annotated[Positive, described(en="its length", id="lamanya", unit="JP", example=240)]
    issued_on: Annotated[
        Day | None, described(en="the day of issue", id="tanggal terbit", example="2026-11-20")
    ]
    status: Annotated[
        Literal["valid", "revoked"],
        described(en="whether it still holds", id="apakah masih berlaku", example="valid"),
    ]


class FollowCodeAnswer(BaseModel):
    """The code to follow an application with."""

    code: Annotated[
        str, described(en="ten characters", id="sepuluh karakter", example="7QK2MZ5XNA")
    ]


class OwnApplications(BaseModel):
    """A page of the account's own applications."""

    items: Annotated[
        list[OwnApplication], described(en="what is on this page", id="isi halaman ini")
    ]
    next: Next = None


class ListedApplication(BaseModel):
    """An application in the list of its intake; of an erased person, only what figures count."""

    key: Annotated[
        str,
        described(
            en="`<intake>/<application>`",
            id="`<angkatan>/<pendaftaran>`",
            example="0197a3c2-4a10-7b21-8c55-0d9e1f2a3b4c/0197a3c2-5b1e-7d43-9f6a-2c8e4b7d1f05",
        ),
    ]
    stream: Annotated[
        Subject,
        described(
            en="the application's stream",
            id="aliran pendaftaran",
            example="application/0197a3c2-5b1e-7d43-9f6a-2c8e4b7d1f05",
        ),
    ]
    sequence: Annotated[
        Positive,
        described(en="the number of its last event", id="nomor peristiwa terakhir", example=3),
    ]
    status: Annotated[
        Status,
        described(en="where the application stands", id="status pendaftaran", example="offered"),
    ]
    programme: OfProgramme | None = None
    kejuruan: Kejuruan | None = None
    registered_at: Annotated[
        Time | None, described(en="when they applied", id="saat mendaftar")
    ] = None
    period: Annotated[
        str | None,
        described(
            en="the month of registering, YYYY-MM", id="bulan mendaftar, TTTT-BB", example="2026-08"
        ),
    ] = None
    registered_by: Channel | None = None
    kecamatan: Kecamatan | None = None
    sex: Sex | None = None
    age_band: AgeBand | None = None
    education: LastEducation | None = None
    priority: InPriorityGroup | None = None
    eligible: Annotated[
        bool | None,
        described(
            en="whether every rule of the programme holds",
            id="apakah memenuhi semua syarat program",
            example=True,
        ),
    ] = None
    reasons: Annotated[
        list[Code] | None,
        described(
            en="the rules for which it was declined", id="aturan yang menjadi alasan penolakan",
            example=["max-age"],
        ),
    ] = None  # fmt: skip
    score: Annotated[
        int | None,
        described(
            en="both marks together, 0 to 200", id="jumlah kedua nilai, 0 sampai 200",
            unit="1", example=163,
        ),
    ] = None  # fmt: skip
    rank: Rank | None = None
    claim_by: Annotated[
        Time | None, described(en="until when to re-register", id="batas waktu daftar ulang")
    ] = None
    starts_on: Annotated[
        Date | None,
        described(en="the new first day of the training", id="hari pertama yang baru"),
    ] = None
    ends_on: Annotated[
        Date | None,
        described(en="the new last day of the training", id="hari terakhir yang baru"),
    ] = None
    partner: PartnerCode | None = None
    lost: Lost | None = None
    accepted: Annotated[
        bool | None,
        described(en="whether they had a seat", id="apakah mendapat kursi", example=True),
    ] = None
    finished: Annotated[
        bool | None,
        described(en="whether their training is assessed", id="apakah pelatihannya sudah dinilai"),
    ] = None
    passed: Passed | None = None
    attendance: Attendance | None = None
    certified: Annotated[
        bool | None,
        described(en="whether they hold a certificate", id="apakah memiliki sertifikat"),
    ] = None
    erased: Erased | None = None


class IntakeApplications(BaseModel):
    """A page of the applications to an intake."""

    items: Annotated[
        list[ListedApplication], described(en="what is on this page", id="isi halaman ini")
    ]
    next: Next = None


class ErasablePersons(BaseModel):
    """A page of the persons whose data need be kept no longer."""

    items: Annotated[
        list[ErasablePerson], described(en="what is on this page", id="isi halaman ini")
    ]
    next: Next = None


class FiguresLine(BaseModel):
    """The figures of one value of a dimension. A count of 1 to 4 is null outside the agency."""

    key: Annotated[str, described(en="the value", id="nilai dimensi", example="las")]
    applied: Annotated[
        int | None, described(en="who applied", id="pendaftar", unit="1", example=24)
    ]
    eligible: Annotated[
        int | None, described(en="who were eligible", id="memenuhi syarat", unit="1", example=20)
    ]
    accepted: Annotated[
        int | None, described(en="who were accepted", id="diterima", unit="1", example=16)
    ]
    finished: Annotated[
        int | None, described(en="who finished", id="selesai pelatihan", unit="1", example=15)
    ]
    certified: Annotated[
        int | None, described(en="who got a certificate", id="bersertifikat", unit="1", example=14)
    ]
    placed: Annotated[
        int | None, described(en="who found work", id="ditempatkan", unit="1", example=9)
    ]
    suppressed: Annotated[
        bool | None,
        described(
            en="a small count was left out; absent for the agency itself",
            id="ada jumlah kecil yang disembunyikan; tidak ada bagi BLK sendiri",
            example=False,
        ),
    ] = None


class Figures(BaseModel):
    """The figures by one dimension."""

    items: Annotated[
        list[FiguresLine], described(en="a line for each value", id="satu baris per nilai")
    ]
    as_of: AsOf
