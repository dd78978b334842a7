"""The equipment service: what the ministry (Kemenaker) runs."""

from services.equipment.agency import MINISTRY
from services.equipment.api import routes
from services.equipment.domain import asset, consignment, proposal
from services.equipment.inbox import WAITS
from services.equipment.reactions import REACTIONS
from services.equipment.views import VIEWS
from shared.events.equipment import EVENTS
from shared.service import Definition

EQUIPMENT = Definition(
    name="equipment",
    source=MINISTRY,
    title="Kemenaker",
    events=EVENTS,
    deciders=(proposal.DECIDER, consignment.DECIDER, asset.DECIDER),
    reactions=REACTIONS,
    views=VIEWS,
    inbox=WAITS,
    routes=routes,
)
