from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st
from pydantic import ValidationError

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
from shared.events.base import Event
from shared.events.equipment.proposal import (
    ChecklistRecorded,
    ProposalAllocated,
    ProposalApproved,
    ProposalDrafted,
    ProposalRejected,
    ProposalRevised,
    ProposalSubmitted,
    ProposalWithdrawn,
    ReviewDueSoon,
    ReviewOverdue,
    ReviewStarted,
    RevisionRequested,
)
from shared.events.equipment.values import Check, Decision, ProposedItem
from shared.events.values import Item
from shared.eventsourcing.decider import Command, Timeout
from shared.eventsourcing.refusal import Refused
from tests.unit.equipment.samples import (
    ALLOCATED,
    ASKED,
    CHECKED,
    DEMAND,
    DRAFTED,
    DUE,
    GRANTED,
    HELMET,
    JUSTIFICATION,
    MACHINE,
    SUBMITTED,
    WARN,
    decision,
    draft,
    revise,
    submit,
)
from tests.unit.given import BLK, MAKASSAR, MINISTRY, NOW, given

REVIEW = ReviewStarted(proposer=BLK, kejuruan="las")
IN_FULL = (decision("smaw-machine", 8), decision("helmet", 16))
IN_PART = (decision("smaw-machine", 5, "Anggaran terbatas."), decision("helmet", 16))
NOTHING = (decision("smaw-machine", 0, "Anggaran habis."), decision("helmet", 0, "Beli lokal."))
APPROVED = ProposalApproved(
    proposer=BLK, kejuruan="las", items=ASKED, missing=(), partial=False, decisions=IN_FULL
)
REJECTED = ProposalRejected(proposer=BLK, kejuruan="las", missing=ASKED, decisions=NOTHING)
REQUESTED = RevisionRequested(
    proposer=BLK, kejuruan="las", reason="Harga tanpa pembanding.", points=("fair-price",)
)
# Answered on Wednesday 6 July: five working days until the 14th, three of them after the 8th.
REVISED = ProposalRevised(
    proposer=BLK,
    kejuruan="las",
    items=(MACHINE,),
    total=60_000_000,
    justification=JUSTIFICATION,
    answer="Helm sudah dibeli sendiri.",
    demand=DEMAND,
    warn=datetime(2022, 7, 8, 16, tzinfo=UTC),
    due=datetime(2022, 7, 14, 16, tzinfo=UTC),
)
SOON = ReviewDueSoon(proposer=BLK, kejuruan="las", due=DUE)
OVERDUE = ReviewOverdue(proposer=BLK, kejuruan="las", due=DUE)


class TestDrafting:
    def test_it_is_written_down_with_its_total(self) -> None:
        given(DECIDER).when(draft()).then(DRAFTED)

    def test_it_can_be_replaced_while_it_is_a_draft(self) -> None:
        outcome = given(DECIDER, DRAFTED).when(draft(kejuruan="otomotif", items=(HELMET,)))
        assert (outcome.state.kejuruan, outcome.state.total) == ("otomotif", 7_200_000)
        given(DECIDER, DRAFTED, SUBMITTED).when(draft()).refused("illegal-step")

    def test_only_its_author_replaces_it(self) -> None:
        given(DECIDER, DRAFTED).when(draft(), agency=MAKASSAR).refused(
            "not-the-proposer", status=403
        )

    def test_no_items(self) -> None:
        given(DECIDER).when(draft(items=())).refused("no-items", "items", 422)

    def test_an_item_twice(self) -> None:
        given(DECIDER).when(draft(items=(MACHINE, HELMET, MACHINE))).refused(
            "repeated-item", "items.2.item", 422
        )

    def test_a_negative_price_or_no_quantity(self) -> None:
        for changes in ({"unit_price": -1}, {"quantity": 0}, {"unit_price": 1.5}):
            with pytest.raises(ValidationError):
                ProposedItem(**{**dict(MACHINE), **changes})

    def test_an_impossible_total(self) -> None:
        dear = MACHINE.model_copy(update={"unit_price": 2**53 - 1})
        given(DECIDER).when(draft(items=(dear,))).refused("total", "items", 422)
        most = MACHINE.model_copy(update={"unit_price": 2**53 - 1, "quantity": 1})
        given(DECIDER).when(draft(items=(most,))).then_types(ProposalDrafted)


