"""The equipment service: what the ministry (Kemenaker) runs."""

from services.equipment.agency import MINISTRY
from services.equipment.api import routes
from services.equipment.domain import asset
from services.equipment.domain.consignment import aggregate as consignment
from services.equipment.domain.proposal import aggregate as proposal
from services.equipment.policies import REACTIONS
from services.equipment.projections import VIEWS
from services.equipment.worklist import WAITS
from shared.events.equipment import EVENTS
from shared.runtime.service import Definition

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
