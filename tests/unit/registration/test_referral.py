from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from hypothesis import given as hypothesis_given
from hypothesis import settings
from hypothesis import strategies as st

from services.registration.domain.application.aggregate import DECIDER as APPLICATION
from services.registration.domain.application.referral import (
    AnswerReferral,
    NoteReferred,
    NoteUnanswered,
)
from services.registration.domain.application.seat import NotePromotion, WithdrawApplication
from services.registration.domain.application.state import referral_id
from services.registration.domain.referral import DECIDER, NoteAnswer, OpenReferral, due
from shared.events.base import Event
from shared.events.registration.enrolment import ApplicantPromoted, ReferralAnswered, ReferralAsked
from shared.events.registration.intake import IntakeCancelled
from shared.events.registration.referral import ReferralMade, ReferralOpened, WillingnessNoted
from shared.eventsourcing.decider import Timeout
from tests.unit.given import NOW, given
from tests.unit.registration.applicants import (
    ANSWER_BY,
    ASKED,
    CANCELLED,
    CLAIM_BY,
    HISTORIES,
    RANKING,
    REFERRED,
    TICK,
    UNWILLING,
    WILLING,
    WITHDRAWN,
    place,
)


def lend(*names: str, seats: int = 1) -> OpenReferral:
    """Those who wait, given in the order of their names, rank from 17."""
    return OpenReferral(
        intake="i1",
        kejuruan="las",
        support="s1",
        offer=1,
        partner="bpvp-makassar",
        seats=seats,
        waiting=tuple(place(name, 17 + number) for number, name in enumerate(names)),
        answer_by=ANSWER_BY,
    )


def opened(*names: str, seats: int = 1) -> ReferralOpened:
    return ReferralOpened(**dict(lend(*names, seats=seats)))


def made(*ranks: tuple[str, int], unused: int = 0) -> ReferralMade:
    return ReferralMade(
        intake="i1",
        kejuruan="las",
        support="s1",
        offer=1,
        partner="bpvp-makassar",
        referred=tuple(place(name, rank) for name, rank in ranks),
        unused=unused,
    )


def yes(name: str) -> WillingnessNoted:
    return WillingnessNoted(application=name, willing=True)


def no(name: str) -> WillingnessNoted:
    return WillingnessNoted(application=name, willing=False)


class TestGivingTheSeats:
    def test_those_who_wait_are_asked_once(self) -> None:
        given(DECIDER).when(lend("a", "b")).then(opened("a", "b"))
        given(DECIDER, opened("a", "b")).when(lend("a", "b")).then_nothing()

    def test_nobody_waits(self) -> None:
        given(DECIDER).when(lend(seats=3)).then(opened(seats=3), made(unused=3))

    def test_the_last_answer_gives_the_seats_to_the_best_ranked_willing(self) -> None:
        so_far = [opened("a", "b", "c"), no("a"), yes("c")]
        given(DECIDER, *so_far).when(NoteAnswer(application="b", willing=True)).then(
            yes("b"), made(("b", 18))
        )

    def test_an_answer_can_become_another_until_then(self) -> None:
        so_far = [opened("a", "b"), yes("a")]
        given(DECIDER, *so_far).when(NoteAnswer(application="a", willing=True)).then_nothing()
        outcome = given(DECIDER, *so_far).when(NoteAnswer(application="a", willing=False))
        outcome.then(no("a"))
        given(DECIDER, *so_far, no("a")).when(NoteAnswer(application="b", willing=True)).then(
            yes("b"), made(("b", 18))
        )

    def test_silence_is_a_no_when_the_time_is_over(self) -> None:
        so_far = given(DECIDER, opened("a", "b", seats=2), yes("b"))
        assert due(so_far.state) == ANSWER_BY
        over = Timeout(due=ANSWER_BY)
        so_far.when(over, now=ANSWER_BY - TICK).then_nothing()
        outcome = so_far.when(over, now=ANSWER_BY).then(no("a"), made(("b", 18), unused=1))
        assert due(outcome.state) is None

    def test_afterwards_nothing_changes(self) -> None:
        done = given(DECIDER, opened("a"), yes("a"), made(("a", 17)))
        done.when(NoteAnswer(application="a", willing=False)).then_nothing()
        done.when(Timeout(due=ANSWER_BY), now=ANSWER_BY).then_nothing()

    def test_who_was_not_asked_is_not_heard(self) -> None:
        stranger = NoteAnswer(application="x", willing=True)
        given(DECIDER, opened("a")).when(stranger).then_nothing()
        given(DECIDER).when(stranger).then_nothing()


NAMES = "abcdefgh"


@settings(deadline=None, max_examples=200)
@hypothesis_given(
    seats=st.integers(1, 5),
    ranks=st.permutations(range(1, len(NAMES) + 1)),
    waiting=st.integers(0, len(NAMES)),
    answers=st.lists(st.tuples(st.sampled_from(NAMES), st.booleans()), max_size=20),
)
def test_only_the_willing_are_referred_best_first_and_never_more_than_seats(
    seats: int, ranks: Sequence[int], waiting: int, answers: list[tuple[str, bool]]
) -> None:
    places = tuple(place(n, r) for n, r in zip(NAMES, ranks, strict=True))[:waiting]
    command = lend(seats=seats).model_copy(update={"waiting": places})
    state, events = DECIDER.initial, list[Event]()
    last: dict[str, bool] = {}

    def take(command: Any, now: Any = NOW) -> None:
        nonlocal state
        outcome = given(DECIDER, *events).when(command, now=now)
        events.extend(outcome.then(*outcome.events).events)
        state = outcome.state

    take(command)
    for name, willing in answers:
        if not state.made and name in {p.application for p in places}:
            last[name] = willing
        take(NoteAnswer(application=name, willing=willing))
    take(Timeout(due=ANSWER_BY), ANSWER_BY)

    (given_away,) = [event for event in events if isinstance(event, ReferralMade)]
    referred = given_away.referred
    wanted = sorted((p for p in places if last.get(p.application)), key=lambda p: p.rank)
    assert list(referred) == wanted[:seats]
    assert len(referred) + given_away.unused == seats
    said = {e.application: e.willing for e in events if isinstance(e, WillingnessNoted)}
    assert said == {p.application: last.get(p.application, False) for p in places}


