"""An instructor is asked for: the days of the visit are booked before the support is given."""

from datetime import date
from typing import Any

import pytest

from services.partners.domain.support.aggregate import DECIDER
from services.partners.domain.support.answer import AcceptOffer
from services.partners.domain.support.fulfilment import FulfilSupport
from services.partners.domain.support.offering import OfferSupport
from services.partners.domain.support.request import OpenSupport
from shared.events.partners.instructor import VisitBooked, VisitRefused
from shared.events.partners.support import (
    OfferAccepted,
    OfferFailed,
    OfferSecured,
    SupportExpired,
    SupportFulfilled,
    SupportOffered,
)
from shared.events.values import Certificate, Item
from shared.eventsourcing.decider import Timeout
from tests.unit.given import BLK, MAKASSAR, given
from tests.unit.partners.samples import (
    EXPIRES,
    PAPER,
    REQUESTED,
    TEACHER,
    VISIT,
    WELDERS,
    agreement_of,
)

ONE = (Item(item="instructor", quantity=1),)
OPEN = OpenSupport(kind="instructor", kejuruan="las", items=ONE, for_agency=BLK, days=14)
ASKED = REQUESTED.model_copy(update={"kind": "instructor", "items": ONE, "proposal": None})
OFFERED = SupportOffered(
    offer=1,
    kind="instructor",
    kejuruan="las",
    partner="makassar",
    agency=MAKASSAR,
    agreement="agreement-makassar",
    items=ONE,
    visit=VISIT,
    teacher=TEACHER,
)
ACCEPTED = OfferAccepted(
    offer=1,
    kind="instructor",
    kejuruan="las",
    partner="makassar",
    agency=MAKASSAR,
    for_agency=BLK,
    items=ONE,
    visit=VISIT,
)
SECURED = OfferSecured(offer=1, kejuruan="las", partner="makassar")
FAILED = OfferFailed(offer=1, kejuruan="las", partner="makassar")
GIVEN = SupportFulfilled(
    offer=1,
    kind="instructor",
    kejuruan="las",
    partner="makassar",
    for_agency=BLK,
    items=ONE,
    evidence=PAPER,
    visit=VISIT,
    teacher=TEACHER,
)
FULFIL = FulfilSupport(offer=1, evidence=PAPER)


def offer(**changes: Any) -> OfferSupport:
    found = {"items": ONE, "visit": VISIT, "teacher": TEACHER}
    return OfferSupport(
        offering=WELDERS, agreement=agreement_of("makassar"), **{**found, **changes}
    )


def test_an_instructor_is_offered_with_days() -> None:
    given(DECIDER).when(OPEN, agency="system").then(ASKED)
    given(DECIDER, ASKED).when(offer(), agency=MAKASSAR).then(OFFERED)


ENDS_EARLY = Certificate(number="M", valid_until=date(2022, 8, 30))


@pytest.mark.parametrize(
    ("changes", "rule", "field", "status"),
    [
        ({"visit": None}, "visit-missing", "visit", 422),
        ({"teacher": None}, "visit-missing", "visit", 422),
        (
            {"items": (Item(item="instructor", quantity=2),)},
            "one-instructor",
            "items.0.quantity",
            422,
        ),
        (
            {"visit": VISIT.model_copy(update={"instructor": "semarang.1"})},
            "partner-instructor",
            "visit.instructor",
            422,
        ),
        (
            {"visit": VISIT.model_copy(update={"ends_on": date(2022, 7, 31)})},
            "dates",
            "visit.ends_on",
            422,
        ),
        (
            {"teacher": TEACHER.model_copy(update={"fields": ("menjahit",)})},
            "instructor-field",
            "visit.instructor",
            409,
        ),
        ({"engaged": True}, "double-booked", "visit", 409),
        (
            {"teacher": TEACHER.model_copy(update={"methodology": ENDS_EARLY})},
            "certificate-expires",
            "visit.instructor",
            409,
        ),
        (
            {"teacher": TEACHER.model_copy(update={"competency": ENDS_EARLY})},
            "certificate-expires",
            "visit.instructor",
            409,
        ),
    ],
)
def test_only_one_who_may_and_can_come(
    changes: dict[str, Any], rule: str, field: str, status: int
) -> None:
    asked = ASKED.model_copy(update={"items": (Item(item="instructor", quantity=2),)})
    given(DECIDER, asked).when(offer(**changes), agency=MAKASSAR).refused(rule, field, status)


def test_nothing_else_is_offered_with_a_visit() -> None:
    machines = offer(items=(Item(item="smaw-machine", quantity=1),), teacher=None)
    given(DECIDER, REQUESTED).when(machines, agency=MAKASSAR).refused("no-visit", "visit", 422)


def test_the_days_are_booked_and_the_visit_takes_place() -> None:
    given(DECIDER, ASKED, OFFERED).when(AcceptOffer(offer=1)).then(ACCEPTED)
    accepted = given(DECIDER, ASKED, OFFERED, ACCEPTED)
    accepted.when(FULFIL, agency=MAKASSAR).refused("illegal-step", "offer")
    booked = VisitBooked(support="s1", offer=1, starts_on=VISIT.starts_on, ends_on=VISIT.ends_on)
    outcome = accepted.when(booked, agency="system").then(SECURED)
    assert outcome.state.status == "covered"
    secured = given(DECIDER, ASKED, OFFERED, ACCEPTED, SECURED)
    secured.when(booked, agency="system").then_nothing()
    assert secured.when(FULFIL, agency=MAKASSAR).then(GIVEN).state.status == "fulfilled"


def test_or_they_are_not_to_be_had_and_another_is_needed() -> None:
    accepted = given(DECIDER, ASKED, OFFERED, ACCEPTED)
    outcome = accepted.when(VisitRefused(support="s1", offer=1), agency="system").then(FAILED)
    assert outcome.state.status == "open"
    assert outcome.state.still_needed() == ONE
    failed = given(DECIDER, ASKED, OFFERED, ACCEPTED, FAILED)
    failed.when(FULFIL, agency=MAKASSAR).refused("illegal-step", "offer")
    failed.when(offer(), agency=MAKASSAR).then(OFFERED.model_copy(update={"offer": 2}))
    failed.when(Timeout(due=EXPIRES), agency="system", now=EXPIRES).then(
        SupportExpired(kind="instructor", kejuruan="las", for_agency=BLK, missing=ONE)
    )
