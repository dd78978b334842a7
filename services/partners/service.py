"""The partners service, which the network's secretariat runs for the ministry's centres (BPVP)."""

from services.partners.agency import NETWORK
from services.partners.domain import agreement, alignment, instructor, partner
from services.partners.domain.support import aggregate as support
from services.partners.policies import POLICIES
from services.partners.projections import PROJECTIONS
from services.partners.routes import routes
from services.partners.worklist import TASKS
from shared.events.partners import EVENTS, TOPIC
from shared.runtime.definition import Definition

PARTNERS = Definition(
    name="partners",
    topic=TOPIC,
    source=NETWORK,
    title="Jejaring BPVP",
    events=EVENTS,
    deciders=(
        partner.DECIDER,
        instructor.DECIDER,
        agreement.DECIDER,
        support.DECIDER,
        alignment.DECIDER,
    ),
    policies=POLICIES,
    projections=PROJECTIONS,
    worklist=TASKS,
    routes=routes,
)
