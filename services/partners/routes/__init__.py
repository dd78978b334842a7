"""Routes of the partners service, a file each for a noun."""

from services.partners.routes import agreements, alignments, partners, support
from shared.web.resources import Resources
from shared.web.router import Api


def routes(service: Resources, api: Api) -> None:
    """Add every route of the service."""
    partners.routes(api)
    agreements.routes(api)
    support.routes(service, api)
    alignments.routes(api)
