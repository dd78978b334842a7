from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from services.registration.domain.intake import (
    DECIDER,
    AssignInstructor,
    ClaimSeat,
    EnterCandidate,
    Intake,
    NoteWorkshopReady,
    RequestStart,
    SelectParticipants,
)
from shared.events.base import Event
from shared.events.registration import (
    CandidateEntered,
    Certificate,
    InstructorAssigned,
    IntakeOversubscribed,
    IntakeStarted,
    IntakeWorkshopReady,
    SeatGranted,
    SeatRefused,
    SelectionMade,
    StartBlocked,
)
from shared.stream import Command, Refused, Timeout
from tests.unit.given import NOW, Given, fold, given

from .samples import APPOINTED, INTAKE, candidate, open_intake, opened, place

ASSIGNED = InstructorAssigned(instructor="t1", kejuruan="las")
SELECTED = SelectionMade(
    programme="p1",
    kejuruan="las",
    quota=16,
    candidates=1,
    offered=(place("a"),),
    waitlisted=(),
)
SEATED = SeatGranted(application="a")
STAFFED = (opened(), ASSIGNED, SELECTED, SEATED)
BLOCKED = StartBlocked(kejuruan="las", missing=("workshop",))
READY = IntakeWorkshopReady(kejuruan="las")
STARTED = IntakeStarted(programme="p1", kejuruan="las", instructors=("t1",), participants=("a",))


def entered(*names: str) -> list[Event]:
    return [CandidateEntered(candidate=candidate(name)) for name in names]


class TestOpening:
    def test_it_keeps_the_programme_as_it_was(self) -> None:
        outcome = given(DECIDER).when(open_intake()).then(opened())
        assert outcome.state.outline() == INTAKE

    def test_the_quota_is_that_of_a_class(self) -> None:
        assert open_intake().quota == 16

    def test_it_opens_once(self) -> None:
        given(DECIDER, opened()).when(open_intake()).refused("already-open")

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"registration_opens": date(2022, 7, 9)}, "registration_closes"),
            ({"starts_on": date(2022, 7, 7)}, "starts_on"),
            ({"ends_on": date(2022, 7, 20)}, "ends_on"),
        ],
    )
    def test_days_are_in_order(self, changes: dict[str, Any], field: str) -> None:
        given(DECIDER).when(open_intake(**changes)).refused("order-of-days", field, 422)

    def test_registration_is_not_over_already(self) -> None:
        last = datetime(2022, 7, 8, 15, 59, 59, tzinfo=UTC)
        over = datetime(2022, 7, 8, 16, 0, tzinfo=UTC)
        given(DECIDER).when(open_intake(), now=last).then(opened())
        refusal = given(DECIDER).when(open_intake(), now=over)
        refusal.refused("window-past", "registration_closes", 422)

    def test_there_is_no_snapshot_of_an_unknown_intake(self) -> None:
        with pytest.raises(Refused, match="unknown-intake"):
            Intake().outline()

    @pytest.mark.parametrize(
        "command",
        [
            AssignInstructor(instructor="t1", appointed=APPOINTED),
            EnterCandidate(candidate=candidate("a")),
            SelectParticipants(),
            ClaimSeat(application="a"),
            NoteWorkshopReady(),
            RequestStart(),
        ],
    )
    def test_nothing_else_comes_first(self, command: Command) -> None:
        given(DECIDER).when(command).refused("not-found", status=404)

    def test_a_foreign_command_is_an_illegal_step(self) -> None:
        given(DECIDER, opened()).when(Timeout(due=NOW)).refused("illegal-step")


class TestInstructors:
    command = AssignInstructor(instructor="t1", appointed=APPOINTED)

    def test_one_is_assigned(self) -> None:
        given(DECIDER, opened()).when(self.command).then(ASSIGNED)

    def test_once(self) -> None:
        given(DECIDER, opened(), ASSIGNED).when(self.command).refused(
            "already-assigned", "instructor"
        )

    def test_only_in_their_field(self) -> None:
        given(DECIDER, opened(kejuruan="menjahit")).when(self.command).refused(
            "instructor-field", "instructor"
        )

    @pytest.mark.parametrize("name", ["methodology", "competency"])
    def test_only_with_certificates_until_the_end(self, name: str) -> None:
        def until(day: date) -> AssignInstructor:
            certificate = {name: Certificate(number="X", valid_until=day)}
            return AssignInstructor(
                instructor="t1", appointed=APPOINTED.model_copy(update=certificate)
            )

        given(DECIDER, opened()).when(until(date(2022, 8, 23))).then(ASSIGNED)
        given(DECIDER, opened()).when(until(date(2022, 8, 22))).refused(
            "certificate-expired", "instructor"
        )

    def test_not_after_the_start(self) -> None:
        given(DECIDER, *STAFFED, READY, STARTED).when(self.command).refused("already-started")


