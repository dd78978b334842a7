"""Whatever happens to a class, in whatever order, its ledger of seats stays sound."""

from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.registration.domain.intake.aggregate import DECIDER
from services.registration.domain.intake.seats import (
    ClaimSeat,
    EnterCandidate,
    LeaveIntake,
    SelectParticipants,
)
from services.registration.domain.intake.state import CloseRegistration, Intake
from shared.eventsourcing.decider import Command, Timeout
from shared.eventsourcing.refusal import Refused
from tests.unit.given import NOW, Given, given
from tests.unit.registration.samples import candidate, opened

NAMES = st.integers(0, 9).map(lambda number: f"a{number}")


class LedgerMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.state: Intake = given(DECIDER, opened(quota=3, waiting_list=2)).state
        self.now: datetime = NOW
        self.gone: set[str] = set()
        self.offered: list[str] = []

    @initialize(count=st.integers(4, 10))
    def many_apply(self, count: int) -> None:
        for number in range(count):
            one = candidate(f"a{number}", 69 + number % 3, priority=number % 2 == 0)
            assert self.try_(EnterCandidate(candidate=one)) is None

    def try_(self, command: Command) -> Refused | None:
        before = self.state.ledger
        outcome = Given(DECIDER, self.state).when(command, now=self.now)
        self.state = outcome.state
        after = self.state.ledger
        new = [n for n in after.offered if n not in before.offered]
        rank = {place.application: place.rank for place in after.ranked}
        self.offered += sorted(new, key=lambda name: rank[name])
        self.gone |= {*before.offered, *before.seated, *before.waiting, *before.reserve} - {
            *after.offered, *after.seated, *after.waiting, *after.reserve,
        }  # fmt: skip
        return outcome.refusal

    @rule(name=NAMES, written=st.integers(69, 71), priority=st.booleans(), late=st.integers(0, 2))
    def enter(self, name: str, written: int, priority: bool, late: int) -> None:
        at = NOW + timedelta(hours=late)
        one = candidate(name, written, priority=priority, registered_at=at)
        assert self.try_(EnterCandidate(candidate=one)) is None

    @precondition(lambda self: len(self.state.candidates) > 3)
    @rule()
    def close(self) -> None:
        refusal = self.try_(CloseRegistration(reason="Penuh."))
        assert refusal is None or refusal.rule == "illegal-step"

    @precondition(lambda self: self.state.status == "closed")
    @rule()
    def select(self) -> None:
        refusal = self.try_(SelectParticipants())
        assert (refusal is None) == bool(self.state.candidates)

    @rule(name=NAMES)
    def claim(self, name: str) -> None:
        had = name in self.state.ledger.offered
        assert self.try_(ClaimSeat(application=name)) is None
        assert not had or name in self.state.ledger.seated

    @rule(name=NAMES)
    def leave(self, name: str) -> None:
        assert self.try_(LeaveIntake(application=name)) is None
        assert name not in {*self.state.ledger.seated, *self.state.ledger.offered}

    @rule()
    def lapse(self) -> None:
        assert DECIDER.due is not None
        due = DECIDER.due(self.state)
        if due is not None:
            self.now = max(self.now, due)
            assert self.try_(Timeout(due=due)) is None
            assert DECIDER.due(self.state) != due

    @invariant()
    def never_more_than_there_are_seats(self) -> None:
        ledger = self.state.ledger
        assert len(ledger.seated) <= ledger.quota
        assert len(ledger.seated) + len(ledger.offered) <= ledger.quota
        assert len(ledger.waiting) <= ledger.waiting_list

    @invariant()
    def everybody_is_in_exactly_one_place(self) -> None:
        ledger = self.state.ledger
        here = [*ledger.offered, *ledger.seated, *ledger.waiting, *ledger.reserve]
        ranked = [place.application for place in ledger.ranked]
        assert len(set(here)) == len(here)
        assert not set(here) & self.gone
        assert set(here) | self.gone == set(ranked)

    @invariant()
    def the_ranking_is_a_total_order(self) -> None:
        ranked = self.state.ledger.ranked
        assert [place.rank for place in ranked] == list(range(1, len(ranked) + 1))
        rank = {place.application: place.rank for place in ranked}
        queue = [rank[n] for n in (*self.state.ledger.waiting, *self.state.ledger.reserve)]
        assert queue == sorted(queue)

    @invariant()
    def seats_are_offered_in_the_order_of_the_ranking(self) -> None:
        rank = {place.application: place.rank for place in self.state.ledger.ranked}
        asked = [rank[name] for name in self.offered]
        assert asked == sorted(set(asked))

    @invariant()
    def no_seat_is_free_while_somebody_waits(self) -> None:
        ledger = self.state.ledger
        if self.state.status == "selected" and ledger.free() > 0:
            assert not ledger.waiting
            assert not ledger.reserve
        if len(ledger.waiting) < ledger.waiting_list:
            assert not ledger.reserve


TestLedger = LedgerMachine.TestCase
TestLedger.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
