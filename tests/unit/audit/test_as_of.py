"""States at an instant: as they were, and never an effect without its cause."""

from datetime import datetime, timedelta

import pytest

from apps.audit.as_of import as_of
from apps.audit.history import Stream
from apps.audit.lookup import NotFound, find_event, find_instant
from tests.toy import Added, Counter, Echoed
from tests.unit.audit.told import START, Told

ONE = Stream("urn:sinergi:a", "counter/one")


def seconds(count: float) -> datetime:
    return START + timedelta(seconds=count)


async def test_each_state_is_what_its_events_had_made_of_it() -> None:
    told = Told()
    told.tell("alpha", "counter/one", Added(amount=5), at=1)
    told.tell("alpha", "counter/one", Added(amount=7), Added(amount=1), at=3)
    for instant, total in ((1, 5), (2.9, 5), (3, 13), (9, 13)):
        moment = await as_of(told.history, seconds(instant), "counter/one")
        state = moment.states[ONE].state
        assert isinstance(state, Counter)
        assert (state.total, moment.violations) == (total, [])
    assert not (await as_of(told.history, seconds(0.9))).states


async def test_services_are_cut_at_one_instant() -> None:
    told = Told()
    cause = told.tell("alpha", "counter/one", Added(amount=5), at=1)
    told.tell("beta", "counter/one", Echoed(amount=5), at=2, cause=cause)
    moment = await as_of(told.history, seconds(1))
    assert list(moment.states) == [ONE]
    moment = await as_of(told.history, seconds(2), service="beta")
    assert list(moment.states) == [Stream("urn:sinergi:b", "counter/one")]
    assert moment.violations == []


@pytest.mark.parametrize("effect_first", [True, False])
async def test_an_effect_that_is_older_than_its_cause_is_found(effect_first: bool) -> None:
    """Whichever topic is read first."""
    told = Told()
    one, other = ("alpha", Added(amount=1)), ("beta", Echoed(amount=1))
    causing, led = (other, one) if effect_first else (one, other)
    told.tell(causing[0], "counter/cause", causing[1], at=1)
    cause = told.tell(causing[0], "counter/cause", causing[1], at=5)
    effect = told.tell(led[0], "counter/effect", led[1], at=4, cause=cause)
    moment = await as_of(told.history, seconds(4.5))
    assert moment.violations == [f"{effect.ref} is there without its cause {cause.ref}"]
    assert (await as_of(told.history, seconds(5))).violations == []
    assert (await as_of(told.history, seconds(3))).violations == []


async def test_times_that_run_backwards_in_a_stream_are_found() -> None:
    told = Told()
    told.tell("alpha", "counter/one", Added(amount=1), at=5)
    late = told.tell("alpha", "counter/one", Added(amount=1), at=4)
    moment = await as_of(told.history, seconds(4.5))
    assert moment.violations == [f"{late.ref} is older than the events before it"]


async def test_a_commit_that_does_not_happen_at_once_is_found() -> None:
    told = Told()
    half = told.tell("alpha", "counter/one", Added(amount=1), at=1, commit=(1, 2))
    told.tell("alpha", "counter/one", Added(amount=1), at=2, commit=(1, 2))
    moment = await as_of(told.history, seconds(1))
    assert moment.violations == [f"{half.ref} is the last of a commit that goes on later"]
    assert (await as_of(told.history, seconds(2))).violations == []


async def test_a_parked_record_may_come_before_its_own_time() -> None:
    told = Told()
    cause = told.tell("alpha", "counter/one", Added(amount=1), at=500)
    told.tell("beta", f"parked/{cause.subject}", Echoed(amount=1), at=1, cause=cause)
    assert (await as_of(told.history, seconds(2))).violations == []


async def test_only_what_is_authentic_counts() -> None:
    told = Told()
    told.tell("alpha", "counter/one", Added(amount=5), at=1)
    told.tell("alpha", "counter/one", Added(amount=7), at=2)
    records = told.records["alpha.events"]
    records[1] = records[1]._replace(value=b'{"amount":8}')
    history = told.history
    moment = await as_of(history, seconds(9))
    state = moment.states[ONE].state
    assert isinstance(state, Counter)
    assert state.total == 5
    assert [(p.offset, p.code) for p in history.problems] == [(1, "signature")]


# -- what people call an instant, an event or a stream --------------------------------------------


@pytest.mark.parametrize(
    ("when", "instant"),
    [
        ("2026-08-17T10:00:03+08:00", seconds(3)),
        ("2026-08-17T02:00:03Z", seconds(3)),
        ("2026-08-17 10:00:03", seconds(3)),
        ("2026-08-17", datetime.fromisoformat("2026-08-17T23:59:59.999999+08:00")),
        ("urn:sinergi:a/counter/one/1", seconds(1)),
        ("counter/one/2", seconds(4)),
        ("alpha.events/0/1", seconds(4)),
        ("counter/one", seconds(4)),
        ("one", seconds(4)),
    ],
)
async def test_instants_have_many_names(when: str, instant: datetime) -> None:
    told = Told()
    told.tell("alpha", "counter/one", Added(amount=5), at=1)
    told.tell("alpha", "counter/one", Added(amount=5), at=4)
    assert await find_instant(told.history, when) == instant


async def test_a_name_must_mean_one_thing() -> None:
    told = Told()
    told.tell("alpha", "counter/one", Added(amount=5), at=1)
    last = told.tell("beta", "counter/one", Echoed(amount=5), at=4)
    with pytest.raises(NotFound, match=r"may be any of urn:sinergi:a/counter/one/1, urn:sinergi:b"):
        await find_event(told.history, "counter/one/1")
    for name in ("nobody", "counter/one/2", "alpha.events/0/1", "2026-13-01"):
        with pytest.raises(NotFound, match="there is no authentic event"):
            await find_event(told.history, name)
    _, found = await find_event(told.history, "urn:sinergi:b/counter/one")
    assert found.ref == last.ref
