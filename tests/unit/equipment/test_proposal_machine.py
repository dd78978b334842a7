"""Whatever is asked of a proposal in whatever order: money adds up, it is decided once."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from services.equipment.domain.proposal.aggregate import (
    DECIDER,
    DecideProposal,
    RecordChecklist,
    RequestRevision,
    StartReview,
    WithdrawProposal,
)
from services.equipment.domain.proposal.checklist import POINTS
from services.equipment.domain.proposal.dossier import Proposal
from shared.events.base import SAFE_INTEGER, Event
from shared.events.equipment.proposal import (
    ProposalApproved,
    ProposalRejected,
    ProposalWithdrawn,
    ReviewDueSoon,
    ReviewOverdue,
)
from shared.events.equipment.values import Check, ProposedItem
from shared.eventsourcing.decider import Command, Timeout
from tests.unit.equipment.samples import decision, draft, revise, submit
from tests.unit.given import BLK, MINISTRY, NOW, Given

lines = st.lists(
    st.builds(
        ProposedItem,
        item=st.sampled_from(["smaw-machine", "helmet", "lathe"]),
        name=st.just("Alat"),
        quantity=st.integers(1, 9),
        unit_price=st.one_of(st.integers(0, 50_000_000), st.just(SAFE_INTEGER)),
    ),
    max_size=3,
).map(tuple)
ENDS = (ProposalApproved, ProposalRejected, ProposalWithdrawn)


class ProposalMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.state: Proposal = DECIDER.initial
        self.now: datetime = NOW
        self.events: list[Event] = []

    def ask(self, command: Command, agency: str = BLK) -> None:
        outcome = Given(DECIDER, self.state).when(command, now=self.now, agency=agency)
        self.events += outcome.events
        self.state = outcome.state

    @rule(items=lines)
    def drafts(self, items: Any) -> None:
        self.ask(draft(items=items))

    @rule(warning=st.integers(1, 9))
    def submits(self, warning: int) -> None:
        self.ask(submit(warning_days=warning))

    @rule()
    def reviews(self) -> None:
        self.ask(StartReview(), MINISTRY)

    @rule()
    def checks(self) -> None:
        checks = tuple(Check(point=point, met=True) for point in POINTS)
        self.ask(RecordChecklist(checks=checks), MINISTRY)

    @rule()
    def asks_for_a_revision(self) -> None:
        self.ask(RequestRevision(reason="?", points=POINTS[:1]), MINISTRY)

    @rule(items=lines)
    def revises(self, items: Any) -> None:
        self.ask(revise(items=items))

    @rule()
    def withdraws(self) -> None:
        self.ask(WithdrawProposal(reason="x"))

    @rule(data=st.data())
    def decides(self, data: Any) -> None:
        decisions = tuple(
            decision(item.item, data.draw(st.integers(0, item.quantity + 1)), "pagu")
            for item in self.state.items
        )
        self.ask(DecideProposal(decisions=decisions), MINISTRY)

    @rule(days=st.integers(0, 6))
    def time_passes(self, days: int) -> None:
        self.now += timedelta(days=days)

    @rule()
    def the_timer_fires(self) -> None:
        due = DECIDER.due(self.state)
        if due is not None:
            before = len(self.events)
            self.ask(Timeout(due=due), "system")
            assert (len(self.events) > before) == (self.now >= due)

    @invariant()
    def money_adds_up(self) -> None:
        state = self.state
        assert state.total == sum(item.quantity * item.unit_price for item in state.items)
        assert state.total < 2**53

    @invariant()
    def it_is_decided_once(self) -> None:
        ends = [index for index, event in enumerate(self.events) if isinstance(event, ENDS)]
        assert ends in ([], [len(self.events) - 1])
        if self.state.status in ("approved", "rejected"):
            sums: dict[str, int] = {}
            for item in (*self.state.granted, *self.state.missing):
                sums[item.item] = sums.get(item.item, 0) + item.quantity
            assert sums == {item.item: item.quantity for item in self.state.items}

    @invariant()
    def each_deadline_is_told_once_and_rests_for_a_revision(self) -> None:
        soon = [event.due for event in self.events if isinstance(event, ReviewDueSoon)]
        over = [event.due for event in self.events if isinstance(event, ReviewOverdue)]
        # A revision answered on the day of the submission ends on the same day.
        assert len(over) == len(set(over))
        assert set(over) <= set(soon)
        if self.state.status not in ("submitted", "under-review"):
            assert DECIDER.due(self.state) is None
        if self.state.warn and self.state.due:
            assert self.state.warn < self.state.due


TestProposalMachine = ProposalMachine.TestCase
TestProposalMachine.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
