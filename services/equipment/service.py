"""The equipment service: what the ministry (Kemenaker) runs."""

from services.equipment.api import MINISTRY, routes
from services.equipment.domain import consignment, proposal
from services.equipment.reactions import REACTIONS
from services.equipment.views import VIEWS
from shared.events.equipment import EVENTS
from shared.service import Definition

EQUIPMENT = Definition(
    name="equipment",
    source=MINISTRY,
    title="Kemenaker",
    events=EVENTS,
    deciders=(proposal.DECIDER, consignment.DECIDER),
    reactions=REACTIONS,
    views=VIEWS,
    routes=routes,
)
