"""Policies of classes: they note applications, instructors, workshop, training, partners."""

from services.registration.agency import BLK_PASER
from services.registration.domain.intake.aggregate import intake_stream
from services.registration.domain.intake.seats import EnterCandidate, LendSeats
from services.registration.domain.intake.start import (
    NoteInstructor,
    NoteInstructorLost,
)
from services.registration.domain.intake.state import ListApplicant
from services.registration.policies.common import stream_id
from shared.events.base import SAFE_INTEGER
from shared.events.partners.support import OfferAccepted
from shared.events.registration.application import ApplicantRegistered, ApplicantScored
from shared.events.registration.instructor import InstructorBooked, InstructorReleased
from shared.events.registration.training import TrainingCompleted
from shared.events.registration.values import Candidate
from shared.events.registration.workshop import WorkshopReady, WorkshopUnready
from shared.eventsourcing.policies import AnyPolicy, Dispatch, Dispatches, policy
from shared.signing.cloudevents import Envelope


@policy
def list_applicant(envelope: Envelope, event: ApplicantRegistered) -> Dispatches:
    yield Dispatch(intake_stream(event.intake), ListApplicant(application=stream_id(envelope)))


@policy
def enter_candidate(envelope: Envelope, event: ApplicantScored) -> Dispatches:
    candidate = Candidate(
        application=stream_id(envelope),
        priority=event.priority,
        written=event.written,
        interview=event.interview,
        registered_at=event.registered_at,
    )
    yield Dispatch(intake_stream(event.intake), EnterCandidate(candidate=candidate))


@policy
def note_instructor(envelope: Envelope, event: InstructorBooked) -> Dispatches:
    command = NoteInstructor(
        instructor=stream_id(envelope), starts_on=event.starts_on, ends_on=event.ends_on
    )
    yield Dispatch(intake_stream(event.intake), command)


@policy
def note_instructor_lost(envelope: Envelope, event: InstructorReleased) -> Dispatches:
    if event.reason != "not-needed":
        yield Dispatch(
            intake_stream(event.intake),
            NoteInstructorLost(instructor=stream_id(envelope), reason=event.reason),
        )


@policy
def note_workshop_ready(envelope: Envelope, event: WorkshopReady) -> Dispatches:
    for intake in event.intakes:
        yield Dispatch(intake_stream(intake), event)


@policy
def note_workshop_lost(envelope: Envelope, event: WorkshopUnready) -> Dispatches:
    for intake in event.intakes:
        yield Dispatch(intake_stream(intake), event)


@policy
def note_completed(envelope: Envelope, event: TrainingCompleted) -> Dispatches:
    yield Dispatch(intake_stream(stream_id(envelope)), event)


@policy
def lend_seats(envelope: Envelope, event: OfferAccepted) -> Dispatches:
    ours = event.kind == "seats" and event.for_agency == BLK_PASER
    seats = sum(item.quantity for item in event.items)
    if ours and event.intake is not None and seats:
        yield Dispatch(
            intake_stream(event.intake),
            LendSeats(
                support=stream_id(envelope),
                offer=event.offer,
                partner=event.partner,
                seats=min(seats, SAFE_INTEGER),
            ),
        )


POLICIES: tuple[AnyPolicy, ...] = (
    list_applicant,
    enter_candidate,
    note_instructor,
    note_instructor_lost,
    note_workshop_ready,
    note_workshop_lost,
    note_completed,
    lend_seats,
)
