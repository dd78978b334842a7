"""The partners service: what the network's secretariat runs for the ministry's centres (BPVP)."""

from services.partners.agency import NETWORK
from services.partners.api import routes
from services.partners.domain import agreement, alignment, instructor, partner
from services.partners.domain.support import aggregate as support
from services.partners.policies import REACTIONS
from services.partners.projections import VIEWS
from services.partners.worklist import WAITS
from shared.events.partners import EVENTS
from shared.runtime.service import Definition

PARTNERS = Definition(
    name="partners",
    source=NETWORK,
    title="Jejaring BPVP",
    events=EVENTS,
    deciders=tuple(noun.DECIDER for noun in (partner, instructor, agreement, support, alignment)),
    reactions=REACTIONS,
    views=VIEWS,
    inbox=WAITS,
    routes=routes,
)
