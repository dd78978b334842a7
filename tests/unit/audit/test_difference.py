"""Tests of the difference between two instants."""

from datetime import timedelta

import pytest

from apps.audit.difference import Change, difference, flat
from apps.audit.lookup import NotFound
from tests.toy import Added, Echoed, Rang
from tests.unit.audit.told import START, Told

LATER = START + timedelta(hours=1)


def told_story() -> Told:
    told = Told()
    told.tell("alpha", "counter/one", Added(amount=5, due=LATER), at=1)
    told.tell("alpha", "counter/two", Added(amount=9), at=2)
    told.tell("alpha", "counter/one", Added(amount=7, due=LATER), at=3, actor="officer")
    told.tell("alpha", "counter/one", Rang(), at=5)
    told.tell("beta", "counter/one", Echoed(amount=1), at=5)
    return told


async def test_fields_that_changed_and_the_events_that_did_it() -> None:
    since, until = (START + timedelta(seconds=s) for s in (1, 4))
    found = await difference(told_story().history, since, until, "counter/one", "alpha")
    assert found.changes == [Change("total", 5, 12), Change("times", 1, 2)]
    assert [(e.sequence, e.actor, place.offset) for place, e in found.events] == [(2, "officer", 2)]
    assert found.before is not None
    assert (found.before.envelope.sequence, found.after.envelope.sequence) == (1, 2)


async def test_before_a_stream_began_it_had_no_fields() -> None:
    found = await difference(told_story().history, START, LATER, "urn:sinergi:a/counter/one")
    assert found.before is None
    assert found.changes == [
        Change("total", (), 12),
        Change("times", (), 2),
        Change("due", (), None),
    ]
    shown = found.shown()
    assert shown["before"] is None
    assert shown["changes"][0] == {"path": "total", "after": 12}
    assert [str(event["type"]).split(".")[2] for event in shown["events"]] == [
        "Added",
        "Added",
        "Rang",
    ]


async def test_nothing_in_between_is_no_change() -> None:
    since, until = (START + timedelta(seconds=s) for s in (3, 4))
    found = await difference(told_story().history, since, until, "counter/one")
    assert (found.changes, found.events) == ([], [])


async def test_the_stream_must_be_there_and_be_one() -> None:
    with pytest.raises(NotFound, match="may be any of"):
        await difference(told_story().history, START, LATER, "counter/one")
    with pytest.raises(NotFound, match="there is no authentic stream"):
        await difference(told_story().history, START, LATER, "counter/nine")


def test_inner_fields_have_dotted_paths() -> None:
    state = {"status": "draft", "items": [{"item": "las", "quantity": 2}, {}], "checks": []}
    assert dict(flat(state)) == {
        "status": "draft",
        "items.0.item": "las",
        "items.0.quantity": 2,
        "items.1": {},
        "checks": [],
    }
