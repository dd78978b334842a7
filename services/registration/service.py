"""The registration service: what the regency's training centre (BLK Paser) runs."""

from services.registration.agency import BLK_PASER
from services.registration.api import routes
from services.registration.domain import (
    application,
    certificate,
    instructor,
    intake,
    person,
    placement,
    programme,
    referral,
    trainee,
    training,
    workshop,
)
from services.registration.erasure import PersonErasure
from services.registration.inbox import WAITS
from services.registration.reactions import REACTIONS
from services.registration.views import VIEWS
from shared.events.registration import EVENTS
from shared.service import Definition

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
    source=BLK_PASER,
    title="BLK Paser",
    events=EVENTS,
    deciders=tuple(noun.DECIDER for noun in NOUNS),
    reactions=REACTIONS,
    views=VIEWS,
    inbox=WAITS,
    routes=routes,
    erasure=PersonErasure,
)
