"""The partners service: what the network's secretariat runs for the ministry's centres (BPVP)."""

from services.partners.api import NETWORK, routes
from services.partners.domain import partner, support
from services.partners.reactions import REACTIONS
from services.partners.views import VIEWS
from shared.events.partners import EVENTS
from shared.service import Definition

PARTNERS = Definition(
    name="partners",
    source=NETWORK,
    title="Jejaring BPVP",
    events=EVENTS,
    deciders=(partner.DECIDER, support.DECIDER),
    reactions=REACTIONS,
    views=VIEWS,
    routes=routes,
)
