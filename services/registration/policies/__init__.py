"""The training centre's policies: its commands that follow on events, its own and others'."""

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
from shared.eventsourcing.policies import AnyPolicy

POLICIES: tuple[AnyPolicy, ...] = (
    *programmes.POLICIES,
    *instructors.POLICIES,
    *intakes.POLICIES,
    *workshops.POLICIES,
    *applications.POLICIES,
    *trainees.POLICIES,
    *referrals.POLICIES,
    *trainings.POLICIES,
    *persons.POLICIES,
)
