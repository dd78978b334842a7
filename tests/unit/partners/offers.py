"""Facts to start from: offers of support to a request, and how each can end."""

from datetime import date, timedelta

from services.partners.domain.partner import PartnerOutline
from services.partners.domain.support.offering import OfferSupport
from services.partners.domain.support.request import WithdrawSupport
from shared.events.partners.instructor import VisitBooked
from shared.events.partners.support import (
    OfferAccepted,
    OfferDeclined,
    OfferWithdrawn,
    SupportExpired,
    SupportFulfilled,
    SupportOffered,
    SupportWithdrawn,
)
from shared.events.values import Item
from tests.unit.given import BLK
from tests.unit.partners.samples import EXPIRES, NEEDED, PAPER, WELDERS, agreement_of

ONE_MACHINE = Item(item="smaw-machine", quantity=1)
LATE = EXPIRES
BOOKED = VisitBooked(support="s1", offer=1, starts_on=date(2022, 8, 1), ends_on=date(2022, 8, 31))
LAST = EXPIRES - timedelta(microseconds=1)


def offer(*items: Item, offering: PartnerOutline = WELDERS) -> OfferSupport:
    return OfferSupport(offering=offering, agreement=agreement_of(offering.partner), items=items)


def offered(number: int, *items: Item, offering: PartnerOutline = WELDERS) -> SupportOffered:
    return SupportOffered(
        offer=number,
        kind="equipment",
        kejuruan="las",
        partner=offering.partner,
        agency=offering.agency,
        agreement=f"agreement-{offering.partner}",
        items=items,
    )


def accepted(number: int, *items: Item, offering: PartnerOutline = WELDERS) -> OfferAccepted:
    return OfferAccepted(
        offer=number,
        kind="equipment",
        kejuruan="las",
        partner=offering.partner,
        agency=offering.agency,
        for_agency=BLK,
        items=items,
    )


def fulfilled(number: int, *items: Item, partner: str = "makassar") -> SupportFulfilled:
    return SupportFulfilled(
        offer=number,
        kind="equipment",
        kejuruan="las",
        partner=partner,
        for_agency=BLK,
        proposal="p1",
        items=items,
        evidence=PAPER,
    )


def expired(*missing: Item) -> SupportExpired:
    return SupportExpired(
        kind="equipment", kejuruan="las", for_agency=BLK, proposal="p1", missing=missing
    )


def declined(number: int, partner: str = "makassar") -> OfferDeclined:
    return OfferDeclined(offer=number, kejuruan="las", partner=partner)


DECLINED = declined(1)
WITHDRAWN = OfferWithdrawn(offer=1, kejuruan="las", partner="makassar")
NOT_NEEDED = SupportWithdrawn(
    kind="equipment", kejuruan="las", for_agency=BLK, reason="Dibeli sendiri."
)
WITHDRAW = WithdrawSupport(reason="Dibeli sendiri.")
ALL = offered(1, *NEEDED)
ALL_ACCEPTED = accepted(1, *NEEDED)
ALL_FULFILLED = fulfilled(1, *NEEDED)
