"""Consignments: allocated and shipped by the ministry, handed over, numbered, put into service."""

from typing import Annotated

from services.equipment.agency import MINISTRY
from services.equipment.application.allocation import allocation_of
from services.equipment.application.numbering import registration_of
from services.equipment.domain.asset import asset_stream
from services.equipment.domain.consignment.aggregate import DECIDER as CONSIGNMENT
from services.equipment.domain.consignment.aggregate import (
    CommissionEquipment,
    DeliverEquipment,
    ReturnEquipment,
    ShipEquipment,
    SignHandover,
    consignment_stream,
)
from services.equipment.routes.access import OFFICERS, PARTIES, REVIEWERS
from services.equipment.routes.assets import AssetNumber
from shared.events.acts import SIGN_HANDOVER
from shared.events.base import Id, Text
from shared.events.described import described
from shared.eventsourcing.decider import Command
from shared.eventsourcing.policies import AnyDispatch, Dispatch
from shared.web.authentication import STAFF
from shared.web.request_context import RequestContext
from shared.web.responses import Nothing
from shared.web.router import Api

# Bodies that are the consignment's commands as they are.
Step = ShipEquipment | DeliverEquipment | ReturnEquipment | SignHandover


class Allocation(Command):
    """The approved proposal whose goods are set aside, and the workshop that gets them."""

    proposal: Annotated[Id, described(en="the approved proposal", id="usulan yang disetujui")]
    workshop: Annotated[
        Text,
        described(
            en="the workshop that gets the goods",
            id="bengkel penerima",
            example="Bengkel las, BLK Paser",
        ),
    ]


def routes(api: Api) -> None:
    async def allocate(request: RequestContext, body: Allocation) -> AnyDispatch:
        command = await allocation_of(request, proposal=body.proposal, workshop=body.workshop)
        # One consignment a proposal: what was granted can't be allocated twice.
        return Dispatch(consignment_stream(body.proposal), command)

    async def on_consignment(request: RequestContext, body: Step) -> AnyDispatch:
        return Dispatch(consignment_stream(request.path["id"]), body)

    async def attach(request: RequestContext, body: AssetNumber) -> AnyDispatch:
        command = await registration_of(request, consignment=request.path["id"], item=body.item)
        return Dispatch(asset_stream(body.number), command)

    async def commission(request: RequestContext, body: Nothing) -> AnyDispatch:
        return Dispatch(consignment_stream(request.path["id"]), CommissionEquipment())

    one = "/v1/consignments/{id}"
    api.command(
        "POST", "/v1/consignments", Allocation, REVIEWERS, allocate,
        "Allocate what was granted", agency=MINISTRY,
    )  # fmt: skip
    api.command(
        "POST", f"{one}/shipments", ShipEquipment, REVIEWERS, on_consignment, "Ship",
        agency=MINISTRY,
    )  # fmt: skip
    api.command(
        "POST", f"{one}/deliveries", DeliverEquipment, PARTIES, on_consignment,
        "Record a delivery",
    )  # fmt: skip
    api.command(
        "POST", f"{one}/returns", ReturnEquipment, OFFICERS, on_consignment,
        "Send damaged goods back",
    )  # fmt: skip
    api.command(
        "POST", f"{one}/signatures", SignHandover, PARTIES, on_consignment,
        "Sign the hand-over (BAST)", act=SIGN_HANDOVER,
    )  # fmt: skip
    api.command(
        "POST", f"{one}/assets", AssetNumber, PARTIES, attach, "Give a unit its asset number"
    )
    api.command("POST", f"{one}/commissioning", Nothing, PARTIES, commission, "Put into service")
    api.states(CONSIGNMENT, "/v1/consignments", STAFF)
