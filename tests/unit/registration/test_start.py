from datetime import date
from typing import Any

import pytest

from services.registration.domain.intake.aggregate import DECIDER
from services.registration.domain.intake.start import (
    CancelIntake,
    NoteInstructor,
    NoteInstructorLost,
    RequestStart,
    Reschedule,
)
from shared.events.base import Event
from shared.events.registration.intake import (
    ApplicantListed,
    InstructorAssigned,
    InstructorUnassigned,
    IntakeCancelled,
    IntakeCompleted,
    IntakeRescheduled,
    IntakeWorkshopLost,
    IntakeWorkshopReady,
    RegistrationClosed,
    StartBlocked,
)
from shared.events.registration.seats import SeatGranted
from shared.events.registration.training import TrainingCompleted
from shared.events.registration.workshop import WorkshopReady, WorkshopUnready
from shared.events.values import Item
from shared.eventsourcing.decider import Timeout
from shared.kernel.sentences import sentence
from tests.unit.given import NOW, Given, given
from tests.unit.registration.samples import CONTENT, PLAN, opened
from tests.unit.registration.test_seats import GRANTED, STARTED, selected

ASSIGNED = InstructorAssigned(instructor="n1", kejuruan="las")
READY = IntakeWorkshopReady(kejuruan="las")
LOST = IntakeWorkshopLost(kejuruan="las")
BLOCKED = StartBlocked(kejuruan="las", missing=("workshop",))
BEGUN = STARTED.model_copy(
    update={"title": CONTENT.title, "skkni": CONTENT.skkni, "instructors": ("n1",)}
)
CANCELLED = IntakeCancelled(kejuruan="las", reason="Banjir.", instructors=(), applications=())
COMPLETED = IntakeCompleted(
    programme="p1", kejuruan="las", instructors=("n1",), unseated=(), passed=1, failed=0
)
NOTE = NoteInstructor(instructor="n1", starts_on=PLAN.starts_on, ends_on=PLAN.ends_on)
LISTED = ApplicantListed(application="a1")

SHOP_READY = WorkshopReady(kejuruan="las", intakes=("i1",))
SHOP_LOST = WorkshopUnready(
    kejuruan="las", intakes=("i1",), missing=(Item(item="mesin-las", quantity=1),)
)


def unassigned(reason: Any) -> InstructorUnassigned:
    return InstructorUnassigned(instructor="n1", kejuruan="las", reason=reason)


def move(starts_on: date, ends_on: date) -> Reschedule:
    return Reschedule(starts_on=starts_on, ends_on=ends_on, reason="Banjir.")


def test_an_instructor_is_noted_once_and_lost_once() -> None:
    note = NOTE
    given(DECIDER, opened()).when(note).then(ASSIGNED)
    given(DECIDER, opened(), ASSIGNED).when(note).then_nothing()
    lose = NoteInstructorLost(instructor="n1", reason="moved")
    given(DECIDER, opened(), ASSIGNED).when(lose).then(unassigned("moved"))
    given(DECIDER, opened()).when(lose).then_nothing()
    selected(ASSIGNED, GRANTED, BEGUN, COMPLETED).when(lose).then_nothing()


def test_a_class_that_is_over_gives_the_days_back() -> None:
    given(DECIDER, opened(), CANCELLED).when(NOTE).then(unassigned("not-needed"))


def test_a_class_that_moved_meanwhile_tells_a_late_instructor_its_days() -> None:
    moved = moved_to(date(2022, 8, 1), date(2022, 9, 1))
    told = moved.model_copy(update={"applications": ()})
    outcome = given(DECIDER, opened(), moved).when(NOTE).then(ASSIGNED, told)
    assert outcome.state.days() == (moved.starts_on, moved.ends_on)
    now = NOTE.model_copy(update={"starts_on": moved.starts_on, "ends_on": moved.ends_on})
    given(DECIDER, opened(), moved).when(now).then(ASSIGNED)
    given(DECIDER, opened(), ASSIGNED, moved).when(NOTE).then_nothing()


def test_the_workshop_is_noted_ready_and_lost() -> None:
    given(DECIDER, opened()).when(SHOP_READY).then(READY)
    given(DECIDER, opened(), READY).when(SHOP_READY).then_nothing()
    given(DECIDER, opened(), READY).when(SHOP_LOST).then(LOST)
    given(DECIDER, opened()).when(SHOP_LOST).then_nothing()
    given(DECIDER, opened(), READY, CANCELLED).when(SHOP_LOST).then_nothing()
    given(DECIDER, opened(), CANCELLED).when(SHOP_READY).then_nothing()
    given(DECIDER, opened(), READY, LOST).when(SHOP_READY).then(READY)


