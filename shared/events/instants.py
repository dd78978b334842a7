"""Instants within the calendar: arithmetic with them ends at its ends, and never raises."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST = datetime.min.replace(tzinfo=UTC) - EPOCH
_LAST = datetime.max.replace(tzinfo=UTC) - EPOCH


def at(since: timedelta) -> datetime:
    """Return the instant, in UTC, that is so long after the beginning of 1970.

    What lies before the year 1 or after 9999 becomes the first or the last instant of these years.
    """
    return EPOCH + min(max(since, _FIRST), _LAST)


def in_utc(instant: datetime) -> datetime:
    """Return the same instant in UTC, be it near an end of the calendar."""
    return at(instant - EPOCH)
