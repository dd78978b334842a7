"""Decisions of an intake about its training: instructors, workshop, start, days, end."""

from collections.abc import Sequence
from typing import Annotated

from services.registration.domain.intake.state import (
    EndsOn,
    Intake,
    IntakeEvent,
    StartsOn,
    expect,
)
from shared.events.base import Id
from shared.events.described import described
from shared.events.registration.intake import (
    InstructorAssigned,
    InstructorUnassigned,
    IntakeCancelled,
    IntakeCompleted,
    IntakeRescheduled,
    IntakeStarted,
    IntakeWorkshopLost,
    IntakeWorkshopReady,
    StartBlocked,
)
from shared.events.registration.training import TrainingCompleted
from shared.events.registration.values import ReleaseReason
from shared.events.values import Day, Prose, wita_day
from shared.eventsourcing.decider import Command, Context
from shared.eventsourcing.refusal import Refused


class NoteInstructor(Command):
    """The instructor's days are booked for this class: these, as the booking knew them."""

    instructor: Id
    starts_on: Day
    ends_on: Day


class NoteInstructorLost(Command):
    """The instructor's days are no longer booked for this class."""

    instructor: Id
    reason: ReleaseReason


class RequestStart(Command):
    """Begin the training."""


class Reschedule(Command):
    """Move the training to other days; instructors and applicants hear of it."""

    starts_on: StartsOn
    ends_on: EndsOn
    reason: Annotated[
        Prose, described(en="why", id="alasannya", example="Mesin las tiba dua pekan kemudian.")
    ]


class CancelIntake(Command):
    """Cancel the class; instructors, seats and applicants are free."""

    reason: Annotated[
        Prose, described(en="why", id="alasannya", example="Pendaftar terlalu sedikit.")
    ]


def note_instructor(state: Intake, command: NoteInstructor) -> Sequence[IntakeEvent]:
    """A class that is over or cancelled gives the instructor's days back.

    One that moved while the booking was under way tells the instructor of its days, as it told
    those whom it had then. A start that waited follows when this instructor was all it lacked.
    """
    if command.instructor in state.instructors:
        return []
    if state.status in ("completed", "cancelled"):
        return [
            InstructorUnassigned(
                instructor=command.instructor, kejuruan=state.kejuruan, reason="not-needed"
            )
        ]
    assigned = InstructorAssigned(instructor=command.instructor, kejuruan=state.kejuruan)
    if state.moved_because and (command.starts_on, command.ends_on) != state.days():
        starts_on, ends_on = state.days()
        moved = IntakeRescheduled(
            kejuruan=state.kejuruan,
            starts_on=starts_on,
            ends_on=ends_on,
            reason=state.moved_because,
            instructors=(command.instructor,),
            applications=(),
        )
        return [assigned, moved]
    staffed = state.model_copy(update={"instructors": (*state.instructors, command.instructor)})
    if staffed.workshop_ready and _awaits_nothing(staffed):
        return [assigned, _started(staffed)]
    return [assigned]


def _awaits_nothing(state: Intake) -> bool:
    """The start was asked for and only the workshop, if anything, is lacking."""
    return state.start_blocked and state.status == "selected" and not _missing(state)


def note_instructor_lost(state: Intake, command: NoteInstructorLost) -> Sequence[IntakeEvent]:
    if command.instructor not in state.instructors or state.status == "completed":
        return []
    return [
        InstructorUnassigned(
            instructor=command.instructor, kejuruan=state.kejuruan, reason=command.reason
        )
    ]


def note_workshop_ready(state: Intake) -> Sequence[IntakeEvent]:
    if state.workshop_ready or state.status in ("completed", "cancelled"):
        return []
    ready = IntakeWorkshopReady(kejuruan=state.kejuruan)
    if _awaits_nothing(state):
        return [ready, _started(state)]
    return [ready]


def note_workshop_lost(state: Intake) -> Sequence[IntakeEvent]:
    if not state.workshop_ready or state.status in ("completed", "cancelled"):
        return []
    return [IntakeWorkshopLost(kejuruan=state.kejuruan)]


def request_start(state: Intake) -> Sequence[IntakeEvent]:
    expect(state, "selected")
    if missing := _missing(state):
        raise Refused("start-incomplete", missing=missing, short=_short(state))
    if state.workshop_ready:
        return [_started(state)]
    if state.start_blocked:
        raise Refused("start-blocked")
    return [StartBlocked(kejuruan=state.kejuruan, missing=("workshop",))]


def _missing(state: Intake) -> list[str]:
    """Return what only people can bring."""
    missing = ["instructors"] if _short(state) else []
    return missing if state.ledger.seated else [*missing, "participants"]


def _short(state: Intake) -> int:
    return max(state.instructors_needed - len(state.instructors), 0)


def _started(state: Intake) -> IntakeStarted:
    return IntakeStarted(
        programme=state.programme,
        number=state.number,
        title=state.title,
        skkni=state.skkni,
        kejuruan=state.kejuruan,
        hours=state.hours,
        min_attendance=state.min_attendance,
        instructors=state.instructors,
        participants=state.ledger.seated,
    )


def reschedule(state: Intake, command: Reschedule, context: Context) -> Sequence[IntakeEvent]:
    expect(state, "open", "closed", "selected")
    days = (command.starts_on, command.ends_on)
    closes = state.registration_closes if state.status == "open" else None
    earliest = max(filter(None, (wita_day(context.now), closes)))
    if command.ends_on < command.starts_on or command.starts_on < earliest:
        raise Refused("dates:training", field="starts_on", status=422, earliest=str(earliest))
    if days == state.days():
        raise Refused("unchanged:days")
    return [
        IntakeRescheduled(
            kejuruan=state.kejuruan,
            starts_on=command.starts_on,
            ends_on=command.ends_on,
            reason=command.reason,
            instructors=state.instructors,
            applications=state.applicants,
        )
    ]


def cancel(state: Intake, command: CancelIntake) -> Sequence[IntakeEvent]:
    expect(state, "draft", "open", "closed", "selected")
    return [
        IntakeCancelled(
            kejuruan=state.kejuruan,
            reason=command.reason,
            instructors=state.instructors,
            applications=state.applicants,
        )
    ]


def note_completed(state: Intake, completed: TrainingCompleted) -> Sequence[IntakeEvent]:
    if state.status != "started":
        return []
    seated = set(state.ledger.seated)
    return [
        IntakeCompleted(
            programme=state.programme,
            kejuruan=state.kejuruan,
            instructors=state.instructors,
            unseated=tuple(name for name in state.applicants if name not in seated),
            passed=completed.passed,
            failed=completed.failed,
        )
    ]
