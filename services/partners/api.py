"""The network's routes: members, agreements, support, alignment."""

from services.partners.agency import NETWORK
from services.partners.routes import agreements, alignments, partners, support
from shared.web.resources import Resources
from shared.web.router import Api

__all__ = ["NETWORK", "routes"]

PARTS = (partners, agreements, support, alignments)


def routes(service: Resources, api: Api) -> None:
    for part in PARTS:
        part.routes(service, api)
