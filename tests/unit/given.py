"""given(DECIDER, events).when(command).then(events) or .refused(rule): decisions as sentences.

Every decision tried here is also checked for what holds of all: commands, events and states
survive JSON unchanged, replay gives the same state as living through it, and a refusal speaks
both languages and touches nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from shared.events.base import Event
from shared.eventsourcing.decider import AnyDecider, Context, Input, State
from shared.eventsourcing.refusal import Refused
from shared.kernel.sentences import languages, sentence
from shared.signing.cloudevents import GENESIS, Envelope

# 08:00 in Paser on the Tuesday on which 111 had registered.
NOW = datetime(2022, 7, 5, 0, 0, tzinfo=UTC)
BLK = "urn:sinergi:blk-paser"
MINISTRY = "urn:sinergi:kemenaker"
MAKASSAR = "urn:sinergi:bpvp-makassar"


def as_json(state: State) -> str:
    return state.model_dump_json()


@dataclass(frozen=True)
class Outcome:
    events: Sequence[Event]
    state: Any
    refusal: Refused | None = None

    def then(self, *expected: Event) -> "Outcome":
        assert self.refusal is None, f"refused: {self.refusal}"
        assert list(self.events) == list(expected)
        return self

    def then_types(self, *expected: type[Event]) -> "Outcome":
        assert self.refusal is None, f"refused: {self.refusal}"
        assert [type(event) for event in self.events] == list(expected)
        return self

    def then_nothing(self) -> "Outcome":
        return self.then()

    def refused(self, rule: str, field: str | None = None, status: int = 409) -> Refused:
        assert self.refusal is not None, f"not refused but decided: {self.events}"
        assert (self.refusal.rule, self.refusal.field, self.refusal.status) == (rule, field, status)
        said = [sentence(self.refusal.code, self.refusal.params, name) for name in languages()]
        assert len(said) >= 2
        assert all(text.endswith(".") for text in said)
        assert len(set(said)) == len(said)
        return self.refusal


@dataclass(frozen=True)
class Given:
    decider: AnyDecider
    state: Any

    def when(
        self,
        command: Input,
        *,
        now: datetime = NOW,
        actor: str = "officer-1",
        agency: str = BLK,
    ) -> Outcome:
        assert type(command).model_validate_json(command.model_dump_json()) == command
        before = as_json(self.state)
        try:
            events = self.decider.decide(self.state, command, Context(now, actor, agency))
        except Refused as refusal:
            assert as_json(self.state) == before
            return Outcome((), self.state, refusal)
        return Outcome(events, fold(self.decider, self.state, events))


def fold(decider: AnyDecider, state: Any, events: Sequence[Event]) -> Any:
    replayed = type(state).model_validate_json(as_json(state))
    for event in events:
        read = type(event).of(event.data())
        assert read == event
        assert read.data() == event.data()
        state = decider.evolve(state, event)
        replayed = decider.evolve(replayed, read)
        assert as_json(replayed) == as_json(state)
        assert type(state).model_validate_json(as_json(state)) == state
    return state


def given(decider: AnyDecider, *events: Event) -> Given:
    return Given(decider, fold(decider, decider.initial, events))


def envelope(subject: str, source: str = BLK, sequence: int = 1) -> Envelope:
    """Enough of an envelope for reactions and views."""
    return Envelope(
        source=source,
        type="sinergi.test.Event.v1",
        subject=subject,
        time=NOW,
        sequence=sequence,
        first=1,
        count=1,
        cause="request:1",
        fingerprint="",
        correlation="1",
        causation="1",
        actor="officer-1",
        prevhash=GENESIS,
        hash=GENESIS,
        data=b"{}",
    )
