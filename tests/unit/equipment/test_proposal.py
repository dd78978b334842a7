from datetime import timedelta

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st
from pydantic import ValidationError

from services.equipment.domain.proposal import DECIDER, DecideProposal, Proposal, StartReview
from shared.events.base import Event
from shared.events.equipment import (
    Decision,
    ProposalApproved,
    ProposalRejected,
    ProposedItem,
    ReviewOverdue,
    ReviewStarted,
)
from shared.events.values import Item
from shared.stream import Command, Refused, Timeout
from tests.unit.given import BLK, MINISTRY, NOW, given

from .samples import ASKED, DUE, GRANTED, HELMET, MACHINE, SUBMITTED, decision, submit

REVIEW = ReviewStarted(proposer=BLK, kejuruan="las")
IN_FULL = (decision("smaw-machine", 8), decision("helmet", 16))
IN_PART = (decision("smaw-machine", 5, "Anggaran terbatas."), decision("helmet", 16))
NOTHING = (decision("smaw-machine", 0, "Anggaran habis."), decision("helmet", 0, "Beli lokal."))
APPROVED = ProposalApproved(
    proposer=BLK, kejuruan="las", items=ASKED, missing=(), partial=False, decisions=IN_FULL
)
REJECTED = ProposalRejected(proposer=BLK, kejuruan="las", missing=ASKED, decisions=NOTHING)
OVERDUE = ReviewOverdue(proposer=BLK, kejuruan="las", due=DUE)


class TestSubmitting:
    def test_it_is_submitted_with_its_total_and_deadline(self) -> None:
        given(DECIDER).when(submit()).then(SUBMITTED)

    def test_once(self) -> None:
        given(DECIDER, SUBMITTED).when(submit()).refused("already-submitted")

    def test_no_items(self) -> None:
        given(DECIDER).when(submit(items=())).refused("no-items", "items", 422)

    def test_an_item_twice(self) -> None:
        given(DECIDER).when(submit(items=(MACHINE, HELMET, MACHINE))).refused(
            "repeated-item", "items.2.item", 422
        )

    def test_a_negative_price_or_no_quantity(self) -> None:
        for changes in ({"unit_price": -1}, {"quantity": 0}, {"unit_price": 1.5}):
            with pytest.raises(ValidationError):
                ProposedItem(**{**dict(MACHINE), **changes})

    def test_an_impossible_total(self) -> None:
        dear = MACHINE.model_copy(update={"unit_price": 2**53 - 1})
        given(DECIDER).when(submit(items=(dear,))).refused("total", "items", 422)


