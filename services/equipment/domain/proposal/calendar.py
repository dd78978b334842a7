"""Working days in Paser: Monday to Friday, without the holidays that the agency configured."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from shared.events.values import end_of_day, wita_day

SATURDAY = 5


def is_working_day(day: date, holidays: Collection[date]) -> bool:
    """Return True for Monday to Friday unless the day is a holiday."""
    return day.weekday() < SATURDAY and day not in holidays


def working_days_later(day: date, days: int, holidays: Collection[date]) -> date:
    """Return the last of so many working days after a day, which itself does not count."""
    while days > 0:
        day += timedelta(days=1)
        days -= is_working_day(day, holidays)
    return day


def deadline(now: datetime, days: int, holidays: Collection[date]) -> datetime:
    """Return the instant at which the last of so many working days is over in Paser."""
    return end_of_day(working_days_later(wita_day(now), days, frozenset(holidays)))


def warning(now: datetime, days: int, before: int, holidays: Collection[date]) -> datetime:
    """Return the instant from which the deadline is near: `before` working days before it."""
    return deadline(now, max(days - before, 0), holidays)
