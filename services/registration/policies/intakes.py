"""What a class learns from applications, instructors, the workshop, training and partners."""

from collections.abc import Iterable

from services.registration.agency import BLK_PASER
from services.registration.domain.intake.seats import EnterCandidate, LendSeats
from services.registration.domain.intake.start import (
    NoteCompleted,
    NoteInstructor,
    NoteInstructorLost,
    NoteWorkshopLost,
    NoteWorkshopReady,
)
from services.registration.domain.intake.state import ListApplicant
from services.registration.policies.common import OWN, stream_id
from shared.events.partners.support import OfferAccepted
from shared.events.registration.application import ApplicantRegistered, ApplicantScored
from shared.events.registration.instructor import InstructorBooked, InstructorReleased
from shared.events.registration.training import TrainingCompleted
from shared.events.registration.values import Candidate
from shared.events.registration.workshop import WorkshopReady, WorkshopUnready
from shared.eventsourcing.policies import Do, Reaction
from shared.signing.cloudevents import Envelope


def list_applicant(envelope: Envelope, event: ApplicantRegistered) -> Iterable[Do]:
    yield Do(f"intake/{event.intake}", ListApplicant(application=stream_id(envelope)))


def enter_candidate(envelope: Envelope, event: ApplicantScored) -> Iterable[Do]:
    candidate = Candidate(
        application=stream_id(envelope),
        priority=event.priority,
        written=event.written,
        interview=event.interview,
        registered_at=event.registered_at,
    )
    yield Do(f"intake/{event.intake}", EnterCandidate(candidate=candidate))


def note_instructor(envelope: Envelope, event: InstructorBooked) -> Iterable[Do]:
    command = NoteInstructor(
        instructor=stream_id(envelope), starts_on=event.starts_on, ends_on=event.ends_on
    )
    yield Do(f"intake/{event.intake}", command)


def note_instructor_lost(envelope: Envelope, event: InstructorReleased) -> Iterable[Do]:
    if event.reason != "not-needed":
        yield Do(
            f"intake/{event.intake}",
            NoteInstructorLost(instructor=stream_id(envelope), reason=event.reason),
        )


def note_workshop_ready(envelope: Envelope, event: WorkshopReady) -> Iterable[Do]:
    for intake in event.intakes:
        yield Do(f"intake/{intake}", NoteWorkshopReady())


def note_workshop_lost(envelope: Envelope, event: WorkshopUnready) -> Iterable[Do]:
    for intake in event.intakes:
        yield Do(f"intake/{intake}", NoteWorkshopLost())


def note_completed(envelope: Envelope, event: TrainingCompleted) -> Iterable[Do]:
    yield Do(
        f"intake/{stream_id(envelope)}", NoteCompleted(passed=event.passed, failed=event.failed)
    )


def lend_seats(envelope: Envelope, event: OfferAccepted) -> Iterable[Do]:
    if event.kind == "seats" and event.for_agency == BLK_PASER and event.intake is not None:
        yield Do(
            f"intake/{event.intake}",
            LendSeats(
                support=stream_id(envelope),
                offer=event.offer,
                partner=event.partner,
                seats=sum(item.quantity for item in event.items),
            ),
        )


REACTIONS: tuple[Reaction, ...] = (
    Reaction("list-applicant", OWN, (ApplicantRegistered,), list_applicant),
    Reaction("enter-candidate", OWN, (ApplicantScored,), enter_candidate),
    Reaction("note-instructor", OWN, (InstructorBooked,), note_instructor),
    Reaction("note-instructor-lost", OWN, (InstructorReleased,), note_instructor_lost),
    Reaction("note-workshop-ready", OWN, (WorkshopReady,), note_workshop_ready),
    Reaction("note-workshop-lost", OWN, (WorkshopUnready,), note_workshop_lost),
    Reaction("note-completed", OWN, (TrainingCompleted,), note_completed),
    Reaction("lend-seats", "partners.events", (OfferAccepted,), lend_seats),
)
