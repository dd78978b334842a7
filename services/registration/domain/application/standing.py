"""Standing of an application: what is known of it that identifies nobody."""

from collections.abc import Mapping
from typing import Annotated, Literal

from shared.events.base import Code, Id, Instant, Positive, Value
from shared.events.described import described
from shared.events.registration.values import (
    Channel,
    InPriorityGroup,
    InterviewScore,
    LastEducation,
    Points,
    RegisteredAt,
    SeatReason,
    WrittenScore,
)
from shared.events.values import AgeBand, Day, Document, Percent, Sex

Status = Literal[
    "registered",
    "correction",
    "declined",
    "verified",
    "scored",
    "offered",
    "waitlisted",
    "reserve",
    "claimed",
    "confirmed",
    "lost",
    "withdrawn",
    "cancelled",
    "referred",
    "finished",
]
# Text, not an id, a field or a district: each is empty before the first event.
OfIntake = Annotated[
    str,
    described(
        en="the intake that they apply to",
        id="angkatan yang dilamar",
        example="0197a3c2-4a10-7b21-8c55-0d9e1f2a3b4c",
    ),
]
OfProgramme = Annotated[
    str,
    described(
        en="the programme that they apply to",
        id="program pelatihan yang dilamar",
        example="0197a3c2-3f02-7d19-9b44-5e6f7a8b9c0d",
    ),
]
OfField = Annotated[
    str, described(en="the vocational field (kejuruan)", id="kejuruannya", example="las")
]
OfDistrict = Annotated[
    str,
    described(
        en="the district (kecamatan) on the KTP, by its code",
        id="kode kecamatan pada KTP",
        example="64.01.04",
    ),
]
Rank = Annotated[
    Positive,
    described(en="the place in the ranking, from 1", id="peringkat, mulai dari 1", example=1),
]
PartnerCode = Annotated[
    Code,
    described(
        en="the partner who trains them instead, by its code",
        id="kode mitra yang melatihnya",
        example="bpvp-makassar",
    ),
]
Lost = Annotated[
    SeatReason,
    described(en="why the seat was lost", id="sebab kursi hilang", example="missed"),
]
Passed = Annotated[
    bool, described(en="whether they passed the training", id="apakah lulus", example=True)
]
Attendance = Annotated[
    Percent,
    described(en="the share of the hours attended", id="kehadiran dari jumlah jam", example=95),
]
Erased = Annotated[
    bool,
    described(
        en="whether the applicant's data were erased",
        id="apakah data pendaftar sudah dihapus",
        example=False,
    ),
]


_QUESTION = {
    "support": "2026-07-las",
    "offer": 1,
    "partner": "bpvp-makassar",
    "answer_by": "2026-08-17T02:30:00Z",
    "willing": True,
}


class Question(Value):
    """A partner's seat that the applicant was asked about, and the answer."""

    support: Annotated[
        Id,
        described(
            en="the partner's support that lends the seat",
            id="dukungan mitra yang menyediakan kursi",
        ),
    ]
    offer: Annotated[
        Positive, described(en="the number of the offer", id="nomor penawaran", example=1)
    ]
    partner: Annotated[
        Code, described(en="the partner's code", id="kode mitra", example="bpvp-makassar")
    ]
    answer_by: Annotated[
        Instant, described(en="until when to answer, UTC", id="batas waktu menjawab, UTC")
    ]
    willing: Annotated[
        bool | None,
        described(
            en="the answer; absent while there is none",
            id="jawabannya; tidak ada selama belum dijawab",
            example=True,
        ),
    ] = None


class Standing(Value):
    """An application as it stands, without what identifies its applicant."""

    status: Annotated[
        Status | None,
        described(en="where the application stands", id="status pendaftaran", example="offered"),
    ] = None
    intake: OfIntake = ""
    programme: OfProgramme = ""
    kejuruan: OfField = ""
    kecamatan: OfDistrict = ""
    sex: Sex | None = None
    age_band: AgeBand | None = None
    education: LastEducation = "none"
    priority: InPriorityGroup = False
    registered_at: RegisteredAt | None = None
    registered_by: Channel | None = None
    documents: Annotated[
        tuple[Document, ...], described(en="the papers", id="berkas yang dilampirkan")
    ] = ()
    points: Points = ()
    written: WrittenScore | None = None
    interview: InterviewScore | None = None
    rank: Rank | None = None
    claim_by: Annotated[
        Instant | None, described(en="until when to re-register, UTC", id="batas daftar ulang, UTC")
    ] = None
    starts_on: Annotated[
        Day | None, described(en="first day of the training", id="hari pertama pelatihan")
    ] = None
    ends_on: Annotated[
        Day | None, described(en="last day of the training", id="hari terakhir pelatihan")
    ] = None
    questions: Annotated[
        Mapping[str, Question],
        described(
            en="partners' seats that the applicant was asked about, by the id of the referral",
            id="kursi mitra yang ditanyakan kepada pendaftar, menurut id rujukan",
            example={"0197a3c2-4a10-7b21-8c55-0d9e1f2a3b4c.2026-07-las.1": _QUESTION},
        ),
    ] = {}
    partner: PartnerCode | None = None
    referred_by: Annotated[
        Id | None,
        described(
            en="the support by which they were referred", id="dukungan yang menjadi dasar rujukan"
        ),
    ] = None
    lost: Lost | None = None
    passed: Passed | None = None
    attendance: Attendance | None = None
    certificates: Annotated[
        Mapping[str, str],
        described(
            en="numbers of the certificates, by kind",
            id="nomor sertifikat menurut jenisnya",
            example={"training": "2026-las-7QK2MZ5XNA"},
        ),
    ] = {}
    erased: Erased = False
