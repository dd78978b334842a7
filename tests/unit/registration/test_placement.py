from datetime import date, timedelta
from typing import Any

import pytest

from services.registration.domain.placement import DECIDER, OpenFollowUp, RecordPlacement, later
from shared.events.base import Event
from shared.events.registration.placement import FollowUpDue, FollowUpOpened, GraduatePlaced
from shared.events.values import end_of_day
from shared.eventsourcing.decider import Timeout
from tests.unit.given import Given, given

FACTS = {"application": "a1", "intake": "i1", "kejuruan": "las", "kecamatan": "64.01.04"}
FIRST = end_of_day(date(2022, 10, 5))
SECOND = end_of_day(date(2023, 1, 5))
OPENED = FollowUpOpened(first_due=FIRST, second_due=SECOND, **FACTS)


def placed(months: Any, outcome: Any = "job") -> GraduatePlaced:
    return GraduatePlaced(months=months, outcome=outcome, **FACTS)


def asked(months: Any) -> FollowUpDue:
    return FollowUpDue(application="a1", kejuruan="las", months=months)


def fired(*events: Event) -> list[int]:
    """The months asked for when every timer fires at its time."""
    assert DECIDER.due is not None
    months: list[int] = []
    state = given(DECIDER, *events).state
    while (due := DECIDER.due(state)) is not None:
        early = Given(DECIDER, state).when(Timeout(due=due), now=due - timedelta(seconds=1))
        early.then_nothing()
        outcome = Given(DECIDER, state).when(Timeout(due=due), now=due)
        months += [event.months for event in outcome.events if isinstance(event, FollowUpDue)]
        state = outcome.state
        Given(DECIDER, state).when(Timeout(due=due), now=due).then_nothing()
    return months


def test_a_follow_up_is_opened_once() -> None:
    given(DECIDER).when(OpenFollowUp(**FACTS)).then(OPENED)
    given(DECIDER, OPENED).when(OpenFollowUp(**FACTS)).then_nothing()


def test_each_timer_fires_once() -> None:
    assert fired(OPENED) == [3, 6]
    assert fired(OPENED.model_copy(update={"second_due": FIRST})) == [3, 6]
    assert fired() == []


def test_who_has_answered_is_not_asked() -> None:
    assert fired(OPENED, placed(3)) == [6]
    assert fired(OPENED, placed(6)) == [3]
    assert fired(OPENED, placed(3), placed(6)) == []
    assert fired(OPENED, asked(3), placed(3)) == [6]


def test_each_answer_is_given_once() -> None:
    record = RecordPlacement(months=3, outcome="job")
    given(DECIDER, OPENED).when(record).then(placed(3))
    given(DECIDER, OPENED, placed(3)).when(record).refused("already-answered", "months")
    given(DECIDER).when(record).refused("not-found", None, 404)
    second = RecordPlacement(months=6, outcome="none")
    given(DECIDER, OPENED, placed(3)).when(second).then(placed(6, "none"))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2022, 11, 30), 3, date(2023, 2, 28)),
        (date(2023, 11, 30), 3, date(2024, 2, 29)),
        (date(2022, 8, 31), 3, date(2022, 11, 30)),
        (date(2022, 9, 15), 3, date(2022, 12, 15)),
        (date(2022, 7, 5), 6, date(2023, 1, 5)),
    ],
)
def test_so_many_months_later(day: date, months: int, expected: date) -> None:
    assert later(day, months) == expected
