"""The clock, and instants as whole microseconds since 1970: exact, unlike a float timestamp."""

from datetime import UTC, datetime

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def system_clock() -> datetime:
    """Return this machine's time, in UTC."""
    return datetime.now(UTC)


def micros(time: datetime) -> int:
    delta = time - _EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def instant(micros_: int) -> datetime:
    return datetime.fromtimestamp(micros_ // 1_000_000, UTC).replace(
        microsecond=micros_ % 1_000_000
    )
