"""What the network of the ministry's centres (BPVP) publishes: its members and their support."""

from typing import Annotated, Literal

from pydantic import Field

from shared.events.base import Code, Count, Event, Id, Instant, Positive, Text
from shared.events.values import Agency, Attestation, Item, Kejuruan, SupportKind

OfferDays = Annotated[int, Field(strict=True, ge=1, le=366, description="days for offers")]


class PartnerRegistered(Event):
    """A centre joined the network, with the fields (kejuruan) in which it can help."""

    unit: Text
    city: Text
    agency: Agency
    fields: tuple[Kejuruan, ...]
    capacity: Count
    timezone: Literal["WIB", "WITA", "WIT"]


class SupportRequested(Event):
    """The partners of a field are asked to help (permintaan dukungan)."""

    kind: SupportKind
    kejuruan: Kejuruan
    for_agency: Agency
    proposal: Id
    items: tuple[Item, ...]
    expires: Instant


class SupportOffered(Event):
    """A partner offers to help (penawaran)."""

    offer: Positive
    kejuruan: Kejuruan
    partner: Code
    agency: Agency
    items: tuple[Item, ...]
    note: Text | None = None
    attestation: Attestation | None = None


class OfferAccepted(Event):
    """The centre in need accepts an offer; the others stay open."""

    offer: Positive
    kejuruan: Kejuruan
    partner: Code
    items: tuple[Item, ...]
    attestation: Attestation | None = None


class OfferDeclined(Event):
    """The centre in need does not take an offer up."""

    offer: Positive
    kejuruan: Kejuruan
    partner: Code


class SupportFulfilled(Event):
    """A partner has given what it offered."""

    offer: Positive
    kind: SupportKind
    kejuruan: Kejuruan
    partner: Code
    for_agency: Agency
    proposal: Id
    items: tuple[Item, ...]


class SupportExpired(Event):
    """The time for offers is over; `missing` is what no accepted offer covers."""

    kind: SupportKind
    kejuruan: Kejuruan
    for_agency: Agency
    proposal: Id
    missing: tuple[Item, ...]


EVENTS: tuple[type[Event], ...] = (
    PartnerRegistered,
    SupportRequested,
    SupportOffered,
    OfferAccepted,
    OfferDeclined,
    SupportFulfilled,
    SupportExpired,
)
