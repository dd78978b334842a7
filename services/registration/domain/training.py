"""Training: a class's register of attendance (daftar hadir), and its assessment.

An assessor recommends and somebody else decides; who was away too often can't pass. A wrong entry
of the register is corrected by another event: the first one stays on the log.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, assert_never

from shared.events.base import Code, Id, Positive, Text, Value
from shared.events.described import PIECES, described
from shared.events.registration.training import (
    AssessmentRecommended,
    AttendanceCorrected,
    AttendanceRecorded,
    ParticipantAssessed,
    ParticipantLeft,
    TrainingBegun,
    TrainingCompleted,
)
from shared.events.registration.values import Hours, Names
from shared.events.values import Day, Flag, Kejuruan, Percent, wita_day
from shared.eventsourcing.decider import Command, Context, Decider, State, StreamRef
from shared.eventsourcing.refusal import Refused

Participant = Annotated[Id, described(en="the participant's application", id="pendaftaran peserta")]
SessionNumber = Annotated[
    Positive,
    described(en="the session, from 1", id="nomor sesi, mulai dari 1", unit=PIECES, example=2),
]
SessionDay = Annotated[Day, described(en="the day of the session", id="tanggal sesi")]
Competent = Annotated[
    Flag,
    described(
        en="whether the assessor finds the participant competent",
        id="apakah asesor menilai peserta kompeten",
        example=True,
    ),
]
Passed = Annotated[
    Flag, described(en="whether the participant passed", id="apakah peserta lulus", example=True)
]


class BeginTraining(Command):
    """The class has started."""

    programme: Id
    title: Text
    skkni: Text
    kejuruan: Kejuruan
    hours: Positive
    min_attendance: Percent
    participants: Names


class RecordAttendance(Command):
    """Record who was away in a session; all the others were there."""

    session: SessionNumber
    day: SessionDay
    hours: Hours
    absent: Annotated[
        Names,
        described(
            en="the applications of those who were away",
            id="pendaftaran peserta yang tidak hadir",
        ),
    ] = ()


class CorrectAttendance(Command):
    """Correct an entry of the register; the first one stays on the log."""

    session: SessionNumber
    application: Participant
    present: Annotated[
        Flag,
        described(
            en="whether the participant was there after all",
            id="apakah peserta itu sebenarnya hadir",
            example=True,
        ),
    ]
    reason: Annotated[
        Code, described(en="why, by a code", id="alasan, berupa kode", example="wrong-name")
    ]


class RecommendAssessment(Command):
    """Recommend, as the assessor (asesor), whether the participant is competent."""

    application: Participant
    competent: Competent


class AssessParticipant(Command):
    """Decide whether the participant of this intake passed, as somebody but the assessor."""

    intake: Id
    application: Participant
    passed: Passed


class CompleteTraining(Command):
    """The training is over."""


class NoteLeft(Command):
    """A participant left."""

    application: Id


class Session(Value):
    """One session of the register of attendance."""

    day: SessionDay
    hours: Hours
    absent: Annotated[
        tuple[Id, ...],
        described(
            en="the applications of those who were away",
            id="pendaftaran peserta yang tidak hadir",
        ),
    ]


class Recommendation(Value):
    """The assessor's recommendation for one participant."""

    competent: Competent
    assessor: Annotated[
        Text,
        described(
            en="the assessor (asesor), by pseudonym",
            id="asesor, dengan nama samaran",
            example="5f0c1a9e7b3d48261f0a",
        ),
    ]


class Assessment(Value):
    """The decision on one participant."""

    passed: Passed
    attendance: Annotated[
        Percent,
        described(
            en="the share of the hours taught that the participant attended",
            id="bagian jam pelatihan yang dihadiri peserta",
            example=92,
        ),
    ]


class Training(State):
    begun: bool = False
    programme: str = ""
    title: str = ""
    skkni: str = ""
    kejuruan: str = ""
    hours: int = 0
    min_attendance: int = 0
    participants: tuple[str, ...] = ()
    sessions: tuple[Session, ...] = ()
    recommended: Mapping[str, Recommendation] = {}
    assessed: Mapping[str, Assessment] = {}
    completed: bool = False

    def taught(self) -> int:
        return sum(session.hours for session in self.sessions)

    def attendance(self, application: str) -> int:
        """Per cent of the hours taught at which the participant was there, rounded down."""
        taught = self.taught()
        there = sum(s.hours for s in self.sessions if application not in s.absent)
        return there * 100 // taught if taught else 0


TrainingCommand = (
    BeginTraining
    | NoteLeft
    | RecordAttendance
    | CorrectAttendance
    | RecommendAssessment
    | AssessParticipant
    | CompleteTraining
)
TrainingEvent = (
    TrainingBegun
    | AttendanceRecorded
    | AttendanceCorrected
    | ParticipantLeft
    | AssessmentRecommended
    | ParticipantAssessed
    | TrainingCompleted
)


def decide(state: Training, command: TrainingCommand, context: Context) -> Sequence[TrainingEvent]:
    match command:
        case BeginTraining():
            return [] if state.begun else [TrainingBegun(**dict(command))]
        case NoteLeft():
            return note_left(state, command)
    if not state.begun:
        raise Refused("not-found:training", status=404)
    if state.completed:
        raise Refused("already-completed")
    match command:
        case RecordAttendance():
            return record(state, command, context)
        case CorrectAttendance():
            return correct(state, command)
        case RecommendAssessment():
            return recommend(state, command, context)
        case AssessParticipant():
            return assess(state, command, context)
        case CompleteTraining():
            return complete(state)
        case _:
            assert_never(command)


