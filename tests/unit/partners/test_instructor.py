from datetime import date
from typing import Any

import pytest

from services.partners.domain.instructor import DECIDER, BookVisit, Instructor, ListInstructor
from shared.events.partners.instructor import VisitBooked, VisitRefused
from shared.events.values import Certificate
from shared.eventsourcing.refusal import Refused
from tests.unit.given import BLK, MAKASSAR, given
from tests.unit.partners.samples import COMPETENCY, LISTED, METHODOLOGY, TEACHER, WELDERS

BOOK = BookVisit(support="s1", offer=1, starts_on=date(2022, 8, 1), ends_on=date(2022, 8, 31))
BOOKED = VisitBooked(**dict(BOOK))


def listing(**changes: Any) -> ListInstructor:
    found = {"fields": ("las",), "methodology": METHODOLOGY, "competency": COMPETENCY}
    return ListInstructor(listing=WELDERS, **{**found, **changes})


class TestListing:
    def test_a_partner_lists_its_own_and_may_do_so_again(self) -> None:
        given(DECIDER).when(listing(), agency=MAKASSAR).then(LISTED)
        outcome = given(DECIDER, LISTED, BOOKED).when(listing(), agency=MAKASSAR).then(LISTED)
        assert outcome.state.engaged(starts_on=BOOK.starts_on, ends_on=BOOK.ends_on)

    def test_nobody_else_does(self) -> None:
        given(DECIDER).when(listing(), agency=BLK).refused("not-yours", status=403)

    @pytest.mark.parametrize(
        ("changes", "rule", "field"),
        [
            ({"fields": ()}, "fields", "fields"),
            ({"fields": ("las", "las")}, "fields", "fields"),
            ({"fields": ("las", "menjahit")}, "partner-field", "fields"),
            (
                {"methodology": Certificate(number="M", valid_until=date(2022, 7, 4))},
                "certificate-expired",
                "methodology.valid_until",
            ),
            (
                {"competency": Certificate(number="K", valid_until=date(2022, 7, 4))},
                "certificate-expired",
                "competency.valid_until",
            ),
        ],
    )
    def test_only_in_fields_of_the_partner_with_valid_certificates(
        self, changes: dict[str, Any], rule: str, field: str
    ) -> None:
        given(DECIDER).when(listing(**changes), agency=MAKASSAR).refused(rule, field, 422)

    def test_a_certificate_is_valid_on_its_last_day(self) -> None:
        last = Certificate(number="M", valid_until=date(2022, 7, 5))
        given(DECIDER).when(listing(methodology=last), agency=MAKASSAR).then(
            LISTED.model_copy(update={"methodology": last})
        )

    def test_an_offer_takes_a_snapshot(self) -> None:
        assert given(DECIDER, LISTED).state.teacher() == TEACHER
        with pytest.raises(Refused, match="unknown-instructor"):
            Instructor().teacher()


class TestVisits:
    def test_a_visit_is_booked_once(self) -> None:
        given(DECIDER, LISTED).when(BOOK, agency="system").then(BOOKED)
        given(DECIDER, LISTED, BOOKED).when(BOOK, agency="system").then_nothing()

    @pytest.mark.parametrize(
        ("starts_on", "ends_on", "free"),
        [
            (date(2022, 8, 31), date(2022, 9, 9), False),
            (date(2022, 7, 1), date(2022, 8, 1), False),
            (date(2022, 8, 9), date(2022, 8, 9), False),
            (date(2022, 7, 1), date(2022, 9, 9), False),
            (date(2022, 9, 1), date(2022, 9, 9), True),
            (date(2022, 7, 1), date(2022, 7, 31), True),
        ],
    )
    def test_no_day_is_promised_twice(self, starts_on: date, ends_on: date, free: bool) -> None:
        other = BookVisit(support="s2", offer=3, starts_on=starts_on, ends_on=ends_on)
        outcome = given(DECIDER, LISTED, BOOKED).when(other, agency="system")
        outcome.then(VisitBooked(**dict(other)) if free else VisitRefused(support="s2", offer=3))

    def test_who_is_not_listed_cannot_come(self) -> None:
        given(DECIDER).when(BOOK, agency="system").then(VisitRefused(support="s1", offer=1))
