"""Workshops: report what is broken, repaired or gone. A workshop's id is its field."""

from services.registration.agency import BLK_PASER
from services.registration.domain.workshop import DECIDER as WORKSHOP
from services.registration.domain.workshop import (
    ReportBroken,
    ReportRepaired,
    WithdrawEquipment,
    workshop_stream,
)
from services.registration.routes.access import ANYBODY, OFFICERS
from shared.eventsourcing.decider import Command
from shared.eventsourcing.policies import AnyDispatch, Dispatch
from shared.web.request_context import RequestContext
from shared.web.resources import Resources
from shared.web.router import Api


def routes(service: Resources, api: Api) -> None:
    """Add the routes of workshops."""

    async def on_workshop(request: RequestContext, body: Command) -> AnyDispatch:
        return Dispatch(workshop_stream(request.path["id"]), body)

    one = "/v1/workshops/{id}"
    commands = (
        ("broken", ReportBroken, "Equipment does not work"),
        ("repaired", ReportRepaired, "Equipment works again"),
        ("withdrawn", WithdrawEquipment, "Equipment is gone for good"),
    )
    for path, body, summary in commands:
        api.command("POST", f"{one}/{path}", body, OFFICERS, on_workshop, summary, agency=BLK_PASER)
    api.states(WORKSHOP, "/v1/workshops", ANYBODY)
