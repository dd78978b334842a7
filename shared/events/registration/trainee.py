"""Events of a trainee: a person attends one training at a time."""

from shared.events.base import Id
from shared.events.registration.owner import RegistrationEvent
from shared.events.values import Flag


class TrainingReserved(RegistrationEvent):
    """The person takes part in this training and can't in another at the same time."""

    intake: Id
    application: Id


class TrainingRefused(RegistrationEvent):
    """The person takes part in another training already."""

    intake: Id
    application: Id
    running: Id


class TrainingReleased(RegistrationEvent):
    """The person's training is over, or did not come about."""

    intake: Id
    application: Id
    completed: Flag
