"""Intake (angkatan): one class of a programme, from its plan to its end.

The rules of each step are in state.py (plan and window), seats.py (the ledger) and start.py
(instructors, workshop, days); this file dispatches to them and folds the events.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never

from services.registration.domain.intake import seat_ledger as ledger
from services.registration.domain.intake import seats, start
from services.registration.domain.intake import state as plan
from services.registration.domain.intake.seats import (
    ClaimSeat,
    EnterCandidate,
    LeaveIntake,
    LendSeats,
    SelectParticipants,
)
from services.registration.domain.intake.start import (
    CancelIntake,
    NoteInstructor,
    NoteInstructorLost,
    RequestStart,
    Reschedule,
)
from services.registration.domain.intake.state import (
    CloseRegistration,
    ExtendRegistration,
    Intake,
    IntakeEvent,
    IntakePlan,
    ListApplicant,
    OpenIntake,
    PlanIntake,
    SeatsEvent,
    not_found,
)
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
    IntakeOversubscribed,
    OffersLapsed,
    SeatGranted,
    SeatRefused,
    SeatsLent,
    SelectionMade,
)
from shared.events.registration.training import TrainingCompleted
from shared.events.registration.workshop import WorkshopReady, WorkshopUnready
from shared.eventsourcing.decider import Context, Decider, StreamRef, Timeout

IntakeCommand = (
    PlanIntake
    | OpenIntake
    | ExtendRegistration
    | CloseRegistration
    | ListApplicant
    | EnterCandidate
    | SelectParticipants
    | ClaimSeat
    | LeaveIntake
    | LendSeats
    | NoteInstructor
    | NoteInstructorLost
    | WorkshopReady
    | WorkshopUnready
    | RequestStart
    | Reschedule
    | CancelIntake
    | TrainingCompleted
    | Timeout
)


def decide(state: Intake, command: IntakeCommand, context: Context) -> Sequence[IntakeEvent]:
    if isinstance(command, PlanIntake):
        return plan.plan(state, command, context)
    if state.status is None:
        if isinstance(command, LendSeats):
            return []  # a partner was told of a class that there is not: nobody waits for the seats
        raise not_found()
    match command:
        case OpenIntake():
            return plan.open_intake(state, command, context)
        case ExtendRegistration():
            return plan.extend(state, command, context)
        case CloseRegistration():
            return plan.close(state, command)
        case ListApplicant():
            return plan.list_applicant(state, command)
        case EnterCandidate():
            return seats.enter(state, command)
        case SelectParticipants():
            return seats.select(state, context)
        case ClaimSeat():
            return seats.claim(state, command)
        case LeaveIntake():
            return seats.leave(state, command, context)
        case LendSeats():
            return seats.lend(state, command, context)
        case NoteInstructor():
            return start.note_instructor(state, command)
        case NoteInstructorLost():
            return start.note_instructor_lost(state, command)
        case WorkshopReady():
            return start.note_workshop_ready(state)
        case WorkshopUnready():
            return start.note_workshop_lost(state)
        case RequestStart():
            return start.request_start(state)
        case Reschedule():
            return start.reschedule(state, command, context)
        case CancelIntake():
            return start.cancel(state, command)
        case TrainingCompleted():
            return start.note_completed(state, command)
        case Timeout():
            return time_out(state, command, context)
        case _:
            assert_never(command)


def time_out(state: Intake, command: Timeout, context: Context) -> Sequence[IntakeEvent]:
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


def evolve(state: Intake, event: IntakeEvent) -> Intake:
    if state.status is None and not isinstance(event, IntakeDrafted | IntakeOpened):
        return state
    changes = _changes(state, event)
    return state.model_copy(update=changes) if changes else state


def _changes(state: Intake, event: IntakeEvent) -> dict[str, object]:
    """Return the fields that an event changes."""
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


def _planned(state: Intake, event: IntakeDrafted | IntakeOpened) -> dict[str, object]:
    planned = IntakePlan.model_fields
    given = {name: getattr(event, name) for name in planned if name in Intake.model_fields}
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


def _seat_changes(state: Intake, event: SeatsEvent) -> dict[str, object]:
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
        case IntakeOversubscribed() | SeatRefused() | SeatsLent():
            return {}
        case _:
            assert_never(event)


DECIDER = Decider(kind="intake", initial=Intake(), decide=decide, evolve=evolve, due=due)


def intake_stream(id: str) -> StreamRef[Intake, IntakeCommand]:
    """Name the stream of one intake."""
    return DECIDER.stream(id)
