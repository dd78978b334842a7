"""Events of a request for support, its offers and their fulfilment."""

from shared.events.base import Code, Event, Id, Instant, Positive, Text
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


class SupportRequested(Event):
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


class SupportOffered(Event):
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


class OfferAccepted(Event):
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


class OfferDeclined(Event):
    """The centre in need does not take an offer up."""

    offer: Positive
    kejuruan: Kejuruan
    partner: Code


class OfferWithdrawn(Event):
    """The partner takes its open offer back."""

    offer: Positive
    kejuruan: Kejuruan
    partner: Code


class OfferSecured(Event):
    """The offered instructor's days are booked: the visit can take place."""

    offer: Positive
    kejuruan: Kejuruan
    partner: Code


class OfferFailed(Event):
    """The offered instructor is elsewhere by now: what was accepted is needed again."""

    offer: Positive
    kejuruan: Kejuruan
    partner: Code


class SupportFulfilled(Event):
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


class SupportWithdrawn(Event):
    """The centre no longer needs what no accepted offer covers."""

    kind: SupportKind
    kejuruan: Kejuruan
    for_agency: Agency
    reason: Prose


class SupportExpired(Event):
    """The time for offers is over; `missing` is what no accepted offer covers."""

    kind: SupportKind
    kejuruan: Kejuruan
    for_agency: Agency
    missing: tuple[Item, ...]
    proposal: Id | None = None
    intake: Id | None = None
