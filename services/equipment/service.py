"""The equipment service, which the ministry (Kemenaker) runs."""

from services.equipment.agency import MINISTRY
from services.equipment.domain import asset
from services.equipment.domain.consignment import aggregate as consignment
from services.equipment.domain.proposal import aggregate as proposal
from services.equipment.policies import POLICIES
from services.equipment.projections import PROJECTIONS
from services.equipment.routes import routes
from services.equipment.worklist import TASKS
from shared.events.equipment import EVENTS, TOPIC
from shared.runtime.definition import Definition

EQUIPMENT = Definition(
    name="equipment",
    topic=TOPIC,
    source=MINISTRY,
    title="Kemenaker",
    events=EVENTS,
    deciders=(proposal.DECIDER, consignment.DECIDER, asset.DECIDER),
    policies=POLICIES,
    projections=PROJECTIONS,
    worklist=TASKS,
    routes=routes,
)
