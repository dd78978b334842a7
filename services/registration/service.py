"""The registration service: what the regency's training centre (BLK Paser) runs."""

from services.registration.agency import BLK_PASER
from services.registration.application.erasure import PersonErasure
from services.registration.domain import (
    certificate,
    instructor,
    person,
    placement,
    programme,
    referral,
    trainee,
    training,
    workshop,
)
from services.registration.domain.application import aggregate as application
from services.registration.domain.intake import aggregate as intake
from services.registration.policies import POLICIES
from services.registration.projections.applications import PROJECTIONS
from services.registration.routes import routes
from services.registration.worklist import TASKS
from shared.events.registration import EVENTS, TOPIC
from shared.runtime.definition import Definition

NOUNS = (
    programme,
    instructor,
    intake,
    application,
    trainee,
    person,
    referral,
    training,
    certificate,
    placement,
    workshop,
)

REGISTRATION = Definition(
    name="registration",
    topic=TOPIC,
    source=BLK_PASER,
    title="BLK Paser",
    events=EVENTS,
    deciders=tuple(noun.DECIDER for noun in NOUNS),
    policies=POLICIES,
    projections=PROJECTIONS,
    worklist=TASKS,
    routes=routes,
    erasure=PersonErasure,
)