def test_training_starts_when_nothing_is_missing() -> None:
    selected(ASSIGNED, GRANTED, READY).when(RequestStart()).then(BEGUN)


def test_a_start_that_waits_for_the_workshop_follows_by_itself() -> None:
    selected(ASSIGNED, GRANTED).when(RequestStart()).then(BLOCKED)
    waiting = selected(ASSIGNED, GRANTED, BLOCKED)
    waiting.when(RequestStart()).refused("start-blocked")
    waiting.when(SHOP_READY).then(READY, BEGUN)


def test_but_not_without_an_instructor_who_is_then_all_that_it_waits_for() -> None:
    lost = selected(ASSIGNED, GRANTED, BLOCKED, unassigned("moved"))
    ready = lost.when(SHOP_READY).then(READY)
    Given(DECIDER, ready.state).when(NOTE).then(ASSIGNED, BEGUN)


@pytest.mark.parametrize(
    ("events", "words"),
    [
        ([], "1 instructor(s) too few and no confirmed participant"),
        ([ASSIGNED], "no confirmed participant"),
        ([GRANTED], "1 instructor(s) too few"),
    ],
)
def test_what_only_people_can_bring_is_named(events: list[Event], words: str) -> None:
    refusal = selected(*events, READY).when(RequestStart()).refused("start-incomplete")
    said = sentence(refusal.code, refusal.params, "en")
    assert said == f"The intake can't start yet; it has {words}."


def test_no_start_before_the_selection_or_twice() -> None:
    given(DECIDER, opened()).when(RequestStart()).refused("illegal-step")
    selected(ASSIGNED, GRANTED, READY, BEGUN).when(RequestStart()).refused("illegal-step")


def moved_to(starts_on: date, ends_on: date) -> IntakeRescheduled:
    return IntakeRescheduled(
        kejuruan="las",
        starts_on=starts_on,
        ends_on=ends_on,
        reason="Banjir.",
        instructors=("n1",),
        applications=("a1",),
    )


def test_moved_to_other_days_all_hear_of_it() -> None:
    days = (date(2022, 8, 1), date(2022, 9, 1))
    outcome = given(DECIDER, opened(), ASSIGNED, LISTED).when(move(*days)).then(moved_to(*days))
    assert outcome.state.days() == days


@pytest.mark.parametrize(
    "days",
    [
        (date(2022, 8, 2), date(2022, 8, 1)),
        (date(2022, 7, 7), date(2022, 8, 1)),
    ],
)
def test_not_before_the_window_is_over_nor_ending_before_it_starts(days: Any) -> None:
    given(DECIDER, opened()).when(move(*days)).refused("dates", "starts_on", 422)


def test_moved_nowhere_or_too_late() -> None:
    same = move(PLAN.starts_on, PLAN.ends_on)
    given(DECIDER, opened()).when(same).refused("unchanged")
    selected(GRANTED, BEGUN).when(same).refused("illegal-step")
    closed = given(DECIDER, opened(), RegistrationClosed(kejuruan="las"))
    past = move(date(2022, 7, 4), date(2022, 8, 1))
    closed.when(past).refused("dates", "starts_on", 422)
    closed.when(move(date(2022, 7, 5), date(2022, 8, 1))).then_types(IntakeRescheduled)


def test_cancelled_before_it_starts() -> None:
    cancel = CancelIntake(reason="Banjir.")
    told = CANCELLED.model_copy(update={"instructors": ("n1",), "applications": ("a1",)})
    given(DECIDER, opened(), ASSIGNED, LISTED).when(cancel).then(told)
    given(DECIDER, opened(), CANCELLED).when(cancel).refused("illegal-step")
    selected(GRANTED, BEGUN).when(cancel).refused("illegal-step")
    given(DECIDER).when(cancel).refused("not-found", None, 404)


def test_completed_once() -> None:
    done = TrainingCompleted(programme="p1", kejuruan="las", passed=1, failed=0)
    selected(ASSIGNED, GRANTED, BEGUN).when(done).then(COMPLETED)
    selected(ASSIGNED, GRANTED, BEGUN, COMPLETED).when(done).then_nothing()
    selected().when(done).then_nothing()
    vain = COMPLETED.model_copy(update={"unseated": ("a9",)})
    other = ApplicantListed(application="a9")
    seated = ApplicantListed(application=GRANTED.application)
    selected(ASSIGNED, seated, other, GRANTED, BEGUN).when(done).then(vain)


def test_a_timer_of_a_class_that_started_does_nothing() -> None:
    state = selected(ASSIGNED, SeatGranted(application="a1"), BEGUN).state
    assert DECIDER.due is not None
    assert DECIDER.due(state) is None
    Given(DECIDER, state).when(Timeout(due=NOW)).then_nothing()
