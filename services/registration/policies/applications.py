"""What an application learns from its class, from training and certificates, and what it tells."""

from collections.abc import Iterable

from services.registration.domain.application.seat import (
    NoteAssessed,
    NoteCancelled,
    NoteCertificate,
    NoteLapse,
    NoteOver,
    NotePromotion,
    NoteSchedule,
    NoteSeat,
    NoteSelection,
)
from services.registration.domain.intake.seats import LeaveIntake
from services.registration.policies.common import OWN, stream_id
from shared.events.registration.application import ApplicationDeclined, ApplicationWithdrawn
from shared.events.registration.certificate import CertificateIssued, CompetencyCertified
from shared.events.registration.enrolment import ApplicantReferred, SeatLost
from shared.events.registration.intake import IntakeCancelled, IntakeCompleted, IntakeRescheduled
from shared.events.registration.seats import (
    CandidatesPromoted,
    OffersLapsed,
    SeatGranted,
    SeatRefused,
    SelectionMade,
)
from shared.events.registration.training import ParticipantAssessed
from shared.eventsourcing.policies import Do, Reaction
from shared.signing.cloudevents import Envelope

Leaving = ApplicationDeclined | ApplicationWithdrawn | ApplicantReferred | SeatLost


def note_selection(envelope: Envelope, event: SelectionMade) -> Iterable[Do]:
    given = (
        ("offered", event.offered),
        ("waitlisted", event.waitlisted),
        ("reserve", event.reserve),
    )
    for name, places in given:
        for place in places:
            yield Do(
                f"application/{place.application}",
                NoteSelection(
                    place=place,
                    given=name,
                    ranking=event.ranking,
                    quota=event.quota,
                    candidates=event.candidates,
                    claim_by=event.claim_by,
                ),
            )


def note_promotion(envelope: Envelope, event: CandidatesPromoted) -> Iterable[Do]:
    for places, offered in ((event.offered, True), (event.waitlisted, False)):
        for place in places:
            yield Do(
                f"application/{place.application}",
                NotePromotion(
                    place=place,
                    offered=offered,
                    ranking=event.ranking,
                    quota=event.quota,
                    candidates=event.candidates,
                    claim_by=event.claim_by,
                ),
            )


def note_lapse(envelope: Envelope, event: OffersLapsed) -> Iterable[Do]:
    for application in event.applications:
        yield Do(f"application/{application}", NoteLapse())


def note_over(envelope: Envelope, event: IntakeCompleted) -> Iterable[Do]:
    for application in event.unseated:
        yield Do(f"application/{application}", NoteOver())


def note_cancelled(envelope: Envelope, event: IntakeCancelled) -> Iterable[Do]:
    for application in event.applications:
        yield Do(f"application/{application}", NoteCancelled(reason=event.reason))


def note_schedule(envelope: Envelope, event: IntakeRescheduled) -> Iterable[Do]:
    command = NoteSchedule(starts_on=event.starts_on, ends_on=event.ends_on, reason=event.reason)
    for application in event.applications:
        yield Do(f"application/{application}", command)


def note_seat(envelope: Envelope, event: SeatGranted | SeatRefused) -> Iterable[Do]:
    lost = event.reason if isinstance(event, SeatRefused) else None
    yield Do(f"application/{event.application}", NoteSeat(lost=lost))


def leave_intake(envelope: Envelope, event: Leaving) -> Iterable[Do]:
    """A class that is cancelled needs no telling; of all other ends the ledger hears."""
    yield Do(f"intake/{event.intake}", LeaveIntake(application=stream_id(envelope)))


def note_assessed(envelope: Envelope, event: ParticipantAssessed) -> Iterable[Do]:
    command = NoteAssessed(passed=event.passed, attendance=event.attendance)
    yield Do(f"application/{event.application}", command)


def note_certificate(
    envelope: Envelope, event: CertificateIssued | CompetencyCertified
) -> Iterable[Do]:
    """Both are found under the number of the centre's own certificate."""
    command = NoteCertificate(
        kind="training" if isinstance(event, CertificateIssued) else "competency",
        certificate=stream_id(envelope),
    )
    yield Do(f"application/{event.application}", command)


REACTIONS: tuple[Reaction, ...] = (
    Reaction("note-selection", OWN, (SelectionMade,), note_selection),
    Reaction("note-promotion", OWN, (CandidatesPromoted,), note_promotion),
    Reaction("note-lapse", OWN, (OffersLapsed,), note_lapse),
    Reaction("note-over", OWN, (IntakeCompleted,), note_over),
    Reaction("note-cancelled", OWN, (IntakeCancelled,), note_cancelled),
    Reaction("note-schedule", OWN, (IntakeRescheduled,), note_schedule),
    Reaction("note-seat", OWN, (SeatGranted, SeatRefused), note_seat),
    Reaction(
        "leave-intake",
        OWN,
        (ApplicationDeclined, ApplicationWithdrawn, ApplicantReferred, SeatLost),
        leave_intake,
    ),
    Reaction("note-assessed", OWN, (ParticipantAssessed,), note_assessed),
    Reaction("note-certificate", OWN, (CertificateIssued, CompetencyCertified), note_certificate),
)