class TestSubmitting:
    def test_it_is_submitted_with_its_evidence_and_deadline(self) -> None:
        given(DECIDER, DRAFTED).when(submit()).then(SUBMITTED)

    def test_once_and_only_a_draft(self) -> None:
        given(DECIDER, DRAFTED, SUBMITTED).when(submit()).refused("illegal-step")
        given(DECIDER).when(submit()).refused("not-found", status=404)

    def test_only_by_its_author(self) -> None:
        given(DECIDER, DRAFTED).when(submit(), agency=MAKASSAR).refused(
            "not-the-proposer", status=403
        )

    def test_not_with_the_evidence_of_another_field(self) -> None:
        given(DECIDER, DRAFTED).when(submit(kejuruan="otomotif")).refused("draft-changed")

    def test_a_warning_longer_than_the_review_comes_today(self) -> None:
        event = given(DECIDER, DRAFTED).when(submit(warning_days=9)).events[0]
        assert isinstance(event, ProposalSubmitted)
        assert (event.warn, event.due) == (datetime(2022, 7, 5, 16, tzinfo=UTC), DUE)


class TestChecklist:
    def test_points_are_recorded_and_the_newest_finding_counts(self) -> None:
        unmet = Check(point="fair-price", met=False, note="Tanpa pembanding.")
        review = given(DECIDER, DRAFTED, SUBMITTED, REVIEW, CHECKED)
        outcome = review.when(RecordChecklist(checks=(unmet,)), agency=MINISTRY)
        outcome.then(ChecklistRecorded(kejuruan="las", checks=(unmet,)))
        assert outcome.state.checklist[-1] == unmet
        assert [check.point for check in outcome.state.checklist] == list(POINTS)

    @pytest.mark.parametrize(
        ("checks", "rule", "field"),
        [
            ((), "no-checks", "checks"),
            ((Check(point="colour", met=True),), "unknown-point", "checks.0.point"),
            ((Check(point="fair-price", met=True),) * 2, "repeated-point", "checks.1.point"),
            ((Check(point="fair-price", met=False),), "note-missing", "checks.0.note"),
        ],
    )
    def test_known_points_once_with_a_note(
        self, checks: tuple[Check, ...], rule: str, field: str
    ) -> None:
        command = RecordChecklist(checks=checks)
        given(DECIDER, DRAFTED, SUBMITTED, REVIEW).when(command).refused(rule, field, 422)

    def test_only_under_review(self) -> None:
        command = RecordChecklist(checks=CHECKED.checks)
        given(DECIDER, DRAFTED, SUBMITTED).when(command).refused("illegal-step")

    @pytest.mark.parametrize("decisions", [IN_FULL, NOTHING])
    def test_no_decision_before_it_is_complete(self, decisions: tuple[Decision, ...]) -> None:
        some = CHECKED.model_copy(update={"checks": CHECKED.checks[:4]})
        review = given(DECIDER, DRAFTED, SUBMITTED, REVIEW, some)
        refusal = review.when(DecideProposal(decisions=decisions)).refused("checklist-incomplete")
        assert refusal.params == {"points": ["fair-price"]}


