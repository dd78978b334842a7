"""Intake (angkatan): one class of a programme, from its plan to its end.

What each step decides is in intake_plan.py (plan and window), seats.py (the ledger) and start.py
(instructors, workshop, days); this is the path through them, and what each event leaves behind.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from services.registration.domain.intake import seat_ledger as ledger
from services.registration.domain.intake import seats, start
from services.registration.domain.intake import state as intake_plan
from services.registration.domain.intake.state import Intake, not_found
from shared.events.base import Event
from shared.events.registration.intake import (
    ApplicantListed,
    InstructorAssigned,
    InstructorUnassigned,
    IntakeCancelled,
    IntakeCompleted,
    IntakeDrafted,
    IntakeOpened,
    IntakeRescheduled,
    IntakeStarted,
    IntakeWorkshopLost,
    IntakeWorkshopReady,
    RegistrationClosed,
    RegistrationExtended,
    StartBlocked,
)
from shared.events.registration.seats import (
    CandidateEntered,
    CandidateLeft,
    CandidatesPromoted,
    OffersLapsed,
    SeatGranted,
    SelectionMade,
)
from shared.eventsourcing.decider import Command, Context, Decider, StreamRef, Timeout
from shared.eventsourcing.refusal import unexpected

_Step = Callable[[Intake, Any, Context], Sequence[Event]]
_STEPS: Mapping[type[Command], _Step] = {
    intake_plan.OpenIntake: intake_plan.open_intake,
    intake_plan.ExtendRegistration: intake_plan.extend,
    intake_plan.CloseRegistration: lambda state, command, _: intake_plan.close(state, command),
    intake_plan.ListApplicant: lambda state, command, _: intake_plan.list_applicant(state, command),
    seats.EnterCandidate: lambda state, command, _: seats.enter(state, command),
    seats.SelectParticipants: lambda state, _, context: seats.select(state, context),
    seats.ClaimSeat: lambda state, command, _: seats.claim(state, command),
    seats.LeaveIntake: seats.leave,
    seats.LendSeats: seats.lend,
    start.NoteInstructor: lambda state, command, _: start.note_instructor(state, command),
    start.NoteInstructorLost: lambda state, command, _: start.note_instructor_lost(state, command),
    start.NoteWorkshopReady: lambda state, *_: start.note_workshop_ready(state),
    start.NoteWorkshopLost: lambda state, *_: start.note_workshop_lost(state),
    start.RequestStart: lambda state, *_: start.request_start(state),
    start.Reschedule: start.reschedule,
    start.CancelIntake: lambda state, command, _: start.cancel(state, command),
    start.NoteCompleted: lambda state, command, _: start.note_completed(state, command),
}


def decide(state: Intake, command: Command, context: Context) -> Sequence[Event]:
    if isinstance(command, intake_plan.PlanIntake):
        return intake_plan.plan(state, command, context)
    if state.status is None:
        if isinstance(command, seats.LendSeats):
            return []  # a partner was told of a class that there is not: nobody waits for the seats
        raise not_found()
    if isinstance(command, Timeout):
        return time_out(state, command, context)
    step = _STEPS.get(type(command))
    if step is None:
        raise unexpected(command)
    return step(state, command, context)


def time_out(state: Intake, command: Timeout, context: Context) -> Sequence[Event]:
    """The window of registration is over, or the time to claim an offered seat is."""
    if due(state) != command.due or context.now < command.due:
        return []
    if state.status == "open":
        return [RegistrationClosed(kejuruan=state.kejuruan)]
    return seats.lapse(state, context)


def due(state: Intake) -> datetime | None:
    if state.status == "open":
        return state.window_ends()
    # An offer that was left open when the training started still ends.
    offering = state.status in ("selected", "started", "completed")
    return state.ledger.next_lapse() if offering else None


def evolve(state: Intake, event: Event) -> Intake:
    changes = _changes(state, event)
    return state.model_copy(update=changes) if changes else state


def _changes(state: Intake, event: Event) -> dict[str, Any]:
    """The fields that an event changes."""
    match event:
        case IntakeDrafted() | IntakeOpened():
            return _planned(state, event)
        case RegistrationExtended():
            return {"status": "open", "registration_closes": event.registration_closes}
        case RegistrationClosed():
            return {"status": "closed"}
        case ApplicantListed():
            return {"applicants": (*state.applicants, event.application)}
        case InstructorAssigned():
            return {"instructors": (*state.instructors, event.instructor)}
        case InstructorUnassigned():
            return {"instructors": tuple(i for i in state.instructors if i != event.instructor)}
        case IntakeWorkshopReady():
            return {"workshop_ready": True}
        case IntakeWorkshopLost():
            return {"workshop_ready": False}
        case StartBlocked():
            return {"start_blocked": True}
        case IntakeStarted():
            return {"status": "started", "start_blocked": False}
        case IntakeRescheduled():
            days = {"starts_on": event.starts_on, "ends_on": event.ends_on}
            return {**days, "moved_because": event.reason}
        case IntakeCancelled():
            return {"status": "cancelled", "cancelled_because": event.reason}
        case IntakeCompleted():
            return {"status": "completed"}
        case _:
            return _seat_changes(state, event)


def _planned(state: Intake, event: IntakeDrafted | IntakeOpened) -> dict[str, Any]:
    plan = intake_plan.IntakePlan.model_fields
    given = {name: getattr(event, name) for name in plan if name in Intake.model_fields}
    seats_ = state.ledger.model_copy(
        update={"quota": event.quota, "waiting_list": event.waiting_list}
    )
    changes = {**given, "kejuruan": event.kejuruan, "ledger": seats_, "status": "draft"}
    if isinstance(event, IntakeOpened):
        names = ("number", "title", "skkni", "hours", "entry", "equipment", "ranking")
        changes |= {name: getattr(event, name) for name in names}
        changes |= {
            "status": "open",
            "instructors_needed": event.instructors,
            "min_attendance": event.min_attendance,
        }
    return changes


def _seat_changes(state: Intake, event: Event) -> dict[str, Any]:
    seats_ = state.ledger
    match event:
        case CandidateEntered():
            candidate = event.candidate
            return {"candidates": {**state.candidates, candidate.application: candidate}}
        case SelectionMade():
            divided = (event.offered, event.waitlisted, event.reserve)
            return {
                "status": "selected",
                "ledger": ledger.selected(seats_, *divided, event.claim_by),
            }
        case CandidateLeft():
            left = {a: c for a, c in state.candidates.items() if a != event.application}
            return {"candidates": left, "ledger": ledger.without(seats_, [event.application])}
        case OffersLapsed():
            return {"ledger": ledger.without(seats_, event.applications)}
        case CandidatesPromoted():
            rising = (event.offered, event.waitlisted)
            return {"ledger": ledger.promoted(seats_, *rising, event.claim_by)}
        case SeatGranted():
            return {"ledger": ledger.granted(seats_, event.application)}
        case _:
            return {}


DECIDER = Decider(kind="intake", initial=Intake(), decide=decide, evolve=evolve, due=due)


def intake_stream(id: str) -> StreamRef[Intake, Command]:
    """Name the stream of one intake."""
    return DECIDER.stream(id)
