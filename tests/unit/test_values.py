from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from shared.events import equipment, partners, registration
from shared.events.base import SAFE_INTEGER, Catalogue, Event, Instant
from shared.events.instants import in_utc
from shared.events.values import (
    SCHOOLING,
    WITA,
    Day,
    Education,
    Item,
    end_of_day,
    first_beyond,
    lacking,
    start_of_day,
    tally,
    wita_day,
)

EVENTS = (*registration.EVENTS, *equipment.EVENTS, *partners.EVENTS)
items = st.lists(
    st.builds(Item, item=st.sampled_from("abc"), quantity=st.integers(1, 9)),
    unique_by=lambda item: item.item,
)


def test_a_day_in_paser_ends_at_16_utc() -> None:
    assert end_of_day(date(2022, 7, 8)) == datetime(2022, 7, 8, 16, 0, tzinfo=UTC)
    assert wita_day(datetime(2022, 7, 8, 15, 59, 59, tzinfo=UTC)) == date(2022, 7, 8)
    assert wita_day(datetime(2022, 7, 8, 16, 0, tzinfo=UTC)) == date(2022, 7, 9)


@given(
    st.datetimes(timezones=st.timezones()).filter(lambda at: 1900 <= at.year < 3000),
    st.integers(0, 30),
)
def test_days_in_paser_are_those_of_its_time_zone(instant: datetime, later: int) -> None:
    day = wita_day(instant)
    assert day == instant.astimezone(WITA).date()
    assert end_of_day(day, later) == datetime.combine(day, time(), WITA) + timedelta(later + 1)
    assert in_utc(instant) == instant.astimezone(UTC)
    assert start_of_day(day) <= in_utc(instant) < end_of_day(day) == start_of_day(day, 1)


def test_beyond_the_calendar_is_its_end() -> None:
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    assert start_of_day(date.min) == first
    assert end_of_day(date.max) == datetime(9999, 12, 31, 16, 0, tzinfo=UTC)
    assert end_of_day(date.max, 2**53) == last
    assert (wita_day(first), wita_day(last)) == (date.min, date.max)
    instants = TypeAdapter(Instant)
    assert instants.validate_json('"0001-01-01T00:00:00+14:00"') == first
    assert instants.validate_json('"9999-12-31T23:59:59.999999-12:00"') == last


def test_only_a_day_is_a_day() -> None:
    day = TypeAdapter(Day)
    assert day.validate_json('"2004-02-29"') == date(2004, 2, 29)
    for wrong in ('"2005-02-29"', "86400", '"2004-02-29T00:00:00Z"', '"29-02-2004"', "null"):
        with pytest.raises(ValidationError):
            day.validate_json(wrong)


@given(items, items)
def test_what_is_lacking_and_what_there_is_make_what_is_needed(
    needs: list[Item], have: list[Item]
) -> None:
    stock = tally(have)
    missing = tally(lacking(needs, stock))
    for need in needs:
        assert missing.get(need.item, 0) == max(0, need.quantity - stock.get(need.item, 0))
    assert (first_beyond(needs, stock) is None) == (not missing)


def test_a_sum_stops_at_what_any_reader_of_json_keeps() -> None:
    most = Item(item="a", quantity=SAFE_INTEGER)
    assert tally([most, most]) == {"a": SAFE_INTEGER}


def test_every_education_has_its_level() -> None:
    assert set(SCHOOLING) == set(Education.__args__)  # type: ignore[attr-defined]
    assert SCHOOLING["sma"] == SCHOOLING["smk"] == SCHOOLING["ma"]


@pytest.mark.parametrize("event", EVENTS)
def test_every_event_is_described_closed_and_has_a_schema(event: type[Event]) -> None:
    assert event.__doc__
    assert event.__doc__.strip().endswith(".")
    schema = event.model_json_schema()
    assert schema["additionalProperties"] is False
    assert not {"nik", "name", "birth_date", "phone", "address"} & schema["properties"].keys()


def test_no_name_is_published_twice() -> None:
    catalogue = Catalogue(
        {
            "registration": registration.EVENTS,
            "equipment": equipment.EVENTS,
            "partners": partners.EVENTS,
        }
    )
    assert len(catalogue.types) == len(EVENTS)
