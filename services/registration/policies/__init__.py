"""What the training centre does on events, its own and other agencies'."""

from services.registration.policies import (
    applications,
    instructors,
    intakes,
    persons,
    programmes,
    referrals,
    trainees,
    trainings,
    workshops,
)
from shared.eventsourcing.policies import Reaction

REACTIONS: tuple[Reaction, ...] = (
    *programmes.REACTIONS,
    *instructors.REACTIONS,
    *intakes.REACTIONS,
    *workshops.REACTIONS,
    *applications.REACTIONS,
    *trainees.REACTIONS,
    *referrals.REACTIONS,
    *trainings.REACTIONS,
    *persons.REACTIONS,
)
