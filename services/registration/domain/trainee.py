"""Trainee: one person's running training, so that nobody takes part in two at a time.

All commands arrive by reactions; none is refused.
"""

from collections.abc import Sequence

from shared.events.base import Event, Id
from shared.events.registration.trainee import TrainingRefused, TrainingReleased, TrainingReserved
from shared.events.values import Flag
from shared.eventsourcing.decider import Command, Context, Decider, State, StreamRef
from shared.eventsourcing.refusal import unexpected


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


def decide(state: Trainee, command: Command, context: Context) -> Sequence[Event]:
    match command:
        case ReserveTraining():
            return reserve(state, command)
        case ReleaseTraining():
            return release(state, command)
        case _:
            raise unexpected(command)


def reserve(state: Trainee, command: ReserveTraining) -> Sequence[Event]:
    if state.application == command.application:
        return []
    if state.intake is not None:
        return [
            TrainingRefused(
                intake=command.intake, application=command.application, running=state.intake
            )
        ]
    return [TrainingReserved(intake=command.intake, application=command.application)]


def release(state: Trainee, command: ReleaseTraining) -> Sequence[Event]:
    """Only the application that holds the reservation can give it back."""
    if state.intake is None or state.application != command.application:
        return []
    return [
        TrainingReleased(
            intake=state.intake, application=command.application, completed=command.completed
        )
    ]


def evolve(state: Trainee, event: Event) -> Trainee:
    match event:
        case TrainingReserved():
            return state.model_copy(
                update={"intake": event.intake, "application": event.application}
            )
        case TrainingReleased():
            done = (event.intake,) if event.completed else ()
            return Trainee(completed=(*state.completed, *done))
        case _:
            return state


DECIDER = Decider(kind="trainee", initial=Trainee(), decide=decide, evolve=evolve)


def trainee_stream(id: str) -> StreamRef[Trainee, Command]:
    """Name the stream of one trainee."""
    return DECIDER.stream(id)