def record(state: Training, command: RecordAttendance, context: Context) -> Sequence[TrainingEvent]:
    expected = len(state.sessions) + 1
    if command.session != expected:
        raise Refused("session", field="session", session=expected)
    if command.day > wita_day(context.now):
        raise Refused("future-day", field="day", status=422)
    if state.sessions and command.day < state.sessions[-1].day:
        raise Refused("day-order", field="day", status=422, day=str(state.sessions[-1].day))
    if len(set(command.absent)) < len(command.absent):
        raise Refused("repeated", field="absent", status=422)
    for index, application in enumerate(command.absent):
        _participant(state, application, f"absent.{index}")
    absent = set(command.absent)
    return [
        AttendanceRecorded(
            kejuruan=state.kejuruan,
            session=command.session,
            day=command.day,
            hours=command.hours,
            present=tuple(name for name in state.participants if name not in absent),
            absent=command.absent,
        )
    ]


def correct(state: Training, command: CorrectAttendance) -> Sequence[TrainingEvent]:
    if command.session > len(state.sessions):
        raise Refused("unknown-session", field="session", status=422, sessions=len(state.sessions))
    _participant(state, command.application, "application")
    was = command.application not in state.sessions[command.session - 1].absent
    if was == command.present:
        raise Refused("unchanged:register", field="present")
    if command.application in state.assessed:
        raise Refused("already-assessed:before-correction", field="application")
    return [AttendanceCorrected(kejuruan=state.kejuruan, **dict(command))]


def recommend(
    state: Training, command: RecommendAssessment, context: Context
) -> Sequence[TrainingEvent]:
    _participant(state, command.application, "application")
    _unassessed(state, command.application)
    return [
        AssessmentRecommended(
            application=command.application, competent=command.competent, assessor=context.actor
        )
    ]


def assess(
    state: Training, command: AssessParticipant, context: Context
) -> Sequence[TrainingEvent]:
    _participant(state, command.application, "application")
    _unassessed(state, command.application)
    recommended = state.recommended.get(command.application)
    if recommended is None:
        raise Refused("not-recommended", field="application")
    if recommended.assessor == context.actor:
        raise Refused("same-person", status=403)
    attendance = state.attendance(command.application)
    if command.passed and not recommended.competent:
        raise Refused("not-competent", field="passed")
    if command.passed and attendance < state.min_attendance:
        raise Refused(
            "attendance", field="passed", attendance=attendance, needed=state.min_attendance
        )
    return [
        ParticipantAssessed(
            intake=command.intake,
            application=command.application,
            passed=command.passed,
            attendance=attendance,
            assessor=recommended.assessor,
            decided_by=context.actor,
        )
    ]


def complete(state: Training) -> Sequence[TrainingEvent]:
    if waiting := [name for name in state.participants if name not in state.assessed]:
        raise Refused("not-all-assessed", waiting=len(waiting), some=waiting[:3])
    if (taught := state.taught()) < state.hours:
        raise Refused("hours", taught=taught, hours=state.hours)
    passed = sum(assessment.passed for assessment in state.assessed.values())
    return [
        TrainingCompleted(
            programme=state.programme,
            kejuruan=state.kejuruan,
            passed=passed,
            failed=len(state.assessed) - passed,
        )
    ]


def note_left(state: Training, command: NoteLeft) -> Sequence[TrainingEvent]:
    gone = command.application not in state.participants
    if gone or command.application in state.assessed or state.completed:
        return []
    return [ParticipantLeft(application=command.application)]


def _participant(state: Training, application: str, field: str) -> None:
    if application not in state.participants:
        raise Refused("not-a-participant", field=field, status=422)


def _unassessed(state: Training, application: str) -> None:
    if application in state.assessed:
        raise Refused("already-assessed", field="application")


def evolve(state: Training, event: TrainingEvent) -> Training:
    match event:
        case TrainingBegun():
            return Training(begun=True, **dict(event))
        case AttendanceRecorded():
            session = Session(day=event.day, hours=event.hours, absent=event.absent)
            return state.model_copy(update={"sessions": (*state.sessions, session)})
        case AttendanceCorrected():
            return state.model_copy(update={"sessions": _corrected(state.sessions, event)})
        case AssessmentRecommended():
            given = Recommendation(competent=event.competent, assessor=event.assessor)
            recommended = {**state.recommended, event.application: given}
            return state.model_copy(update={"recommended": recommended})
        case ParticipantAssessed():
            result = Assessment(passed=event.passed, attendance=event.attendance)
            return state.model_copy(
                update={"assessed": {**state.assessed, event.application: result}}
            )
        case ParticipantLeft():
            left = tuple(name for name in state.participants if name != event.application)
            return state.model_copy(update={"participants": left})
        case TrainingCompleted():
            return state.model_copy(update={"completed": True})
        case _:
            assert_never(event)


def _corrected(sessions: tuple[Session, ...], event: AttendanceCorrected) -> tuple[Session, ...]:
    def corrected(session: Session) -> Session:
        others = tuple(name for name in session.absent if name != event.application)
        absent = others if event.present else (*others, event.application)
        return session.model_copy(update={"absent": absent})

    return tuple(
        corrected(session) if number == event.session else session
        for number, session in enumerate(sessions, 1)
    )


DECIDER = Decider(kind="training", initial=Training(), decide=decide, evolve=evolve)


def training_stream(id: str) -> StreamRef[Training, TrainingCommand]:
    """Name the stream of one training."""
    return DECIDER.stream(id)
