"""Values that several agencies' events share: fields, places, days, schooling, goods. No rules."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from shared.events.base import SAFE_INTEGER, Code, Count, Positive, Text, Value
from shared.events.described import described
from shared.events.instants import EPOCH, at

# Paser and Makassar keep central Indonesian time; every deadline of this house ends in it.
_AHEAD = timedelta(hours=8)
WITA = timezone(_AHEAD, "WITA")


def wita_day(instant: datetime) -> date:
    """Return the calendar day in Paser at an instant."""
    return at(instant - EPOCH + _AHEAD).date()


def start_of_day(day: date, later: int = 0) -> datetime:
    """Return the instant, in UTC, at which a day in Paser, or one so many days later, begins."""
    whole = timedelta(days=min(later, date.max.toordinal()))
    return at(datetime.combine(day, time(), UTC) - EPOCH - _AHEAD + whole)


def end_of_day(day: date, later: int = 0) -> datetime:
    """Return the instant, in UTC, at which such a day is over: the following midnight."""
    return start_of_day(day, later + 1)


def _day(value: object) -> object:
    """Only a day or its ISO text is a day: not a number of seconds, not an instant."""
    if isinstance(value, str) and len(value) == len("2025-07-31"):
        return value
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise ValueError("a day is written YYYY-MM-DD")


Day = Annotated[
    date,
    BeforeValidator(_day),
    described(en="a day, YYYY-MM-DD", id="tanggal, TTTT-BB-HH", example="2026-08-17"),
]
Flag = Annotated[bool, Field(strict=True)]
Prose = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=4000),
    described(example="Bengkel las tumbuh di sekitar tambang; juru las bersertifikat kurang."),
]
Sealed = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9+/_-]+={0,2}$", max_length=16_384),
    described(
        en="base64 of personal data, encrypted under the person's own key",
        id="base64 data pribadi, dienkripsi dengan kunci orang itu sendiri",
        example="kJ2vQw3n8mZyTg==",
    ),
]
Agency = Annotated[
    str,
    StringConstraints(pattern=r"^urn:[a-z0-9][a-z0-9-]{0,31}:[A-Za-z0-9:._-]{1,80}$"),
    described(
        en="the URN of an organisation with a key of its own",
        id="URN instansi yang memiliki kuncinya sendiri",
        example="urn:sinergi:blk-paser",
    ),
]


class Signature(Value):
    """A DSSE signature: the key's id and the Ed25519 signature in base64."""

    keyid: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
    sig: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]{86}==$")]


class Attestation(Value):
    """The acting agency's own signature over what it asked for: a DSSE envelope, and the body.

    `payload` and `body` are base64; what the payload says is shared.signing.attestation.Act.
    """

    payload: Annotated[str, StringConstraints(max_length=4096)]
    payloadType: Annotated[str, StringConstraints(max_length=100)]  # noqa: N815 - DSSE's name
    signatures: Annotated[tuple[Signature, ...], Field(min_length=1, max_length=1)]
    body: Annotated[str, StringConstraints(max_length=98_304)]


Kejuruan = Annotated[
    Code,
    described(
        en="kejuruan: a vocational field, such as listrik",
        id="kejuruan, misalnya listrik",
        example="las",
    ),
]
Kecamatan = Annotated[
    str,
    StringConstraints(pattern=r"^\d{2}\.\d{2}\.\d{2}$"),
    described(
        en="kecamatan: the ministry of home affairs' code of a district",
        id="kecamatan: kode wilayah dari Kementerian Dalam Negeri",
        example="64.01.04",
    ),
]
Sex = Annotated[
    Literal["female", "male"],
    described(
        en="sex, as on the identity card", id="jenis kelamin, seperti pada KTP", example="female"
    ),
]
AgeBand = Annotated[
    Literal["under-21", "21-25", "26-30", "31-35", "36-40", "over-40"],
    described(en="the age, in bands of years", id="kelompok usia, dalam tahun", example="21-25"),
]
Funding = Annotated[
    Literal["APBN", "APBD"],
    described(en="whose budget pays", id="sumber anggaran", example="APBN"),
]
Origin = Annotated[
    Literal["grant", "support"],
    described(
        en="a ministry's grant or a partner's support",
        id="hibah kementerian atau dukungan mitra",
        example="grant",
    ),
]
SupportKind = Annotated[
    Literal["equipment", "instructor", "seats", "curriculum"],
    described(en="the kind of support", id="jenis dukungan", example="equipment"),
]

