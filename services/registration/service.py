"""The registration service: what the regency's training centre (BLK Paser) runs."""

from services.registration.api import routes
from services.registration.domain import application, instructor, intake, programme, workshop
from services.registration.reactions import BLK_PASER, REACTIONS
from services.registration.views import VIEWS
from shared.events.registration import EVENTS
from shared.service import Definition

REGISTRATION = Definition(
    name="registration",
    source=BLK_PASER,
    title="BLK Paser",
    events=EVENTS,
    deciders=tuple(noun.DECIDER for noun in (programme, instructor, intake, application, workshop)),
    reactions=REACTIONS,
    views=VIEWS,
    routes=routes,
)
