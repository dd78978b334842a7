"""An intake's plan and window; its seats are in test_seats.py, its training in test_start.py."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.registration.domain.application.file_check import window_open
from services.registration.domain.intake.aggregate import DECIDER
from services.registration.domain.intake.state import (
    CloseRegistration,
    ExtendRegistration,
    Intake,
    IntakeOutline,
    ListApplicant,
    OpenIntake,
)
from shared.events.registration.intake import (
    ApplicantListed,
    IntakeCancelled,
    RegistrationClosed,
    RegistrationExtended,
)
from shared.events.values import end_of_day, wita_day
from shared.eventsourcing.decider import Timeout
from shared.eventsourcing.refusal import Refused
from tests.unit.given import given
from tests.unit.registration.samples import CONTENT, OUTLINE, PLAN, drafted, opened, plan_intake

MIDNIGHT = end_of_day(PLAN.registration_closes)
CLOSED = RegistrationClosed(kejuruan="las")
CLOSE = CloseRegistration(reason="Penuh.")
CANCELLED = IntakeCancelled(kejuruan="las", reason="Banjir.", instructors=(), applications=())


def extend(until: date) -> ExtendRegistration:
    return ExtendRegistration(registration_closes=until, reason="Sinyal buruk.")


def extended(until: date) -> RegistrationExtended:
    return RegistrationExtended(kejuruan="las", **dict(extend(until)))


def test_planned_and_planned_anew_while_a_draft() -> None:
    given(DECIDER).when(plan_intake()).then(drafted())
    given(DECIDER, drafted()).when(plan_intake(quota=20)).then(drafted(quota=20))
    given(DECIDER, drafted(), opened()).when(plan_intake()).refused("illegal-step")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"registration_opens": date(2022, 7, 9)}, "registration_closes"),
        ({"registration_closes": date(2022, 7, 4)}, "registration_closes"),
        ({"starts_on": date(2022, 7, 7)}, "starts_on"),
        ({"ends_on": date(2022, 7, 20)}, "ends_on"),
    ],
)
def test_days_come_in_order(changes: dict[str, Any], field: str) -> None:
    given(DECIDER).when(plan_intake(**changes)).refused("dates", field, 422)


def test_opened_with_the_programme_of_now() -> None:
    later = OUTLINE.model_copy(update={"number": 4})
    outcome = given(DECIDER, drafted(quota=20)).when(OpenIntake(published=later))
    outcome.then(opened(number=4, quota=20))
    assert (outcome.state.status, outcome.state.ledger.quota) == ("open", 20)


def test_only_a_draft_can_be_opened_and_only_in_time() -> None:
    command = OpenIntake(published=OUTLINE)
    given(DECIDER).when(command).refused("not-found", None, 404)
    given(DECIDER, drafted(), opened()).when(command).refused("illegal-step")
    given(DECIDER, drafted()).when(command, now=MIDNIGHT).refused("dates", "registration_closes")
    last = MIDNIGHT - timedelta(seconds=1)
    given(DECIDER, drafted()).when(command, now=last).then(opened())


def test_registration_lasts_longer() -> None:
    until = date(2022, 7, 15)
    outcome = given(DECIDER, opened()).when(extend(until)).then(extended(until))
    assert DECIDER.due is not None
    assert DECIDER.due(outcome.state) == end_of_day(until)


def test_a_closed_window_opens_again() -> None:
    outcome = given(DECIDER, opened(), CLOSED).when(extend(PLAN.registration_closes))
    assert outcome.then(extended(PLAN.registration_closes)).state.status == "open"


@pytest.mark.parametrize(
    ("until", "rule"),
    [
        (PLAN.registration_closes, "not-later"),
        (date(2022, 7, 4), "not-later"),
        (date(2022, 7, 22), "dates"),
    ],
)
def test_but_not_shorter_nor_into_the_training(until: date, rule: str) -> None:
    given(DECIDER, opened()).when(extend(until)).refused(rule, "registration_closes", 422)


def test_nor_once_over() -> None:
    day = date(2022, 7, 15)
    given(DECIDER, opened(), CANCELLED).when(extend(day)).refused("illegal-step")
    given(DECIDER, drafted()).when(extend(day)).refused("illegal-step")


def test_closed_before_its_time_with_a_reason() -> None:
    closed = RegistrationClosed(kejuruan="las", reason="Penuh.")
    given(DECIDER, opened()).when(CLOSE).then(closed)
    given(DECIDER, opened(), closed).when(CLOSE).refused("illegal-step")
    given(DECIDER).when(CLOSE).refused("not-found", None, 404)


def test_the_window_closes_at_midnight_in_paser_and_not_a_second_before() -> None:
    timeout = Timeout(due=MIDNIGHT)
    given(DECIDER, opened()).when(timeout, now=MIDNIGHT - timedelta(seconds=1)).then_nothing()
    given(DECIDER, opened()).when(timeout, now=MIDNIGHT).then(CLOSED)
    given(DECIDER, opened(), CLOSED).when(timeout, now=MIDNIGHT).then_nothing()
    longer = extended(date(2022, 7, 15))
    given(DECIDER, opened(), longer).when(timeout, now=MIDNIGHT).then_nothing()


def test_the_last_second_of_the_last_day_counts_for_applicants_and_midnight_does_not() -> None:
    outline = given(DECIDER, opened()).state.outline()
    window_open(outline, wita_day(MIDNIGHT - timedelta(seconds=1)))
    with pytest.raises(Refused) as late:
        window_open(outline, wita_day(MIDNIGHT))
    assert late.value.rule == "registration-closed"
    first = end_of_day(PLAN.registration_opens - timedelta(days=1))
    window_open(outline, wita_day(first))
    with pytest.raises(Refused) as early:
        window_open(outline, wita_day(first - timedelta(seconds=1)))
    assert early.value.rule == "registration-not-open"


def test_nobody_applies_once_it_was_closed() -> None:
    with pytest.raises(Refused):
        window_open(given(DECIDER, opened(), CLOSED).state.outline(), date(2022, 7, 5))


def test_the_outline_is_of_an_opened_class() -> None:
    assert given(DECIDER, opened()).state.outline() == IntakeOutline(
        programme="p1",
        kejuruan="las",
        entry=CONTENT.entry,
        registration_opens=PLAN.registration_opens,
        registration_closes=PLAN.registration_closes,
        open=True,
    )
    for state in (Intake(), given(DECIDER, drafted()).state):
        with pytest.raises(Refused) as unknown:
            state.outline()
        assert (unknown.value.rule, unknown.value.status) == ("unknown-intake", 422)


def test_an_instructor_is_booked_for_the_days_of_an_opened_class() -> None:
    days = (PLAN.starts_on, PLAN.ends_on)
    assert given(DECIDER, opened()).state.teaching_days() == days
    for events, rule in (((drafted(),), "illegal-step"), ((opened(), CANCELLED), "illegal-step")):
        with pytest.raises(Refused) as refused:
            given(DECIDER, *events).state.teaching_days()
        assert refused.value.rule == rule
    with pytest.raises(Refused) as unknown:
        Intake().teaching_days()
    assert unknown.value.status == 404


def test_days_and_window_of_no_intake() -> None:
    assert Intake().window_ends() is None
    with pytest.raises(Refused):
        Intake().days()


def test_applicants_are_listed_once() -> None:
    listed = ApplicantListed(application="a1")
    command = ListApplicant(application="a1")
    given(DECIDER, opened()).when(command).then(listed)
    given(DECIDER, opened(), listed).when(command).then_nothing()


def test_who_applies_while_it_is_cancelled_hears_of_it() -> None:
    told = IntakeCancelled(kejuruan="las", reason="Banjir.", instructors=(), applications=("a1",))
    outcome = given(DECIDER, opened(), CANCELLED).when(ListApplicant(application="a1"))
    outcome.then(ApplicantListed(application="a1"), told)
