from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from services.registration.domain.intake.aggregate import DECIDER
from services.registration.domain.intake.seats import (
    ClaimSeat,
    EnterCandidate,
    LeaveIntake,
    LendSeats,
    SelectParticipants,
)
from shared.events.base import Event
from shared.events.registration.intake import IntakeCancelled, IntakeStarted, RegistrationClosed
from shared.events.registration.seats import (
    CandidateEntered,
    CandidateLeft,
    CandidatesPromoted,
    IntakeOversubscribed,
    OffersLapsed,
    SeatGranted,
    SeatRefused,
    SeatsLent,
    SelectionMade,
)
from shared.events.values import end_of_day, wita_day
from shared.eventsourcing.decider import Timeout
from tests.unit.given import NOW, Given, given
from tests.unit.registration.samples import CONTENT, PLAN, candidate, opened, place

CLOSED = RegistrationClosed(kejuruan="las")
CLAIM_BY = end_of_day(wita_day(NOW) + timedelta(days=3))
CANCELLED = IntakeCancelled(kejuruan="las", reason="Banjir.", instructors=(), applications=())


def places(*ranks: int) -> Any:
    return tuple(place(f"a{rank}", rank) for rank in ranks)


def selection(count: int = 4, quota: int = 1, waiting: int = 1) -> SelectionMade:
    ranked = places(*range(1, count + 1))
    return SelectionMade(
        programme="p1",
        kejuruan="las",
        quota=quota,
        candidates=count,
        ranking=CONTENT.ranking,
        offered=ranked[:quota],
        waitlisted=ranked[quota : quota + waiting],
        reserve=ranked[quota + waiting :],
        claim_by=CLAIM_BY,
    )


def entered(count: int) -> list[Event]:
    return [CandidateEntered(candidate=candidate(f"a{number}")) for number in range(1, count + 1)]


def selected(*events: Event, count: int = 4, quota: int = 1, waiting: int = 1) -> Given:
    before: Sequence[Event] = (
        opened(quota=quota, waiting_list=waiting),
        *entered(count),
        CLOSED,
        selection(count, quota, waiting),
    )
    return given(DECIDER, *before, *events)


def promoted(offered: int, *waiting: int, since: Any = NOW) -> CandidatesPromoted:
    return CandidatesPromoted(
        kejuruan="las",
        quota=1,
        candidates=4,
        ranking=CONTENT.ranking,
        offered=places(offered),
        waitlisted=places(*waiting),
        claim_by=end_of_day(wita_day(since) + timedelta(days=3)),
    )


def test_an_offer_lapses_although_the_ranking_knows_nobody_who_waits() -> None:
    nobody = selection().model_copy(update={"offered": (), "waitlisted": (), "reserve": ()})
    strange = given(DECIDER, opened(quota=1), nobody, promoted(1, 2))
    lapsed = OffersLapsed(kejuruan="las", applications=("a1",))
    strange.when(Timeout(due=CLAIM_BY), now=CLAIM_BY).then(lapsed)


GRANTED = SeatGranted(application="a1")
STARTED = IntakeStarted(
    programme="p1",
    number=1,
    title="t",
    skkni="s",
    kejuruan="las",
    hours=260,
    min_attendance=80,
    instructors=(),
    participants=("a1",),
)


def test_a_candidate_enters_once_and_before_the_selection() -> None:
    command = EnterCandidate(candidate=candidate("a1"))
    event = CandidateEntered(candidate=candidate("a1"))
    given(DECIDER, opened()).when(command).then(event)
    given(DECIDER, opened(), CLOSED).when(command).then(event)
    given(DECIDER, opened(), event).when(command).then_nothing()
    selected().when(EnterCandidate(candidate=candidate("a9"))).then_nothing()


def test_the_selection_divides_the_ranking() -> None:
    before = (opened(quota=1, waiting_list=1), *entered(4), CLOSED)
    over = IntakeOversubscribed(
        programme="p1",
        kejuruan="las",
        quota=1,
        candidates=4,
        waiting=3,
        starts_on=PLAN.starts_on,
        ends_on=PLAN.ends_on,
    )
    outcome = given(DECIDER, *before).when(SelectParticipants()).then(selection(), over)
    ledger = outcome.state.ledger
    assert dict(ledger.offered) == {"a1": CLAIM_BY}
    assert (ledger.waiting, ledger.reserve) == (("a2",), ("a3", "a4"))


def test_nobody_waits_when_there_are_seats_for_all() -> None:
    before = (opened(quota=4, waiting_list=1), *entered(4), CLOSED)
    given(DECIDER, *before).when(SelectParticipants()).then(selection(quota=4))