class TestRevision:
    history = (DRAFTED, SUBMITTED, REVIEW, CHECKED)

    def test_it_is_asked_for_under_review(self) -> None:
        ask = RequestRevision(reason="Harga tanpa pembanding.", points=("fair-price",))
        given(DECIDER, *self.history).when(ask, agency=MINISTRY).then(REQUESTED)
        given(DECIDER, DRAFTED, SUBMITTED).when(ask).refused("illegal-step")
        given(DECIDER, *self.history, REQUESTED).when(ask).refused("illegal-step")

    def test_about_points_of_the_checklist(self) -> None:
        ask = RequestRevision(reason="?", points=("fair-price", "colour"))
        given(DECIDER, *self.history).when(ask).refused("unknown-point", "points.1", 422)
        ask = RequestRevision(reason="?", points=("fair-price", "fair-price"))
        given(DECIDER, *self.history).when(ask).refused("repeated-point", "points.1", 422)

    def test_the_answer_replaces_the_proposal_and_starts_the_deadline_anew(self) -> None:
        later = NOW + timedelta(days=1)
        outcome = given(DECIDER, *self.history, REQUESTED).when(revise(), now=later)
        outcome.then(REVISED)
        state = outcome.state
        assert (state.status, state.total, state.due) == ("under-review", 60_000_000, REVISED.due)

    def test_the_points_that_it_was_about_are_looked_at_again(self) -> None:
        revised = given(DECIDER, *self.history, REQUESTED, REVISED)
        assert "fair-price" not in {check.point for check in revised.state.checklist}
        revised.when(DecideProposal(decisions=IN_FULL[:1])).refused("checklist-incomplete")

    def test_only_where_it_is_asked_for_and_by_the_author(self) -> None:
        given(DECIDER, *self.history).when(revise()).refused("illegal-step")
        given(DECIDER, *self.history, REQUESTED).when(revise(), agency=MAKASSAR).refused(
            "not-the-proposer", status=403
        )

    def test_it_is_as_well_formed_as_a_draft(self) -> None:
        asked = given(DECIDER, *self.history, REQUESTED)
        asked.when(revise(items=())).refused("no-items", "items", 422)
        asked.when(revise(items=(MACHINE, MACHINE))).refused("repeated-item", "items.1.item", 422)
        dear = MACHINE.model_copy(update={"unit_price": 2**53 - 1})
        asked.when(revise(items=(dear,))).refused("total", "items", 422)


class TestWithdrawing:
    command = WithdrawProposal(reason="Dibiayai APBD.")
    undecided = (
        (DRAFTED,),
        (DRAFTED, SUBMITTED),
        (DRAFTED, SUBMITTED, REVIEW),
        (DRAFTED, SUBMITTED, REVIEW, REQUESTED),
    )

    @pytest.mark.parametrize("history", undecided)
    def test_until_it_is_decided(self, history: tuple[Event, ...]) -> None:
        withdrawn = ProposalWithdrawn(proposer=BLK, kejuruan="las", reason="Dibiayai APBD.")
        outcome = given(DECIDER, *history).when(self.command).then(withdrawn)
        assert DECIDER.due(outcome.state) is None
        given(DECIDER, *history, withdrawn).when(self.command).refused("illegal-step")

    @pytest.mark.parametrize("decided", [APPROVED, REJECTED])
    def test_not_after_the_decision(self, decided: Event) -> None:
        history = (DRAFTED, SUBMITTED, REVIEW, CHECKED, decided)
        given(DECIDER, *history).when(self.command).refused("illegal-step")

    def test_only_by_its_author(self) -> None:
        given(DECIDER, DRAFTED).when(self.command, agency=MINISTRY).refused(
            "not-the-proposer", status=403
        )


