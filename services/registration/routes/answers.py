"""Answers of the training centre's routes that no use case has to itself."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict

from services.registration.application.outlook import OwnApplication
from services.registration.application.retention import ErasablePerson
from services.registration.domain.application.state import Status
from shared.events.base import Id, Positive, Text
from shared.events.described import described
from shared.events.values import Day, Kejuruan

Next = Annotated[
    str | None,
    described(
        en="the `after` of the next page; absent on the last one",
        id="`after` halaman berikutnya; tidak ada di halaman terakhir",
        example="0197a3c2-5b1e-7d43-9f6a-2c8e4b7d1f05",
    ),
]


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
    """An application in the list of its intake.

    Beside these fields it has those of its standing, such as rank, claim_by and score.
    """

    model_config = ConfigDict(extra="allow")

    key: Annotated[
        str,
        described(en="intake and application", id="angkatan dan pendaftaran", example="i1/a1"),
    ]
    stream: Annotated[
        str,
        described(en="the application's stream", id="aliran pendaftaran", example="application/a1"),
    ]
    sequence: Annotated[
        Positive,
        described(en="the number of its last event", id="nomor peristiwa terakhir", example=3),
    ]
    status: Annotated[
        Status,
        described(en="where the application stands", id="status pendaftaran", example="offered"),
    ]


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
