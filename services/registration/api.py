"""The training centre's routes: who may ask for what, and which stream decides."""

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
    for part in PARTS:
        part.routes(service, api)
