"""Answers of the routes that every service has: inbox, parked records, digests, summary."""

from typing import Annotated

from pydantic import BaseModel, RootModel

from shared.events.base import Code, Count, Positive, Subject, Text
from shared.events.described import described
from shared.events.values import Agency, Sha256
from shared.web.responses import AsOf, Time

Positions = Annotated[
    dict[str, dict[str, int]],
    described(
        en="for each topic and partition, the offset of the next record to apply",
        id="untuk setiap topik dan partisi, offset catatan berikutnya",
        unit="1",
        example={"equipment.events": {"0": 118, "1": 97}},
    ),
]
Table = Annotated[str, described(en="the table", id="nama tabel", example="states")]
Key = Annotated[
    str,
    described(
        en="the row's key", id="kunci baris",
        example="programme/0197a3c2-5b1e-7d43-9f6a-2c8e4b7d1f05",
    ),
]  # fmt: skip
Versions = dict[str, int]


class WaitingTask(BaseModel):
    """A task that waits for whoever asks."""

    task: Annotated[Code, described(en="the kind of task", id="jenis tugas", example="verify")]
    since: Annotated[Time, described(en="since when it waits, UTC", id="menunggu sejak, UTC")]
    deadline: Annotated[
        Time | None,
        described(en="until when it must be done, UTC", id="batas waktunya, UTC"),
    ] = None
    stream: Subject
    item: Annotated[
        str | None,
        described(
            en="which of several tasks of the stream", id="yang mana dari beberapa tugas",
            example="mesin-las-smaw",
        ),
    ] = None  # fmt: skip
    command: Annotated[
        str,
        described(
            en="the request that ends it",
            id="permintaan yang menyelesaikannya",
            example="POST /v1/applications/0197a3c2-5b1e-7d43-9f6a-2c8e4b7d1f05/verification",
        ),
    ]
    id: Annotated[
        str,
        described(en="the task in Indonesian", id="tugasnya", example="Verifikasi pendaftaran"),
    ]
    en: Annotated[
        str,
        described(
            en="the task in English", id="tugasnya, bahasa Inggris",
            example="Verify the application",
        ),
    ]  # fmt: skip


class ParkedRecord(BaseModel):
    """A record that could not be applied; it and every later one of its stream wait."""

    key: Annotated[Key, described(en="its key in the list", id="kuncinya di daftar ini")]
    source: Agency
    subject: Subject
    sequence: Annotated[Positive, described(en="its number in its stream", id="nomornya di aliran")]
    type: Annotated[
        str,
        described(
            en="the event's type", id="jenis peristiwa",
            example="sinergi.registration.ProgrammeRetired.v1",
        ),
    ]  # fmt: skip
    topic: Annotated[Text, described(en="the topic", id="topik", example="registration.events")]
    partition: Annotated[Count, described(en="the partition", id="partisi", example=0)]
    offset: Annotated[Count, described(en="the offset", id="offset", example=118)]
    reason: Annotated[
        Code, described(en="why, by its code", id="alasan, berupa kode", example="gap")
    ]
    detail: Annotated[
        str,
        described(
            en="why, for people", id="alasan, untuk dibaca",
            example="sequence 4 is missing",
        ),
    ]  # fmt: skip
    parked_at: Annotated[
        str,
        described(
            en="when it first could not be applied", id="kapan pertama kali tidak dapat diterapkan",
            example="2026-07-20T08:15:30.123456Z",
        ),
    ]  # fmt: skip
    waits_for: Annotated[
        Subject | None,
        described(en="the own stream that it waits for", id="aliran sendiri yang ditunggu"),
    ] = None
    waits_at: Annotated[
        Count,
        described(
            en="where that stream stood when it was parked",
            id="posisi aliran itu saat catatan diparkir",
        ),
    ]
    record: Annotated[
        str,
        described(
            en="the record's bytes in hexadecimal digits",
            id="bita catatan dalam angka heksadesimal",
            example="93c4a0",
        ),
    ]


class DigestHead(BaseModel):
    """The first line of all digests: how far all is applied, and by which folds."""

    service: Annotated[Code, described(en="the service", id="layanan", example="registration")]
    positions: Positions
    parked: Annotated[
        list[Key], described(en="the keys of parked records", id="kunci catatan yang diparkir")
    ]
    folds: Annotated[
        Versions,
        described(
            en="the version of each aggregate's fold", id="versi lipatan setiap agregat",
            unit="1", example={"programme": 1},
        ),
    ]  # fmt: skip
    views: Annotated[
        Versions,
        described(
            en="the version of each projection", id="versi setiap proyeksi",
            unit="1", example={"figures": 1},
        ),
    ]  # fmt: skip


class DigestRow(BaseModel):
    """One row's digest."""

    table: Table
    key: Key
    sequence: Annotated[
        Count, described(en="up to which event it is true", id="sampai peristiwa ke berapa")
    ]
    hash: Annotated[
        Sha256,
        described(
            en="SHA-256 of what the row says, as JSON with sorted keys",
            id="SHA-256 isi baris, sebagai JSON dengan kunci berurutan",
        ),
    ]


class DigestLine(RootModel[DigestHead | DigestRow]):
    """A line of all digests: a head, then a line a row."""


class RowQuery(BaseModel):
    """A row that digests are of."""

    table: Table
    key: Key


class FieldHashes(BaseModel):
    """The hashes of one row's fields."""

    sequence: Annotated[
        Count, described(en="up to which event they are true", id="sampai peristiwa ke berapa")
    ]
    fields: Annotated[
        dict[str, str],
        described(
            en="the SHA-256 of each field by its path, such as items.0.quantity",
            id="SHA-256 setiap isian menurut letaknya, misalnya items.0.quantity",
            example={"hours": "0d6b1c0f9f1ab5ab7a9ac0ba2a0c9c1dd9ba1d1ae0ba3d2c6a9e0c85bd4d40d5"},
        ),
    ]


class Summary(BaseModel):
    """The number of streams of each kind, and how far each topic has been applied."""

    service: Annotated[Code, described(en="the service", id="layanan", example="registration")]
    agency: Agency
    title: Annotated[
        str, described(en="its name for people", id="namanya untuk dibaca", example="BLK Paser")
    ]
    streams: Annotated[
        dict[str, int],
        described(
            en="how many streams of each kind there are", id="jumlah aliran setiap jenis",
            unit="1", example={"programme": 4, "application": 132},
        ),
    ]  # fmt: skip
    as_of: AsOf
    positions: Positions
    parked: Annotated[
        Count,
        described(
            en="how many records are parked, up to 1000",
            id="jumlah catatan yang diparkir, paling banyak 1000",
            example=0,
        ),
    ]
