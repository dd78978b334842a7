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
from shared.http import Api
from shared.service import Service

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


def routes(service: Service, api: Api) -> None:
    for part in PARTS:
        part.routes(service, api)
