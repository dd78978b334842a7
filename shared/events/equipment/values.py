"""Values that the ministry's events share: proposed items, decisions, deliveries, assets."""

from typing import Annotated

from pydantic import Field

from shared.events.base import Code, Count, Id, Positive, Rupiah, Text, Value
from shared.events.described import described
from shared.events.values import Flag

ItemCode = Annotated[
    Code,
    described(en="the kind of equipment", id="jenis peralatan", example="mesin-las-smaw"),
]
AssetId = Annotated[
    Id,
    described(en="the asset number (nomor aset)", id="nomor aset", example="3.05.01.05.048"),
]
Point = Annotated[
    Code,
    described(
        en="a point of the review's checklist",
        id="butir daftar periksa penelaahan",
        example="fair-price",
    ),
]


class ProposedItem(Value):
    """One line of a proposal, with its estimated price (perkiraan harga satuan)."""

    item: ItemCode
    name: Annotated[
        Text,
        described(
            en="the name of the equipment", id="nama peralatan", example="Mesin las SMAW 200 A"
        ),
    ]
    quantity: Annotated[
        Positive, described(en="the units asked for", id="jumlah unit yang diminta", example=4)
    ]
    unit_price: Annotated[
        Rupiah,
        described(
            en="the estimated price of one unit, in whole rupiah",
            id="perkiraan harga satuan, dalam rupiah utuh",
            example=7_500_000,
        ),
    ]


class Decision(Value):
    """The ministry's decision on one line; a reason where it grants less than was asked."""

    item: ItemCode
    approved_quantity: Annotated[
        Count,
        described(
            en="the units granted; 0 when none is", id="unit yang disetujui; 0 bila ditolak",
            example=2,
        ),
    ]  # fmt: skip
    reason: Annotated[
        Text | None,
        described(
            en="the reason; needed where fewer units are granted than were asked for",
            id="alasannya; wajib bila yang disetujui kurang dari yang diminta",
            example="Anggaran tahun ini cukup untuk dua unit.",
        ),
    ] = None


class Delivered(Value):
    """The units of one item that arrived: in order (baik), damaged (rusak), missing (hilang)."""

    item: ItemCode
    good: Annotated[
        Count,
        described(
            en="units that arrived in order", id="unit yang tiba dalam keadaan baik", example=3
        ),
    ]
    damaged: Annotated[
        Count, described(en="units that arrived damaged", id="unit yang tiba rusak", example=1)
    ] = 0
    missing: Annotated[
        Count,
        described(
            en="units shipped that did not arrive", id="unit yang dikirim tetapi hilang", example=0
        ),
    ] = 0


class Check(Value):
    """One point of the review's checklist, and whether it is met."""

    point: Point
    met: Annotated[
        Flag,
        described(
            en="true when the point is met", id="true bila butirnya terpenuhi", example=False
        ),
    ]
    note: Annotated[
        Text | None,
        described(
            en="what the reviewer found; needed where the point is not met",
            id="catatan penelaah; wajib bila butirnya tidak terpenuhi",
            example="Harga tanpa pembanding.",
        ),
    ] = None


class Asset(Value):
    """One unit of equipment with its asset number (nomor aset)."""

    item: ItemCode
    number: AssetId


# As commands take them in: bounded, so that an event always fits its 256 KiB.
ProposedItems = Annotated[tuple[ProposedItem, ...], Field(max_length=200)]


Decisions = Annotated[tuple[Decision, ...], Field(max_length=200)]


Deliveries = Annotated[tuple[Delivered, ...], Field(max_length=200)]


Checks = Annotated[tuple[Check, ...], Field(max_length=20)]


Points = Annotated[tuple[Point, ...], Field(max_length=20)]


ReviewDays = Annotated[
    int, Field(strict=True, ge=1, le=250, description="working days for the review")
]