# The last certificate (ijazah); Paket A, B and C count as SD, SMP and SMA.
Education = Literal[
    "none", "sd", "mi", "smp", "mts", "sma", "smk", "ma", "d1", "d2", "d3", "d4", "s1", "s2", "s3"
]
SCHOOLING: Mapping[Education, int] = {
    "none": 0, "sd": 1, "mi": 1, "smp": 2, "mts": 2, "sma": 3, "smk": 3, "ma": 3,
    "d1": 4, "d2": 5, "d3": 6, "d4": 7, "s1": 7, "s2": 8, "s3": 9,
}  # fmt: skip


Percent = Annotated[int, Field(strict=True, ge=0, le=100), described(unit="%", example=80)]
MinimumAge = Annotated[
    int,
    Field(strict=True, ge=17, le=100),
    described(en="an age in completed years", id="usia dalam tahun penuh", unit="a", example=17),
]
Criterion = Literal["priority", "score", "written", "interview", "registration"]
Ranking = Annotated[
    tuple[Criterion, ...],
    Field(min_length=1, max_length=5),
    described(
        en="what orders the candidates, weightiest first",
        id="urutan kriteria peringkat, yang terpenting lebih dahulu",
        example=["priority", "score", "written", "registration"],
    ),
]
Sha256 = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9a-f]{64}$"),
    described(
        en="SHA-256 in hexadecimal digits",
        id="SHA-256 dalam angka heksadesimal",
        example="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    ),
]
MediaType = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z]+/[a-z0-9.+-]{1,80}$"),
    described(en="the media type", id="jenis media berkas", example="application/pdf"),
]


Parameter = Flag | Count | Text | tuple[Text, ...]


class Reason(Value):
    """Why: the rule, by its stable code and its version, and what a sentence about it mentions.

    The sentences themselves are in the catalogue of the service whose rule it is.
    """

    rule: Annotated[Code, described(en="the rule's code", id="kode aturan", example="max-age")]
    params: Annotated[
        dict[str, Parameter],
        described(
            en="what its sentence mentions, by name",
            id="isian kalimatnya, menurut nama",
            example={"age": 45},
        ),
    ] = {}
    version: Annotated[
        Positive, described(en="the version of the rules", id="versi aturan", example=2)
    ]

    @property
    def code(self) -> str:
        """The message in the catalogue."""
        return self.rule


class Item(Value):
    """So many of one kind of equipment."""

    item: Annotated[
        Code, described(en="the kind of equipment", id="jenis peralatan", example="mesin-las-smaw")
    ]
    quantity: Annotated[Positive, described(en="how many", id="jumlah", example=4)]


class Demand(Value):
    """The demand for a field in one district: people who applied, still wait, found work."""

    kejuruan: Kejuruan
    kecamatan: Kecamatan
    applicants: Annotated[
        Count,
        described(
            en="applicants, without those who withdrew or were declined, cancelled or referred",
            id="pendaftar, tanpa yang mundur, ditolak, dibatalkan atau dirujuk",
            example=24,
        ),
    ]
    waiting: Annotated[
        Count,
        described(en="applicants on a waiting list", id="pendaftar di daftar tunggu", example=6),
    ] = 0
    placed: Annotated[
        Count,
        described(en="graduates who found work", id="lulusan yang mendapat kerja", example=9),
    ] = 0