class TestSelection:
    def test_a_candidate_enters_once(self) -> None:
        command = EnterCandidate(candidate=candidate("a"))
        given(DECIDER, opened()).when(command).then(*entered("a"))
        given(DECIDER, opened(), *entered("a")).when(command).then_nothing()

    def test_all_get_a_seat_when_there_are_enough(self) -> None:
        outcome = given(DECIDER, opened(quota=2), *entered("b", "a")).when(SelectParticipants())
        outcome.then_types(SelectionMade)
        assert outcome.state.offered == ("a", "b")
        assert outcome.state.status == "selected"

    def test_the_others_wait_and_the_intake_is_oversubscribed(self) -> None:
        outcome = given(DECIDER, opened(quota=1), *entered("b", "c", "a")).when(
            SelectParticipants()
        )
        made = outcome.events[0]
        assert isinstance(made, SelectionMade)
        assert [(p.application, p.rank) for p in made.waitlisted] == [("b", 2), ("c", 3)]
        assert outcome.events[1:] == [
            IntakeOversubscribed(programme="p1", kejuruan="las", quota=1, candidates=3, waiting=2)
        ]

    def test_nobody_to_select(self) -> None:
        given(DECIDER, opened()).when(SelectParticipants()).refused("nobody-to-select")
        given(DECIDER, opened(), *entered("a"), SELECTED).when(SelectParticipants()).refused(
            "nobody-to-select"
        )

    def test_who_is_scored_later_comes_after_those_placed(self) -> None:
        history = [opened(quota=2), *entered("a"), SELECTED]
        late = CandidateEntered(candidate=candidate("z", 100))
        later = CandidateEntered(candidate=candidate("y", 99))
        outcome = given(DECIDER, *history, late, later).when(SelectParticipants())
        assert outcome.state.offered == ("a", "z")
        assert outcome.state.waiting == ("y",)
        third = given(DECIDER, *history, late, later, *outcome.events, *entered("x"))
        assert third.when(SelectParticipants()).state.waiting == ("y", "x")

    def test_not_after_the_start(self) -> None:
        given(DECIDER, *STAFFED, READY, STARTED).when(SelectParticipants()).refused(
            "already-started"
        )


class TestSeats:
    def test_an_offered_seat_is_granted_once(self) -> None:
        given(DECIDER, opened(), SELECTED).when(ClaimSeat(application="a")).then(SEATED)
        given(DECIDER, *STAFFED).when(ClaimSeat(application="a")).then_nothing()

    def test_a_seat_that_was_not_offered_is_not(self) -> None:
        given(DECIDER, opened(), SELECTED).when(ClaimSeat(application="z")).then(
            SeatRefused(application="z", reason="not-offered")
        )

    def test_nor_one_after_the_start(self) -> None:
        both = SELECTED.model_copy(update={"offered": (place("a"), place("b", 2))})
        history = (opened(), ASSIGNED, both, SEATED, READY, STARTED)
        given(DECIDER, *history).when(ClaimSeat(application="b")).then(
            SeatRefused(application="b", reason="started")
        )

    @for_all(st.integers(1, 5), st.lists(st.sampled_from("abcdefghij"), max_size=30))
    def test_seats_never_exceed_the_quota(self, quota: int, claims: list[str]) -> None:
        # Even a ledger that offered more seats than it has grants no more than it has.
        offers = tuple(place(name, rank) for rank, name in enumerate("abcdefgh", start=1))
        made = SELECTED.model_copy(update={"offered": offers})
        state = fold(DECIDER, DECIDER.initial, [opened(quota=quota), made])
        answered: dict[str, type[Event]] = {}
        for name in claims:
            outcome = Given(DECIDER, state).when(ClaimSeat(application=name))
            state = outcome.state
            for event in outcome.events:
                assert answered.setdefault(name, type(event)) is type(event)
        assert len(state.seats) <= quota
        assert len(set(state.seats)) == len(state.seats)
        assert len(state.seats) == min(quota, len(set(claims) & set("abcdefgh")))


class TestStart:
    def test_with_everything_there(self) -> None:
        given(DECIDER, *STAFFED, READY).when(RequestStart()).then(STARTED)

    def test_it_says_what_is_missing(self) -> None:
        refusal = given(DECIDER, opened(instructors=2), READY).when(RequestStart())
        refused = refusal.refused("start-incomplete")
        assert "2 instructor(s)" in refused.en
        assert "participant" in refused.en
        assert "2 instruktur" in refused.id
        assert "peserta" in refused.id

    def test_no_instructor(self) -> None:
        refused = given(DECIDER, opened(), SELECTED, SEATED, READY).when(RequestStart())
        assert "participant" not in refused.refused("start-incomplete").en

    def test_no_participant(self) -> None:
        refused = given(DECIDER, opened(), ASSIGNED, SELECTED, READY).when(RequestStart())
        assert "instructor" not in refused.refused("start-incomplete").en

    def test_it_waits_for_the_workshop_and_then_starts_by_itself(self) -> None:
        given(DECIDER, *STAFFED).when(RequestStart()).then(BLOCKED)
        given(DECIDER, *STAFFED, BLOCKED).when(NoteWorkshopReady()).then(READY, STARTED)

    def test_it_need_not_be_asked_twice(self) -> None:
        given(DECIDER, *STAFFED, BLOCKED).when(RequestStart()).refused("start-blocked")

    def test_the_workshop_alone_starts_nothing(self) -> None:
        given(DECIDER, *STAFFED).when(NoteWorkshopReady()).then(READY)

    def test_the_workshop_is_noted_once(self) -> None:
        given(DECIDER, *STAFFED, READY).when(NoteWorkshopReady()).then_nothing()

    def test_it_starts_once(self) -> None:
        given(DECIDER, *STAFFED, READY, STARTED).when(RequestStart()).refused("already-started")
