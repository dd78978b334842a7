"""Events of a request for support, its offers and their fulfilment."""

from shared.events.base import Code, Id, Instant, Positive, Text
from shared.events.partners.owner import PartnersEvent
from shared.events.partners.values import Teacher, Visit
from shared.events.values import (
    Agency,
    Attestation,
    Day,
    Document,
    Item,
    Kejuruan,
    Prose,
    SupportKind,
)


class SupportRequested(PartnersEvent):
    """The partners of a field are asked to help (permintaan dukungan).

    Of instructors, seats and curricula `items` says how many: one line whose item is the kind.
    """

    kind: SupportKind
    kejuruan: Kejuruan
    for_agency: Agency
    items: tuple[Item, ...]
    expires: Instant
    proposal: Id | None = None
    intake: Id | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    note: Prose | None = None


class SupportOffered(PartnersEvent):
    """A partner offers to help (penawaran), under an agreement."""

    offer: Positive
    kind: SupportKind
    kejuruan: Kejuruan
    partner: Code
    agency: Agency
    agreement: Id
    items: tuple[Item, ...]
    visit: Visit | None = None
    teacher: Teacher | None = None
    curriculum: Document | None = None
    note: Text | None = None
    attestation: Attestation | None = None


class OfferAccepted(PartnersEvent):
    """The centre in need accepts an offer, all of it or a part; the others stay open."""

    offer: Positive
    kind: SupportKind
    kejuruan: Kejuruan
    partner: Code
    agency: Agency
    for_agency: Agency
    items: tuple[Item, ...]
    intake: Id | None = None
    visit: Visit | None = None
    attestation: Attestation | None = None


class OfferDeclined(PartnersEvent):
    """The centre in need does not take an offer up."""

    offer: Positive
    kejuruan: Kejuruan
    partner: Code


class OfferWithdrawn(PartnersEvent):
    """The partner takes its open offer back."""

    offer: Positive
    kejuruan: Kejuruan
    partner: Code


class OfferSecured(PartnersEvent):
    """The offered instructor's days are booked: the visit can take place."""

    offer: Positive
    kejuruan: Kejuruan
    partner: Code


class OfferFailed(PartnersEvent):
    """The offered instructor is elsewhere by now: what was accepted is needed again."""

    offer: Positive
    kejuruan: Kejuruan
    partner: Code


class SupportFulfilled(PartnersEvent):
    """A partner has given what was accepted of its offer; `evidence` shows it."""

    offer: Positive
    kind: SupportKind
    kejuruan: Kejuruan
    partner: Code
    for_agency: Agency
    items: tuple[Item, ...]
    evidence: Document
    proposal: Id | None = None
    intake: Id | None = None
    visit: Visit | None = None
    teacher: Teacher | None = None
    curriculum: Document | None = None


class SupportWithdrawn(PartnersEvent):
    """The centre no longer needs what no accepted offer covers."""

    kind: SupportKind
    kejuruan: Kejuruan
    for_agency: Agency
    reason: Prose


class SupportExpired(PartnersEvent):
    """The time for offers is over; `missing` is what no accepted offer covers."""

    kind: SupportKind
    kejuruan: Kejuruan
    for_agency: Agency
    missing: tuple[Item, ...]
    proposal: Id | None = None
    intake: Id | None = None
