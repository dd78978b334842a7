from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.equipment.domain.proposal.calendar import (
    deadline,
    is_working_day,
    warning,
    working_days_later,
)

TUESDAY = date(2022, 7, 5)


@pytest.mark.parametrize(
    ("days", "holidays", "last"),
    [
        (1, [], date(2022, 7, 6)),
        (3, [], date(2022, 7, 8)),
        (4, [], date(2022, 7, 11)),
        (4, [date(2022, 7, 11)], date(2022, 7, 12)),
        (4, [date(2022, 7, 9)], date(2022, 7, 11)),
        (1, [date(2022, 7, 6), date(2022, 7, 7), date(2022, 7, 8)], date(2022, 7, 11)),
    ],
)
def test_working_days(days: int, holidays: list[date], last: date) -> None:
    assert working_days_later(TUESDAY, days, holidays) == last


def test_the_deadline_is_the_end_of_the_day_in_paser() -> None:
    morning = datetime(2022, 7, 5, 0, 0, tzinfo=UTC)
    assert deadline(morning, 1, ()) == datetime(2022, 7, 6, 16, 0, tzinfo=UTC)
    # 16:00 UTC is already Wednesday in Paser.
    evening = datetime(2022, 7, 5, 16, 0, tzinfo=UTC)
    assert deadline(evening, 1, ()) == datetime(2022, 7, 7, 16, 0, tzinfo=UTC)


@given(
    st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    st.integers(1, 40),
    st.sets(st.dates(date(2020, 1, 1), date(2030, 1, 1)), max_size=20),
)
def test_there_are_as_many_working_days_as_asked(day: date, days: int, holidays: set[date]) -> None:
    last = working_days_later(day, days, holidays)
    between = [date.fromordinal(n) for n in range(day.toordinal() + 1, last.toordinal() + 1)]
    assert sum(is_working_day(d, holidays) for d in between) == days
    assert is_working_day(last, holidays)


def test_the_warning_comes_so_many_working_days_before_the_deadline() -> None:
    friday = datetime(2022, 7, 8, 0, 0, tzinfo=UTC)
    assert warning(friday, 5, 3, ()) == deadline(friday, 2, ()) < deadline(friday, 5, ())
    assert warning(friday, 2, 9, ()) == datetime(2022, 7, 8, 16, 0, tzinfo=UTC)
