"""A seat takes two answers: the person's stream reserves the training, then the class's ledger."""

from services.registration.domain.application.aggregate import application_stream
from services.registration.domain.intake.aggregate import intake_stream
from services.registration.domain.intake.seats import ClaimSeat
from services.registration.domain.trainee import ReleaseTraining, ReserveTraining, trainee_stream
from services.registration.policies.common import stream_id
from shared.events.registration.application import ApplicationCancelled, ApplicationWithdrawn
from shared.events.registration.enrolment import (
    ApplicantReferred,
    SeatClaimed,
    SeatLost,
    TrainingFinished,
)
from shared.events.registration.trainee import TrainingRefused, TrainingReserved
from shared.eventsourcing.policies import AnyPolicy, Dispatch, Dispatches, policy
from shared.signing.cloudevents import Envelope

Ending = (
    ApplicationWithdrawn | ApplicationCancelled | ApplicantReferred | SeatLost | TrainingFinished
)


@policy
def reserve_training(envelope: Envelope, event: SeatClaimed) -> Dispatches:
    command = ReserveTraining(intake=event.intake, application=stream_id(envelope))
    yield Dispatch(trainee_stream(event.person), command)


@policy
def claim_seat(envelope: Envelope, event: TrainingReserved) -> Dispatches:
    yield Dispatch(intake_stream(event.intake), ClaimSeat(application=event.application))


@policy
def note_in_training(envelope: Envelope, event: TrainingRefused) -> Dispatches:
    yield Dispatch(application_stream(event.application), event)


@policy
def release_training(envelope: Envelope, event: Ending) -> Dispatches:
    command = ReleaseTraining(
        application=stream_id(envelope), completed=isinstance(event, TrainingFinished)
    )
    yield Dispatch(trainee_stream(event.person), command)


POLICIES: tuple[AnyPolicy, ...] = (
    reserve_training,
    claim_seat,
    note_in_training,
    release_training,
)
