from datetime import date
from typing import Any

import pytest

from services.registration.domain.training import (
    DECIDER,
    AssessParticipant,
    BeginTraining,
    CompleteTraining,
    CorrectAttendance,
    NoteLeft,
    RecommendAssessment,
    RecordAttendance,
    training_stream,
)
from services.registration.policies.trainings import note_gone
from shared.events.base import Event
from shared.events.registration.seats import CandidateLeft
from shared.events.registration.training import (
    AssessmentRecommended,
    AttendanceCorrected,
    AttendanceRecorded,
    ParticipantAssessed,
    ParticipantLeft,
    TrainingBegun,
    TrainingCompleted,
)
from shared.eventsourcing.policies import Dispatch
from tests.unit.given import envelope, given

BEGIN = BeginTraining(
    programme="p1",
    title="Las",
    skkni="C.24",
    kejuruan="las",
    hours=10,
    min_attendance=80,
    participants=("a1", "a2"),
)
BEGUN = TrainingBegun(**dict(BEGIN))
DAY = date(2022, 7, 4)


def attend(session: int = 1, day: date = DAY, hours: int = 8, *absent: str) -> RecordAttendance:
    return RecordAttendance(session=session, day=day, hours=hours, absent=absent)


def attended(session: int = 1, hours: int = 8, *absent: str) -> AttendanceRecorded:
    present = tuple(name for name in ("a1", "a2") if name not in absent)
    return AttendanceRecorded(
        kejuruan="las", session=session, day=DAY, hours=hours, present=present, absent=absent
    )


def recommended(name: str = "a1", competent: bool = True) -> AssessmentRecommended:
    return AssessmentRecommended(application=name, competent=competent, assessor="assessor")


def assess(name: str = "a1", passed: bool = True) -> AssessParticipant:
    return AssessParticipant(intake="i1", application=name, passed=passed)


def assessed(name: str = "a1", passed: bool = True, attendance: int = 100) -> ParticipantAssessed:
    return ParticipantAssessed(
        intake="i1",
        application=name,
        passed=passed,
        attendance=attendance,
        assessor="assessor",
        decided_by="officer-1",
    )


DONE = TrainingCompleted(programme="p1", kejuruan="las", passed=1, failed=1)
LEFT = ParticipantLeft(application="a2")
RECOMMEND = RecommendAssessment(application="a1", competent=True)


def test_begun_once() -> None:
    given(DECIDER).when(BEGIN).then(BEGUN)
    given(DECIDER, BEGUN).when(BEGIN).then_nothing()


def test_a_session_is_recorded_with_who_was_away() -> None:
    given(DECIDER, BEGUN).when(attend(1, DAY, 8, "a2")).then(attended(1, 8, "a2"))
    today = attend(2, date(2022, 7, 5))
    given(DECIDER, BEGUN, attended()).when(today).then_types(AttendanceRecorded)


@pytest.mark.parametrize(
    ("command", "rule", "field", "status"),
    [
        (attend(1), "session", "session", 409),
        (attend(3), "session", "session", 409),
        (attend(2, date(2022, 7, 6)), "future-day", "day", 422),
        (attend(2, date(2022, 7, 3)), "day-order", "day", 422),
        (attend(2, DAY, 8, "a1", "a1"), "repeated", "absent", 422),
        (attend(2, DAY, 8, "a1", "a9"), "not-a-participant", "absent.1", 422),
    ],
)
def test_what_the_register_refuses(command: Any, rule: str, field: str, status: int) -> None:
    given(DECIDER, BEGUN, attended()).when(command).refused(rule, field, status)


def correct(session: int = 1, name: str = "a1", present: bool = False) -> CorrectAttendance:
    return CorrectAttendance(session=session, application=name, present=present, reason="mistake")


def test_an_entry_is_corrected_both_ways() -> None:
    wrong = AttendanceCorrected(kejuruan="las", **dict(correct()))
    outcome = given(DECIDER, BEGUN, attended()).when(correct()).then(wrong)
    assert outcome.state.attendance("a1") == 0
    back = given(DECIDER, BEGUN, attended(), wrong).when(correct(present=True))
    assert back.state.attendance("a1") == 100


def test_a_correction_of_a_session_that_there_was_not_changes_nothing() -> None:
    begun = given(DECIDER, BEGUN, attended()).state
    for session in (2, 9):
        wrong = AttendanceCorrected(kejuruan="las", **dict(correct(session)))
        assert DECIDER.evolve(begun, wrong) == begun
        assert DECIDER.evolve(DECIDER.initial, wrong) == DECIDER.initial


