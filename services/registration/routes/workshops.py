"""Workshops: report what is broken, repaired or gone. A workshop's id is its field."""

from services.registration.domain.workshop import DECIDER as WORKSHOP
from services.registration.domain.workshop import (
    ReportBroken,
    ReportRepaired,
    WithdrawEquipment,
    WorkshopCommand,
    workshop_stream,
)
from services.registration.routes.access import ANYBODY, add_command
from shared.eventsourcing.policies import AnyDispatch, Dispatch
from shared.web.request_context import RequestContext
from shared.web.resources import Resources
from shared.web.router import Api


def routes(service: Resources, api: Api) -> None:
    """Add the routes of workshops."""

    async def on_workshop(request: RequestContext, body: WorkshopCommand) -> AnyDispatch:
        return Dispatch(workshop_stream(request.path["id"]), body)

    one = "/v1/workshops/{id}"
    add_command(
        api, f"{one}/broken", ReportBroken, on_workshop, "Report broken equipment",
        indonesian="Laporkan peralatan yang rusak.",
    )  # fmt: skip
    add_command(
        api, f"{one}/repaired", ReportRepaired, on_workshop, "Report repaired equipment",
        indonesian="Laporkan peralatan yang sudah berfungsi lagi.",
    )  # fmt: skip
    add_command(
        api, f"{one}/withdrawn", WithdrawEquipment, on_workshop, "Withdraw equipment for good",
        indonesian="Keluarkan peralatan dari bengkel untuk selamanya; yang rusak lebih dahulu.",
    )  # fmt: skip
    api.states(WORKSHOP, "/v1/workshops", ANYBODY)
