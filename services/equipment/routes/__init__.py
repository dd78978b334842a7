"""Routes of the equipment service, a file each for a noun."""

from services.equipment.routes import assets, consignments, figures, proposals
from shared.web.resources import Resources
from shared.web.router import Api


def routes(service: Resources, api: Api) -> None:
    """Add every route of the service."""
    proposals.routes(service, api)
    consignments.routes(api)
    assets.routes(api)
    figures.routes(service, api)
