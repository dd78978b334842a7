"""The partners service: what the network's secretariat runs for the ministry's centres (BPVP)."""

from services.partners.agency import NETWORK
from services.partners.api import routes
from services.partners.domain import agreement, alignment, instructor, partner, support
from services.partners.inbox import WAITS
from services.partners.reactions import REACTIONS
from services.partners.views import VIEWS
from shared.events.partners import EVENTS
from shared.service import Definition

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