class TestDeciding:
    def test_a_review_starts_once(self) -> None:
        given(DECIDER, DRAFTED, SUBMITTED).when(StartReview(), agency=MINISTRY).then(REVIEW)
        given(DECIDER, DRAFTED, SUBMITTED, REVIEW).when(StartReview()).refused("illegal-step")

    def test_in_full(self) -> None:
        outcome = given(DECIDER, DRAFTED, SUBMITTED, REVIEW, CHECKED).when(
            DecideProposal(decisions=IN_FULL)
        )
        assert outcome.then(APPROVED).state.grant() == GRANTED

    def test_in_part(self) -> None:
        given(DECIDER, DRAFTED, SUBMITTED, REVIEW, CHECKED).when(
            DecideProposal(decisions=IN_PART)
        ).then(
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
        given(DECIDER, DRAFTED, SUBMITTED, REVIEW, CHECKED).when(
            DecideProposal(decisions=NOTHING)
        ).then(REJECTED)

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
        given(DECIDER, DRAFTED, SUBMITTED, REVIEW, CHECKED).when(command).refused(rule, field, 422)

    @pytest.mark.parametrize(
        "history", [[SUBMITTED], [DRAFTED, SUBMITTED, REVIEW, CHECKED, APPROVED]]
    )
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
        state = (
            given(DECIDER, DRAFTED, SUBMITTED, REVIEW, CHECKED)
            .when(DecideProposal(decisions=decisions))
            .state
        )
        sums: dict[str, int] = {}
        for item in (*state.granted, *state.missing):
            sums[item.item] = sums.get(item.item, 0) + item.quantity
        assert sums == {"smaw-machine": 8, "helmet": 16}

    @pytest.mark.parametrize(
        "history", [[], [SUBMITTED, REVIEW], [SUBMITTED, REVIEW, CHECKED, REJECTED]]
    )
    def test_nothing_to_allocate(self, history: list[Event]) -> None:
        state: Proposal = given(DECIDER, *history).state
        with pytest.raises(Refused, match="not-granted") as refused:
            state.grant()
        assert refused.value.status == (409 if history else 422)


class TestDeadline:
    history = (DRAFTED, SUBMITTED, REVIEW)

    def test_first_the_warning_then_the_end_until_decided_or_overdue(self) -> None:
        assert DECIDER.due(given(DECIDER).state) is None
        assert DECIDER.due(given(DECIDER, DRAFTED).state) is None
        assert DECIDER.due(given(DECIDER, DRAFTED, SUBMITTED).state) == WARN
        assert DECIDER.due(given(DECIDER, *self.history).state) == WARN
        assert DECIDER.due(given(DECIDER, *self.history, SOON).state) == DUE
        assert DECIDER.due(given(DECIDER, *self.history, SOON, OVERDUE).state) is None
        for decided in (APPROVED, REJECTED):
            assert DECIDER.due(given(DECIDER, *self.history, CHECKED, decided).state) is None

    def test_each_is_told_once(self) -> None:
        for history in (self.history[:2], self.history):
            given(DECIDER, *history).when(Timeout(due=WARN), now=WARN).then(SOON)
            given(DECIDER, *history, SOON).when(Timeout(due=WARN), now=WARN).then_nothing()
            given(DECIDER, *history, SOON).when(Timeout(due=DUE), now=DUE).then(OVERDUE)
            given(DECIDER, *history, SOON, OVERDUE).when(Timeout(due=DUE), now=DUE).then_nothing()

    def test_a_deadline_at_its_own_warning_is_over_with_it(self) -> None:
        at_once = given(DECIDER, SUBMITTED.model_copy(update={"due": WARN}))
        told = at_once.when(Timeout(due=WARN), now=WARN).then_types(ReviewDueSoon, ReviewOverdue)
        assert DECIDER.due(told.state) is None

    def test_not_early_nor_after_the_decision(self) -> None:
        moment = timedelta(microseconds=1)
        waiting = given(DECIDER, *self.history)
        waiting.when(Timeout(due=WARN), now=WARN - moment).then_nothing()
        waiting.when(Timeout(due=NOW), now=DUE).then_nothing()
        warned = given(DECIDER, *self.history, SOON)
        warned.when(Timeout(due=DUE), now=DUE - moment).then_nothing()
        decided = given(DECIDER, *self.history, SOON, CHECKED, APPROVED)
        decided.when(Timeout(due=DUE), now=DUE).then_nothing()

    def test_it_rests_while_a_revision_is_awaited(self) -> None:
        for told, instant in (((), WARN), ((SOON,), DUE)):
            waiting = given(DECIDER, *self.history, *told, REQUESTED)
            assert DECIDER.due(waiting.state) is None
            waiting.when(Timeout(due=instant), now=instant).then_nothing()

    def test_the_answer_sets_a_new_one(self) -> None:
        for told in ((), (SOON,), (SOON, OVERDUE)):
            answered = given(DECIDER, *self.history, *told, REQUESTED, REVISED)
            assert DECIDER.due(answered.state) == REVISED.warn

    def test_an_overdue_proposal_can_still_be_decided(self) -> None:
        late = given(DECIDER, *self.history, CHECKED, SOON, OVERDUE)
        late.when(DecideProposal(decisions=IN_FULL)).then(APPROVED)


def test_what_is_allocated_waits_for_nobody_any_more() -> None:
    facts = {"proposer": BLK, "kejuruan": "las"}
    approved = ProposalApproved(**facts, items=(), missing=(), partial=False, decisions=())
    allocated = ProposalAllocated(**facts)
    given(DECIDER, SUBMITTED, approved).when(ALLOCATED).then(allocated)
    given(DECIDER, SUBMITTED, approved, allocated).when(ALLOCATED).then_nothing()
    given(DECIDER, SUBMITTED).when(ALLOCATED).then_nothing()
