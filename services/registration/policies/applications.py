"""Policies of applications: what they note of class, training and certificates, and tell."""

from services.registration.domain.application.aggregate import application_stream
from services.registration.domain.application.seat import (
    NoteCertificate,
    NotePromotion,
    NoteSelection,
)
from services.registration.domain.intake.aggregate import intake_stream
from services.registration.domain.intake.seats import LeaveIntake
from services.registration.policies.common import stream_id
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
from shared.eventsourcing.policies import AnyPolicy, Dispatch, Dispatches, policy
from shared.signing.cloudevents import Envelope

Leaving = ApplicationDeclined | ApplicationWithdrawn | ApplicantReferred | SeatLost


@policy
def note_selection(envelope: Envelope, event: SelectionMade) -> Dispatches:
    given = (
        ("offered", event.offered),
        ("waitlisted", event.waitlisted),
        ("reserve", event.reserve),
    )
    for name, places in given:
        for place in places:
            yield Dispatch(
                application_stream(place.application),
                NoteSelection(
                    place=place,
                    given=name,
                    ranking=event.ranking,
                    quota=event.quota,
                    candidates=event.candidates,
                    claim_by=event.claim_by,
                ),
            )


@policy
def note_promotion(envelope: Envelope, event: CandidatesPromoted) -> Dispatches:
    for places, offered in ((event.offered, True), (event.waitlisted, False)):
        for place in places:
            yield Dispatch(
                application_stream(place.application),
                NotePromotion(
                    place=place,
                    offered=offered,
                    ranking=event.ranking,
                    quota=event.quota,
                    candidates=event.candidates,
                    claim_by=event.claim_by,
                ),
            )


@policy
def note_lapse(envelope: Envelope, event: OffersLapsed) -> Dispatches:
    for application in event.applications:
        yield Dispatch(application_stream(application), event)


@policy
def note_over(envelope: Envelope, event: IntakeCompleted) -> Dispatches:
    for application in event.unseated:
        yield Dispatch(application_stream(application), event)


@policy
def note_cancelled(envelope: Envelope, event: IntakeCancelled) -> Dispatches:
    for application in event.applications:
        yield Dispatch(application_stream(application), event)


@policy
def note_schedule(envelope: Envelope, event: IntakeRescheduled) -> Dispatches:
    for application in event.applications:
        yield Dispatch(application_stream(application), event)


@policy
def note_seat(envelope: Envelope, event: SeatGranted | SeatRefused) -> Dispatches:
    yield Dispatch(application_stream(event.application), event)


@policy
def leave_intake(envelope: Envelope, event: Leaving) -> Dispatches:
    """Tell the ledger of every end of an application but a cancelled class, which it knows."""
    yield Dispatch(intake_stream(event.intake), LeaveIntake(application=stream_id(envelope)))


@policy
def note_assessed(envelope: Envelope, event: ParticipantAssessed) -> Dispatches:
    yield Dispatch(application_stream(event.application), event)


@policy
def note_certificate(
    envelope: Envelope, event: CertificateIssued | CompetencyCertified
) -> Dispatches:
    """Both are found under the number of the centre's own certificate."""
    command = NoteCertificate(
        kind="training" if isinstance(event, CertificateIssued) else "competency",
        certificate=stream_id(envelope),
    )
    yield Dispatch(application_stream(event.application), command)


POLICIES: tuple[AnyPolicy, ...] = (
    note_selection,
    note_promotion,
    note_lapse,
    note_over,
    note_cancelled,
    note_schedule,
    note_seat,
    leave_intake,
    note_assessed,
    note_certificate,
)
