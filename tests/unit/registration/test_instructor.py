from datetime import date
from typing import Any

import pytest

from services.registration.domain.instructor import DECIDER, AppointInstructor, Instructor
from shared.events.registration import Certificate, InstructorAppointed
from shared.stream import Refused, Timeout
from tests.unit.given import NOW, given

APPOINTED = InstructorAppointed(
    person="person-9",
    sealed="c2VhbGVk",
    fields=("las", "otomotif"),
    methodology=Certificate(number="MET-1", valid_until=date(2022, 7, 5)),
    competency=Certificate(number="KOM-1", valid_until=date(2023, 1, 1)),
)


def appoint(**changes: Any) -> AppointInstructor:
    return AppointInstructor(**{**dict(APPOINTED), **changes})


def test_an_instructor_is_appointed_up_to_the_last_day_of_the_certificates() -> None:
    given(DECIDER).when(appoint()).then(APPOINTED)


def test_an_instructor_is_appointed_once() -> None:
    given(DECIDER, APPOINTED).when(appoint()).refused("already-appointed")


@pytest.mark.parametrize("fields", [(), ("las", "las")])
def test_fields_are_named_and_named_once(fields: tuple[str, ...]) -> None:
    given(DECIDER).when(appoint(fields=fields)).refused("fields", "fields", 422)


@pytest.mark.parametrize("name", ["methodology", "competency"])
def test_an_expired_certificate_is_refused(name: str) -> None:
    expired = Certificate(number="X", valid_until=date(2022, 7, 4))
    refusal = given(DECIDER).when(appoint(**{name: expired}))
    refusal.refused("certificate-expired", f"{name}.valid_until", 422)


def test_an_intake_takes_a_snapshot() -> None:
    appointment = given(DECIDER, APPOINTED).state.appointment()
    assert appointment.fields == ("las", "otomotif")
    with pytest.raises(Refused, match="unknown-instructor"):
        Instructor().appointment()


def test_a_foreign_command_is_an_illegal_step() -> None:
    given(DECIDER).when(Timeout(due=NOW)).refused("illegal-step")
