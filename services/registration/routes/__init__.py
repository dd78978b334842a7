"""Routes of the training centre: who may ask for what, and which use case carries it out."""

from services.registration.routes import (
    applications,
    certificates,
    figures,
    follow,
    instructors,
    intakes,
    persons,
    placements,
    programmes,
    trainings,
    workshops,
)
from shared.web.resources import Resources
from shared.web.router import Api

PARTS = (
    programmes,
    instructors,
    intakes,
    workshops,
    applications,
    follow,
    trainings,
    certificates,
    placements,
    persons,
    figures,
)


def routes(service: Resources, api: Api) -> None:
    """Add all routes of the training centre."""
    for part in PARTS:
        part.routes(service, api)
