"""Values that the ministry's events share: proposed items, decisions, deliveries, assets."""

from typing import Annotated

from pydantic import Field

from shared.events.base import Code, Count, Id, Positive, Rupiah, Text, Value
from shared.events.values import Flag


class ProposedItem(Value):
    """One line of a proposal, with its estimated price (perkiraan harga satuan)."""

    item: Code
    name: Text
    quantity: Positive
    unit_price: Rupiah


class Decision(Value):
    """The ministry's decision on one line; a reason where it grants less than was asked."""

    item: Code
    approved_quantity: Count
    reason: Text | None = None


class Delivered(Value):
    """The units of one item that arrived: in order (baik), damaged (rusak), missing (hilang)."""

    item: Code
    good: Count
    damaged: Count = 0
    missing: Count = 0


class Check(Value):
    """One point of the review's checklist, and whether it is met."""

    point: Code
    met: Flag
    note: Text | None = None


class Asset(Value):
    """One unit of equipment with its asset number (nomor aset)."""

    item: Code
    number: Id


# As commands take them in: bounded, so that an event always fits its 256 KiB.
ProposedItems = Annotated[tuple[ProposedItem, ...], Field(max_length=200)]


Decisions = Annotated[tuple[Decision, ...], Field(max_length=200)]


Deliveries = Annotated[tuple[Delivered, ...], Field(max_length=200)]


Checks = Annotated[tuple[Check, ...], Field(max_length=20)]


Points = Annotated[tuple[Code, ...], Field(max_length=20)]


ReviewDays = Annotated[
    int, Field(strict=True, ge=1, le=250, description="working days for the review")
]