ANSWER = AnswerReferral(willing=True)
REFERRAL = referral_id("i1", "s1", 1)
WAITING = HISTORIES["waitlisted"]
OTHER = ReferralAsked(intake="i1", support="s2", offer=1, partner="bpvp-medan", answer_by=ANSWER_BY)


class TestTheApplicantsSide:
    def test_one_question_is_asked_once(self) -> None:
        command = opened("a1")
        given(APPLICATION, *WAITING, ASKED).when(command).then_nothing()

    def test_and_answered_once_in_time(self) -> None:
        asked = given(APPLICATION, *WAITING, ASKED)
        asked.when(ANSWER).then(WILLING)
        asked.when(AnswerReferral(willing=False)).then(UNWILLING)
        asked.when(AnswerReferral(willing=True, support="s1")).then(WILLING)
        asked.when(ANSWER, now=ANSWER_BY - TICK).then(WILLING)
        asked.when(ANSWER, now=ANSWER_BY).refused("nothing-asked")
        given(APPLICATION, *WAITING, ASKED, WILLING).when(ANSWER).refused("nothing-asked")
        given(APPLICATION, *WAITING).when(ANSWER).refused("nothing-asked")

    def test_of_several_one_is_named(self) -> None:
        both = given(APPLICATION, *WAITING, ASKED, OTHER)
        both.when(ANSWER).refused("which-referral", "support", 422)
        both.when(AnswerReferral(willing=True, support="s1")).then(WILLING)
        both.when(AnswerReferral(willing=True, support="s9")).refused("nothing-asked", "support")

    def test_a_person_is_willing_to_go_to_one_place_at_a_time(self) -> None:
        promised = given(APPLICATION, *WAITING, ASKED, WILLING, OTHER)
        promised.when(ANSWER).refused("already-willing", "willing")
        promised.when(AnswerReferral(willing=False)).then_types(ReferralAnswered)

    def test_only_those_who_wait_answer(self) -> None:
        for status in HISTORIES.keys() - {"waitlisted", "reserve"}:
            given(APPLICATION, *HISTORIES[status]).when(ANSWER).refused("illegal-step")
        given(APPLICATION).when(ANSWER).refused("not-found", status=404)

    def test_silence_is_noted_as_a_no(self) -> None:
        silent = NoteUnanswered(referral=REFERRAL)
        given(APPLICATION, *WAITING, ASKED).when(silent, now=ANSWER_BY).then(UNWILLING)
        given(APPLICATION, *WAITING, ASKED, WILLING).when(silent).then_nothing()
        given(APPLICATION, *WAITING).when(silent).then_nothing()
        given(APPLICATION).when(silent).then_nothing()

    def test_who_gets_a_seat_at_home_or_leaves_says_no_to_the_partner(self) -> None:
        promotion = NotePromotion(
            place=place("a", 17),
            offered=True,
            ranking=RANKING,
            quota=16,
            candidates=20,
            claim_by=CLAIM_BY,
        )
        leave = WithdrawApplication(reason="found-work")
        cancel = IntakeCancelled(
            kejuruan="las", reason=CANCELLED.reason, instructors=(), applications=("a1",)
        )
        for answers in ([], [WILLING]):
            asked = given(APPLICATION, *WAITING, ASKED, *answers)
            asked.when(promotion).then_types(ApplicantPromoted, ReferralAnswered)
            asked.when(leave).then(WITHDRAWN, UNWILLING)
            asked.when(cancel).then(CANCELLED, UNWILLING)
            asked.when(leave, now=ANSWER_BY).then(WITHDRAWN)
        given(APPLICATION, *WAITING, ASKED, UNWILLING).when(leave).then(WITHDRAWN)

    def test_the_referred_leave_the_list_and_say_no_to_others(self) -> None:
        command = NoteReferred(support="s1", offer=1, partner="bpvp-makassar", rank=17)
        given(APPLICATION, *WAITING, ASKED, WILLING).when(command).then(REFERRED)
        refused = UNWILLING.model_copy(update={"support": "s2"})
        given(APPLICATION, *WAITING, ASKED, WILLING, OTHER).when(command).then(REFERRED, refused)
        for status in HISTORIES.keys() - {"waitlisted", "reserve"}:
            given(APPLICATION, *HISTORIES[status]).when(command).then_nothing()

    def test_the_questions_of_one_who_waits_are_open_until_their_time(self) -> None:
        state = given(APPLICATION, *WAITING, ASKED, OTHER).state
        assert set(state.open_questions(NOW)) == {REFERRAL, referral_id("i1", "s2", 1)}
        assert not state.open_questions(NOW + timedelta(days=5))