class TestDeciding:
    def test_a_review_starts_once(self) -> None:
        given(DECIDER, SUBMITTED).when(StartReview(), agency=MINISTRY).then(REVIEW)
        given(DECIDER, SUBMITTED, REVIEW).when(StartReview()).refused("illegal-step")

    def test_in_full(self) -> None:
        outcome = given(DECIDER, SUBMITTED, REVIEW).when(DecideProposal(decisions=IN_FULL))
        assert outcome.then(APPROVED).state.grant() == GRANTED

    def test_in_part(self) -> None:
        given(DECIDER, SUBMITTED, REVIEW).when(DecideProposal(decisions=IN_PART)).then(
            ProposalApproved(
                proposer=BLK,
                kejuruan="las",
                items=(Item(item="smaw-machine", quantity=5), ASKED[1]),
                missing=(Item(item="smaw-machine", quantity=3),),
                partial=True,
                decisions=IN_PART,
            )
        )

    def test_nothing(self) -> None:
        given(DECIDER, SUBMITTED, REVIEW).when(DecideProposal(decisions=NOTHING)).then(REJECTED)

    @pytest.mark.parametrize(
        ("decisions", "rule", "field"),
        [
            (IN_FULL[:1], "undecided-item", "decisions"),
            ((), "undecided-item", "decisions"),
            ((*IN_FULL, IN_FULL[0]), "repeated-item", "decisions.2.item"),
            ((*IN_FULL, decision("grinder", 1)), "unknown-item", "decisions.2.item"),
            (
                (IN_FULL[0], decision("helmet", 17)),
                "more-than-asked",
                "decisions.1.approved_quantity",
            ),
            ((IN_FULL[0], decision("helmet", 15)), "reason-missing", "decisions.1.reason"),
        ],
    )
    def test_each_item_once_within_what_was_asked_and_with_a_reason(
        self, decisions: tuple[Decision, ...], rule: str, field: str
    ) -> None:
        command = DecideProposal(decisions=decisions)
        given(DECIDER, SUBMITTED, REVIEW).when(command).refused(rule, field, 422)

    @pytest.mark.parametrize("history", [[SUBMITTED], [SUBMITTED, REVIEW, APPROVED]])
    def test_only_under_review(self, history: list[Event]) -> None:
        given(DECIDER, *history).when(DecideProposal(decisions=IN_FULL)).refused("illegal-step")

    @pytest.mark.parametrize("command", [StartReview(), DecideProposal(decisions=IN_FULL)])
    def test_only_of_a_proposal(self, command: Command) -> None:
        given(DECIDER).when(command).refused("not-found", status=404)

    @for_all(st.integers(0, 8), st.integers(0, 16))
    def test_granted_and_missing_add_up(self, machines: int, helmets: int) -> None:
        decisions = (
            decision("smaw-machine", machines, "Anggaran."),
            decision("helmet", helmets, "Anggaran."),
        )
        state = given(DECIDER, SUBMITTED, REVIEW).when(DecideProposal(decisions=decisions)).state
        sums: dict[str, int] = {}
        for item in (*state.granted, *state.missing):
            sums[item.item] = sums.get(item.item, 0) + item.quantity
        assert sums == {"smaw-machine": 8, "helmet": 16}

    @pytest.mark.parametrize("history", [[], [SUBMITTED, REVIEW], [SUBMITTED, REVIEW, REJECTED]])
    def test_nothing_to_allocate(self, history: list[Event]) -> None:
        state: Proposal = given(DECIDER, *history).state
        with pytest.raises(Refused, match="not-granted") as refused:
            state.grant()
        assert refused.value.status == (409 if history else 422)


class TestDeadline:
    def test_it_is_kept_until_decided_or_overdue(self) -> None:
        assert DECIDER.due(given(DECIDER).state) is None
        assert DECIDER.due(given(DECIDER, SUBMITTED).state) == DUE
        assert DECIDER.due(given(DECIDER, SUBMITTED, REVIEW).state) == DUE
        assert DECIDER.due(given(DECIDER, SUBMITTED, REVIEW, APPROVED).state) is None
        assert DECIDER.due(given(DECIDER, SUBMITTED, REVIEW, REJECTED).state) is None
        assert DECIDER.due(given(DECIDER, SUBMITTED, OVERDUE).state) is None

    def test_it_passes_once(self) -> None:
        timeout = Timeout(due=DUE)
        for history in ([SUBMITTED], [SUBMITTED, REVIEW]):
            given(DECIDER, *history).when(timeout, now=DUE).then(OVERDUE)
            given(DECIDER, *history, OVERDUE).when(timeout, now=DUE).then_nothing()

    def test_it_does_not_pass_early_or_after_the_decision(self) -> None:
        early = DUE - timedelta(microseconds=1)
        given(DECIDER, SUBMITTED).when(Timeout(due=DUE), now=early).then_nothing()
        given(DECIDER, SUBMITTED).when(Timeout(due=NOW), now=DUE).then_nothing()
        given(DECIDER, SUBMITTED, REVIEW, APPROVED).when(Timeout(due=DUE), now=DUE).then_nothing()

    def test_an_overdue_proposal_can_still_be_decided(self) -> None:
        given(DECIDER, SUBMITTED, REVIEW, OVERDUE).when(DecideProposal(decisions=IN_FULL)).then(
            APPROVED
        )


def test_a_foreign_command_is_an_illegal_step() -> None:
    given(DECIDER, SUBMITTED).when(Command()).refused("illegal-step")