def test_no_selection_without_candidates_while_open_or_twice() -> None:
    given(DECIDER, opened(), CLOSED).when(SelectParticipants()).refused("no-candidates")
    given(DECIDER, opened()).when(SelectParticipants()).refused("illegal-step")
    selected().when(SelectParticipants()).refused("illegal-step")
    given(DECIDER).when(SelectParticipants()).refused("not-found", None, 404)


def test_an_offered_seat_is_claimed_once() -> None:
    outcome = selected().when(ClaimSeat(application="a1")).then(GRANTED)
    assert outcome.state.ledger.seated == ("a1",)
    selected(GRANTED).when(ClaimSeat(application="a1")).then_nothing()


def test_claims_that_are_answered_with_no() -> None:
    claim = ClaimSeat(application="a2")
    for reason, given_ in (
        ("not-offered", selected()),
        ("cancelled", selected(CANCELLED)),
        ("started", selected(GRANTED, STARTED)),
    ):
        given_.when(claim).then(SeatRefused(application="a2", reason=reason))


def test_a_full_class_refuses_even_an_offer() -> None:
    too_many = selected(GRANTED, promoted(2))
    refused = SeatRefused(application="a2", reason="full")
    too_many.when(ClaimSeat(application="a2")).then(refused)


def test_who_leaves_makes_room_for_the_next() -> None:
    left = CandidateLeft(application="a1", had_seat=False)
    outcome = selected().when(LeaveIntake(application="a1")).then(left, promoted(2, 3))
    assert (outcome.state.ledger.waiting, outcome.state.ledger.reserve) == (("a3",), ("a4",))
    seat = CandidateLeft(application="a1", had_seat=True)
    selected(GRANTED).when(LeaveIntake(application="a1")).then(seat, promoted(2, 3))


def test_who_leaves_the_waiting_list_lets_a_reserve_rise() -> None:
    rise = promoted(2, 3).model_copy(update={"offered": ()})
    left = CandidateLeft(application="a2", had_seat=False)
    selected().when(LeaveIntake(application="a2")).then(left, rise)


def test_who_leaves_before_the_selection_or_after_the_start_promotes_nobody() -> None:
    left = CandidateLeft(application="a1", had_seat=False)
    given(DECIDER, opened(), *entered(2)).when(LeaveIntake(application="a1")).then(left)
    seat = CandidateLeft(application="a1", had_seat=True)
    selected(GRANTED, STARTED).when(LeaveIntake(application="a1")).then(seat)
    selected(left).when(LeaveIntake(application="a1")).then_nothing()
    selected().when(LeaveIntake(application="a99")).then_nothing()


def test_the_last_in_the_queue_leaves_alone() -> None:
    left = CandidateLeft(application="a4", had_seat=False)
    selected().when(LeaveIntake(application="a4")).then(left)


def test_offers_lapse_at_midnight_and_not_a_second_before() -> None:
    timeout = Timeout(due=CLAIM_BY)
    selected().when(timeout, now=CLAIM_BY - timedelta(seconds=1)).then_nothing()
    lapsed = OffersLapsed(kejuruan="las", applications=("a1",))
    selected().when(timeout, now=CLAIM_BY).then(lapsed, promoted(2, 3, since=CLAIM_BY))


def test_a_claimed_offer_does_not_lapse() -> None:
    selected(GRANTED).when(Timeout(due=CLAIM_BY), now=CLAIM_BY).then_nothing()
    selected(GRANTED, STARTED).when(Timeout(due=CLAIM_BY), now=CLAIM_BY).then_nothing()


def test_an_offer_left_open_at_the_start_ends_and_nobody_follows() -> None:
    started = selected(GRANTED, STARTED, count=3, quota=2)
    lapsed = OffersLapsed(kejuruan="las", applications=("a2",))
    outcome = started.when(Timeout(due=CLAIM_BY), now=CLAIM_BY).then(lapsed)
    assert DECIDER.due is not None
    assert DECIDER.due(outcome.state) is None


def test_promotion_goes_down_to_the_last_candidate() -> None:
    assert DECIDER.due is not None
    state, asked = selected().state, []
    while (due := DECIDER.due(state)) is not None:
        asked += list(state.ledger.offered)
        state = Given(DECIDER, state).when(Timeout(due=due), now=due).state
    assert asked == ["a1", "a2", "a3", "a4"]
    assert state.ledger.free() == 1


def test_lent_seats_are_offered_to_all_who_wait() -> None:
    lend = LendSeats(support="s1", offer=1, partner="bpvp", seats=2)
    lent = SeatsLent(kejuruan="las", waiting=places(2, 3, 4), answer_by=CLAIM_BY, **dict(lend))
    selected().when(lend).then(lent)
    selected(CANCELLED).when(lend).then_nothing()
    selected(count=1).when(lend).then_nothing()


def test_seats_lent_to_a_class_that_there_is_not_are_nobodys() -> None:
    given(DECIDER).when(LendSeats(support="s1", offer=1, partner="bpvp", seats=2)).then_nothing()
