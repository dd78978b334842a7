from datetime import date
from typing import Any

import pytest

from services.registration.domain.instructor import (
    DECIDER,
    AppointInstructor,
    AppointVisitor,
    BookInstructor,
    DischargeInstructor,
    RebookInstructor,
    ReleaseInstructor,
    RenewCertificate,
    WithdrawInstructor,
)
from shared.events.base import Event
from shared.events.registration.instructor import (
    CertificateRenewed,
    InstructorBooked,
    InstructorDischarged,
    InstructorReleased,
    VisitingInstructorAppointed,
)
from shared.events.values import Certificate
from tests.unit.given import given
from tests.unit.registration.samples import APPOINTED, COMPETENCY, METHODOLOGY

VISITOR: dict[str, Any] = {
    "partner": "semarang",
    "instructor": "w1",
    "support": "s1",
    "offer": 1,
    "fields": ("las",),
    "methodology": METHODOLOGY,
    "competency": COMPETENCY,
    "starts_on": date(2022, 7, 20),
    "ends_on": date(2022, 8, 31),
}
VISITING = VisitingInstructorAppointed(**VISITOR)
DAYS = {"starts_on": date(2022, 7, 21), "ends_on": date(2022, 8, 23)}
BOOKED = InstructorBooked(
    intake="i1", kejuruan="las", starts_on=DAYS["starts_on"], ends_on=DAYS["ends_on"]
)
OLD = Certificate(number="OLD", valid_until=date(2022, 7, 4))


def appoint(**changes: Any) -> AppointInstructor:
    return AppointInstructor(**{**dict(APPOINTED), **changes})


def book(intake: str = "i1", **changes: Any) -> BookInstructor:
    return BookInstructor(**{"intake": intake, "kejuruan": "las", **DAYS, **changes})


def released(reason: Any) -> InstructorReleased:
    return InstructorReleased(intake="i1", kejuruan="las", reason=reason)


def test_appointed_once() -> None:
    given(DECIDER).when(appoint()).then(APPOINTED)
    given(DECIDER, APPOINTED).when(appoint()).refused("already-appointed")


@pytest.mark.parametrize("fields", [(), ("las", "las")])
def test_the_fields_are_named_once_each(fields: tuple[str, ...]) -> None:
    given(DECIDER).when(appoint(fields=fields)).refused("fields", "fields", 422)


@pytest.mark.parametrize("kind", ["methodology", "competency"])
def test_both_certificates_must_be_valid_today(kind: str) -> None:
    outcome = given(DECIDER).when(appoint(**{kind: OLD}))
    outcome.refused("certificate-expired", f"{kind}.valid_until", 422)
    today = Certificate(number="T", valid_until=date(2022, 7, 5))
    assert not given(DECIDER).when(appoint(**{kind: today})).refusal


def test_a_visitor_is_appointed_once() -> None:
    given(DECIDER).when(AppointVisitor(**VISITOR)).then(VISITING)
    given(DECIDER, VISITING).when(AppointVisitor(**VISITOR)).then_nothing()


def test_renewing_a_certificate() -> None:
    new = Certificate(number="KOM-2", valid_until=date(2026, 1, 1))
    renew = RenewCertificate(kind="competency", certificate=new)
    given(DECIDER, APPOINTED).when(renew).then(CertificateRenewed(**dict(renew)))
    same = RenewCertificate(kind="competency", certificate=COMPETENCY)
    given(DECIDER, APPOINTED).when(same).refused("unchanged")
    old = RenewCertificate(kind="methodology", certificate=OLD)
    given(DECIDER, APPOINTED).when(old).refused(
        "certificate-expired", "certificate.valid_until", 422
    )
    given(DECIDER).when(renew).refused("unknown-instructor", "instructor", 404)


def test_booked_for_the_days_of_a_class() -> None:
    given(DECIDER, APPOINTED).when(book()).then(BOOKED)
    given(DECIDER, VISITING).when(book()).then(BOOKED)
    given(DECIDER).when(book()).refused("unknown-instructor", "instructor", 422)
    given(DECIDER, APPOINTED, BOOKED).when(book()).refused("already-assigned", "instructor")


@pytest.mark.parametrize(
    ("events", "changes", "rule"),
    [
        ([APPOINTED, InstructorDischarged(fields=("las",))], {}, "discharged"),
        ([APPOINTED], {"kejuruan": "listrik"}, "instructor-field"),
        ([APPOINTED], {"ends_on": date(2023, 1, 2)}, "certificate-expires"),
        ([VISITING], {"starts_on": date(2022, 7, 19)}, "visit-period"),
        ([VISITING], {"ends_on": date(2022, 9, 1)}, "visit-period"),
        ([APPOINTED, BOOKED], {"starts_on": DAYS["ends_on"]}, "double-booked"),
    ],
)
def test_who_can_not_be_booked(events: list[Event], changes: dict[str, Any], rule: str) -> None:
    given(DECIDER, *events).when(book("i2", **changes)).refused(rule, "instructor")


def test_the_day_after_a_class_is_free() -> None:
    later = book("i2", starts_on=date(2022, 8, 24), ends_on=date(2022, 9, 24))
    given(DECIDER, APPOINTED, BOOKED).when(later).then_types(InstructorBooked)


def test_a_moved_class_keeps_its_instructor_or_loses_a_busy_one() -> None:
    moved = RebookInstructor(intake="i1", starts_on=date(2022, 8, 1), ends_on=date(2022, 9, 1))
    again = InstructorBooked(kejuruan="las", **dict(moved))
    given(DECIDER, APPOINTED, BOOKED).when(moved).then(again)
    given(DECIDER, APPOINTED, BOOKED, again).when(moved).then_nothing()
    given(DECIDER, APPOINTED).when(moved).then_nothing()
    other = InstructorBooked(
        intake="i2", kejuruan="las", starts_on=date(2022, 9, 1), ends_on=date(2022, 9, 9)
    )
    given(DECIDER, APPOINTED, BOOKED, other).when(moved).then(released("moved"))


def test_released_once() -> None:
    command = ReleaseInstructor(intake="i1", reason="cancelled")
    given(DECIDER, APPOINTED, BOOKED).when(command).then(released("cancelled"))
    given(DECIDER, APPOINTED, BOOKED, released("cancelled")).when(command).then_nothing()


def test_withdrawn_from_a_class() -> None:
    command = WithdrawInstructor(intake="i1")
    given(DECIDER, APPOINTED, BOOKED).when(command).then(released("replaced"))
    given(DECIDER, APPOINTED).when(command).refused("not-assigned", "instructor")


def test_discharged_when_free() -> None:
    gone = InstructorDischarged(fields=("las",))
    given(DECIDER, APPOINTED).when(DischargeInstructor()).then(gone)
    given(DECIDER, APPOINTED, gone).when(DischargeInstructor()).refused("already-discharged")
    given(DECIDER, APPOINTED, BOOKED).when(DischargeInstructor()).refused("still-assigned")
