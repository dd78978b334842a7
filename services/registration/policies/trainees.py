"""A seat takes two answers: the person's stream reserves the training, then the class's ledger."""

from collections.abc import Iterable

from services.registration.domain.application.seat import NoteSeat
from services.registration.domain.intake.seats import ClaimSeat
from services.registration.domain.trainee import ReleaseTraining, ReserveTraining
from services.registration.policies.common import OWN, stream_id
from shared.events.registration.application import ApplicationCancelled, ApplicationWithdrawn
from shared.events.registration.enrolment import (
    ApplicantReferred,
    SeatClaimed,
    SeatLost,
    TrainingFinished,
)
from shared.events.registration.trainee import TrainingRefused, TrainingReserved
from shared.eventsourcing.policies import Do, Reaction
from shared.signing.cloudevents import Envelope

Ending = (
    ApplicationWithdrawn | ApplicationCancelled | ApplicantReferred | SeatLost | TrainingFinished
)


def reserve_training(envelope: Envelope, event: SeatClaimed) -> Iterable[Do]:
    command = ReserveTraining(intake=event.intake, application=stream_id(envelope))
    yield Do(f"trainee/{event.person}", command)


def claim_seat(envelope: Envelope, event: TrainingReserved) -> Iterable[Do]:
    yield Do(f"intake/{event.intake}", ClaimSeat(application=event.application))


def note_in_training(envelope: Envelope, event: TrainingRefused) -> Iterable[Do]:
    yield Do(f"application/{event.application}", NoteSeat(lost="in-training"))


def release_training(envelope: Envelope, event: Ending) -> Iterable[Do]:
    command = ReleaseTraining(
        application=stream_id(envelope), completed=isinstance(event, TrainingFinished)
    )
    yield Do(f"trainee/{event.person}", command)


REACTIONS: tuple[Reaction, ...] = (
    Reaction("reserve-training", OWN, (SeatClaimed,), reserve_training),
    Reaction("claim-seat", OWN, (TrainingReserved,), claim_seat),
    Reaction("note-in-training", OWN, (TrainingRefused,), note_in_training),
    Reaction(
        "release-training",
        OWN,
        (
            ApplicationWithdrawn,
            ApplicationCancelled,
            ApplicantReferred,
            SeatLost,
            TrainingFinished,
        ),
        release_training,
    ),
)