def test_corrections_that_are_refused() -> None:
    ready = given(DECIDER, BEGUN, attended())
    ready.when(correct(2)).refused("unknown-session", "session", 422)
    ready.when(correct(name="a9")).refused("not-a-participant", "application", 422)
    ready.when(correct(present=True)).refused("unchanged", "present")
    late = given(DECIDER, BEGUN, attended(), recommended(), assessed())
    late.when(correct()).refused("already-assessed", "application")


def test_the_assessor_recommends_and_somebody_else_decides() -> None:
    given(DECIDER, BEGUN, attended()).when(RECOMMEND, actor="assessor").then(recommended())
    ready = given(DECIDER, BEGUN, attended(), recommended())
    ready.when(assess()).then(assessed())
    ready.when(assess(), actor="assessor").refused("same-person", None, 403)


def test_recommendations_that_are_refused() -> None:
    stranger = RecommendAssessment(application="a9", competent=True)
    given(DECIDER, BEGUN).when(stranger).refused("not-a-participant", "application", 422)
    late = given(DECIDER, BEGUN, recommended(), assessed())
    late.when(RECOMMEND).refused("already-assessed", "application")


@pytest.mark.parametrize(
    ("events", "rule", "field"),
    [
        ([attended()], "not-recommended", "application"),
        ([attended(), recommended(competent=False)], "not-competent", "passed"),
        ([attended(1, 8), attended(2, 3, "a1"), recommended()], "attendance", "passed"),
        ([recommended()], "attendance", "passed"),
        ([recommended(), assessed()], "already-assessed", "application"),
    ],
)
def test_who_can_not_pass(events: list[Event], rule: str, field: str) -> None:
    given(DECIDER, BEGUN, *events).when(assess()).refused(rule, field)


def test_just_enough_attendance_passes_and_failing_needs_none() -> None:
    enough = given(DECIDER, BEGUN, attended(1, 8), attended(2, 2, "a1"), recommended())
    enough.when(assess()).then(assessed(attendance=80))
    away = given(DECIDER, BEGUN, attended(1, 8, "a1"), recommended(competent=False))
    away.when(assess(passed=False)).then(assessed(passed=False, attendance=0))
    away.when(assess("a9")).refused("not-a-participant", "application", 422)


BOTH = (recommended(), assessed(), recommended("a2", False), assessed("a2", False))
TAUGHT = (attended(1, 8), attended(2, 2))


def test_completed_when_all_are_assessed_and_all_hours_taught() -> None:
    given(DECIDER, BEGUN, *TAUGHT, *BOTH).when(CompleteTraining()).then(DONE)
    given(DECIDER, BEGUN, *TAUGHT, *BOTH[:2]).when(CompleteTraining()).refused("not-all-assessed")
    given(DECIDER, BEGUN, TAUGHT[0], *BOTH).when(CompleteTraining()).refused("hours")
    one = DONE.model_copy(update={"failed": 0})
    given(DECIDER, BEGUN, *TAUGHT, *BOTH[:2], LEFT).when(CompleteTraining()).then(one)


@pytest.mark.parametrize("command", [attend(), correct(), RECOMMEND, assess(), CompleteTraining()])
def test_nothing_before_it_begins_or_after_it_is_completed(command: Any) -> None:
    given(DECIDER).when(command).refused("not-found", None, 404)
    given(DECIDER, BEGUN, *TAUGHT, *BOTH, DONE).when(command).refused("already-completed")


def test_who_leaves_is_no_participant_any_more() -> None:
    leave = NoteLeft(application="a2")
    given(DECIDER, BEGUN).when(leave).then(LEFT)
    given(DECIDER, BEGUN, LEFT).when(leave).then_nothing()
    given(DECIDER, BEGUN, *BOTH).when(leave).then_nothing()
    given(DECIDER).when(leave).then_nothing()


def test_who_withdraws_while_the_class_starts_is_taken_off_the_register_too() -> None:
    # The withdrawal may come before the register is open; the ledger's word comes after it.
    left = CandidateLeft(application="a2", had_seat=True)
    assert list(note_gone(envelope("intake/i1"), left)) == [
        Dispatch(training_stream("i1"), NoteLeft(application="a2"))
    ]
