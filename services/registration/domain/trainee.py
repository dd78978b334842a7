"""Trainee: one person's running training, so that nobody takes part in two at a time.

All commands arrive by reactions; none is refused.
"""

from collections.abc import Sequence
from typing import assert_never

from shared.events.base import Id
from shared.events.registration.trainee import TrainingRefused, TrainingReleased, TrainingReserved
from shared.events.values import Flag
from shared.eventsourcing.decider import Command, Context, Decider, State, StreamRef


class ReserveTraining(Command):
    """The person claims a seat in this training."""

    intake: Id
    application: Id


class ReleaseTraining(Command):
    """The training of this application is over, or will not come about."""

    application: Id
    completed: Flag = False


class Trainee(State):
    intake: str | None = None
    application: str | None = None
    completed: tuple[str, ...] = ()


TraineeCommand = ReserveTraining | ReleaseTraining
TraineeEvent = TrainingReserved | TrainingRefused | TrainingReleased


def decide(state: Trainee, command: TraineeCommand, context: Context) -> Sequence[TraineeEvent]:
    match command:
        case ReserveTraining():
            return reserve(state, command)
        case ReleaseTraining():
            return release(state, command)
        case _:
            assert_never(command)


def reserve(state: Trainee, command: ReserveTraining) -> Sequence[TraineeEvent]:
    if state.application == command.application:
        return []
    if state.intake is not None:
        return [
            TrainingRefused(
                intake=command.intake, application=command.application, running=state.intake
            )
        ]
    return [TrainingReserved(intake=command.intake, application=command.application)]


def release(state: Trainee, command: ReleaseTraining) -> Sequence[TraineeEvent]:
    """Only the application that holds the reservation can give it back."""
    if state.intake is None or state.application != command.application:
        return []
    return [
        TrainingReleased(
            intake=state.intake, application=command.application, completed=command.completed
        )
    ]


def evolve(state: Trainee, event: TraineeEvent) -> Trainee:
    match event:
        case TrainingReserved():
            return state.model_copy(
                update={"intake": event.intake, "application": event.application}
            )
        case TrainingReleased():
            done = (event.intake,) if event.completed else ()
            return Trainee(completed=(*state.completed, *done))
        case TrainingRefused():
            return state
        case _:
            assert_never(event)


DECIDER = Decider(kind="trainee", initial=Trainee(), decide=decide, evolve=evolve)


def trainee_stream(id: str) -> StreamRef[Trainee, TraineeCommand]:
    """Name the stream of one trainee."""
    return DECIDER.stream(id)