class Certificate(Value):
    """A certificate and the last day on which it is valid."""

    number: Annotated[Text, described(en="its number", id="nomornya", example="MET-3214-2024")]
    valid_until: Day


class Document(Value):
    """A paper that is kept elsewhere, known by what it is and its SHA-256."""

    kind: Annotated[Code, described(en="the kind of paper", id="jenis berkas", example="ijazah")]
    sha256: Sha256
    media_type: MediaType


class EntryRules(Value):
    """Whom a programme admits, beside the rules that hold for all."""

    min_education: Annotated[
        Education,
        described(en="the lowest last certificate (ijazah)", id="ijazah terakhir, paling rendah"),
    ]
    min_age: Annotated[
        MinimumAge,
        described(en="the lowest age in completed years", id="usia terendah, tahun penuh"),
    ] = 17
    max_age: Annotated[
        MinimumAge | None,
        described(
            en="the highest age in completed years",
            id="usia tertinggi, tahun penuh",
            unit="a",
            example=45,
        ),
    ] = None


class ProgrammeContent(Value):
    """The content of a programme (program pelatihan): teaching, entry rules, ranking, needs.

    `equipment` is what one class needs in the field's workshop. `ranking` orders the candidates;
    whom it leaves equal, their application's id orders.
    """

    title: Annotated[Text, described(en="the programme's name", id="nama program pelatihan")]
    kejuruan: Kejuruan
    skkni: Annotated[
        Text,
        described(
            en="the national standard of competency (SKKNI) that it teaches",
            id="SKKNI yang diajarkan",
            example="SKKNI 98-2018",
        ),
    ]
    hours: Annotated[
        Positive,
        described(
            en="its length in training hours (JP)", id="lama pelatihan dalam JP", unit="JP",
            example=240,
        ),
    ]  # fmt: skip
    local_potential: Annotated[
        Prose,
        described(
            en="why the region needs it", id="potensi daerah yang menjadi alasan program ini"
        ),
    ]
    tna_reference: Annotated[
        Text,
        described(
            en="Training Needs Analysis it rests on",
            id="Training Needs Analysis yang mendasarinya",
            example="TNA-PASER-2026-04",
        ),
    ]
    entry: Annotated[EntryRules, described(en="whom it admits", id="siapa yang dapat diterima")]
    equipment: Annotated[
        tuple[Item, ...],
        described(
            en="what one class needs in the field's workshop",
            id="kebutuhan satu kelas di bengkel kejuruannya",
        ),
    ] = ()
    instructors: Annotated[
        Positive,
        described(en="how many instructors a class has", id="jumlah instruktur satu kelas"),
    ] = 1
    ranking: Ranking = ("priority", "score", "written", "registration")
    min_attendance: Annotated[
        Percent,
        described(
            en="the share of hours to be attended", id="kehadiran paling sedikit, dari jumlah jam"
        ),
    ] = 80


Items = Annotated[tuple[Item, ...], Field(max_length=200)]
Fields = Annotated[tuple[Kejuruan, ...], Field(max_length=50)]


def tally(items: Iterable[Item], earlier: Mapping[str, int] | None = None) -> dict[str, int]:
    """Quantities by item, added to earlier ones; a sum stops at what JSON readers keep exactly."""
    counts = dict(earlier or {})
    for item in items:
        counts[item.item] = min(counts.get(item.item, 0) + item.quantity, SAFE_INTEGER)
    return counts


def lacking(needs: Iterable[Item], have: Mapping[str, int]) -> tuple[Item, ...]:
    """Return what is still missing of the needs, given what there is."""
    return tuple(
        Item(item=need.item, quantity=need.quantity - have.get(need.item, 0))
        for need in needs
        if need.quantity > have.get(need.item, 0)
    )


def first_beyond(items: Iterable[Item], limit: Mapping[str, int]) -> int | None:
    """Return the index of the first item of which there is more than the limit."""
    beyond = (i for i, item in enumerate(items) if item.quantity > limit.get(item.item, 0))
    return next(beyond, None)
