"""Each service takes every authentic event in every state: none ends in an exception."""

from collections.abc import Sequence
from datetime import UTC, datetime

import orjson
import pytest

from apps.composition.system import SERVICES, TOPOLOGY
from shared.events.base import Event
from shared.events.keys import EVENTS as KEY_EVENTS
from shared.eventsourcing.decider import AnyDecider, Context, Input, State, Timeout
from shared.eventsourcing.policies import AnyPolicy
from shared.eventsourcing.projections import AnyProjection, Part
from shared.eventsourcing.refusal import NotYet, Refused
from shared.eventsourcing.states import Head, state_row, stored_head
from shared.kernel.clock import instant
from shared.messaging.dead_letter_record import PARKED
from shared.messaging.delivery_receipts import RECEIPTS
from tests.unit.authentic import Author
from tests.unit.given import NOW

# How often each type of event meets another history.
TIMES = 60
THE_LAST = datetime.max.replace(tzinfo=UTC)
seeded = pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(1, 11))]
)

DECIDERS: dict[str, AnyDecider] = {
    f"{service.name}.{decider.kind}": decider
    for service in SERVICES.values()
    for decider in (*service.deciders, RECEIPTS, PARKED)
}
PROJECTIONS: dict[str, AnyProjection] = {
    f"{service.name}.{projection.name}": projection
    for service in SERVICES.values()
    for projection in service.all_projections
}
POLICIES: dict[str, AnyPolicy] = {
    f"{service.name}.{policy.name}": policy
    for service in SERVICES.values()
    for policy in service.policies
}


def test_every_published_event_is_of_a_stream_that_is_tried_here() -> None:
    tried = {event for decider in DECIDERS.values() for event in decider.events}
    assert set(TOPOLOGY.catalogue.types.values()) - tried == set(KEY_EVENTS)


@seeded
@pytest.mark.parametrize("name", DECIDERS)
def test_any_event_folds_into_any_state(name: str, seed: int) -> None:
    decider, author = DECIDERS[name], Author(seed, name)
    kinds = events_of(decider)
    for kind in kinds:
        for _ in range(TIMES):
            history = author.history(kinds, last=kind)
            with author.telling(*history):
                state = folded(decider, history)
                assert type(state) is type(decider.initial)
                comes_back_from_its_row(decider, state)
                a_timer_is_over_when_it_has_fired(decider, state)


def events_of(decider: AnyDecider) -> list[type[Event]]:
    found = [kind for kind in decider.events if issubclass(kind, Event)]
    return sorted(found, key=lambda kind: kind.__name__)  # as sets have no order of their own


def folded(decider: AnyDecider, history: Sequence[Event]) -> State:
    state: State = decider.initial
    for event in history:
        state = decider.evolve(state, event)
    return state


def comes_back_from_its_row(decider: AnyDecider, state: State) -> None:
    head = Head(state, 7, 6, "ab" * 32, NOW)
    row = state_row(decider, f"{decider.kind}/a", head)
    assert stored_head(decider, row) == head
    assert (row.due and instant(row.due)) == decider.due(state)


def a_timer_is_over_when_it_has_fired(decider: AnyDecider, state: State) -> None:
    due = decider.due(state)
    if due is not None and due < THE_LAST:
        events = decider.decide(state, Timeout(due=due), Context(max(due, NOW)))
        for event in events:
            state = decider.evolve(state, event)
        assert decider.due(state) != due, f"it would fire for ever; it said {events}"


@seeded
@pytest.mark.parametrize("name", PROJECTIONS)
def test_any_event_folds_into_any_part(name: str, seed: int) -> None:
    projection, author = PROJECTIONS[name], Author(seed, name)
    for kind in projection.on:
        for _ in range(TIMES):
            parts: dict[tuple[str, str], Part | None] = {}
            for event in author.history(projection.on, last=kind):
                envelope = author.envelope()
                with author.telling(parts, envelope, event):
                    for row in projection.keys(envelope, event):
                        assert isinstance(row, str)
                        place = row, envelope.subject
                        part = projection.fold(parts.get(place), envelope, event)
                        assert part is None or orjson.loads(orjson.dumps(part)) == part
                        parts[place] = part


@seeded
@pytest.mark.parametrize("name", POLICIES)
def test_any_event_leads_to_nothing_or_to_a_command_that_is_decided(name: str, seed: int) -> None:
    policy, author = POLICIES[name], Author(seed, name)
    for kind in policy.on:
        for _ in range(TIMES):
            envelope, event = author.envelope(), author.event(kind)
            with author.telling(envelope, event):
                dispatches = list(policy.react(envelope, event))
            for dispatch in dispatches:
                target = str(dispatch.stream)
                assert target.isascii()
                assert target.isprintable()
                decider = DECIDERS[f"{name.partition('.')[0]}.{dispatch.stream.kind}"]
                assert type(dispatch.command) in decider.commands
                history = author.history(events_of(decider))
                with author.telling(envelope, event, dispatch, *history):
                    decided(decider, folded(decider, history), dispatch.command, author.time())


def decided(decider: AnyDecider, state: State, command: Input, time: datetime) -> None:
    """Decide as a reaction and the audit do; what is said is valid and can be folded."""
    try:
        events = decider.decide(state, command, Context(time))
    except (Refused, NotYet):
        return
    for event in events:
        state = decider.evolve(state, type(event).of(event.data()))
    comes_back_from_its_row(decider, state)
