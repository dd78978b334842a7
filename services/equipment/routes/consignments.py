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
    """Add the routes of consignments."""

    async def allocate(request: RequestContext, body: Allocation) -> AnyDispatch:
        """Set aside for a workshop all that its proposal was granted, as one consignment."""
        command = await allocation_of(request, proposal=body.proposal, workshop=body.workshop)
        # One consignment a proposal: what was granted can't be allocated twice.
        return Dispatch(consignment_stream(body.proposal), command)

    async def on_consignment(request: RequestContext, body: Step) -> AnyDispatch:
        return Dispatch(consignment_stream(request.path["id"]), body)

    async def attach(request: RequestContext, body: AssetNumber) -> AnyDispatch:
        """Take an asset number for one unit that arrived in order and has none yet."""
        command = await registration_of(request, consignment=request.path["id"], item=body.item)
        return Dispatch(asset_stream(body.number), command)

    async def commission(request: RequestContext, body: Nothing) -> AnyDispatch:
        """Put into service all that is handed over; each unit must have its asset number."""
        return Dispatch(consignment_stream(request.path["id"]), CommissionEquipment())

    one = "/v1/consignments/{id}"
    api.command(
        "POST", "/v1/consignments", Allocation, REVIEWERS, allocate,
        "Allocate what was granted", agency=MINISTRY,
        indonesian="Alokasikan bagi satu bengkel semua yang disetujui dari usulannya, sebagai satu "
        "kiriman.",
    )  # fmt: skip
    api.command(
        "POST", f"{one}/shipments", ShipEquipment, REVIEWERS, on_consignment, "Ship",
        agency=MINISTRY,
        indonesian="Kirim unit yang dialokasikan, atau pengganti yang hilang atau dikembalikan.",
    )  # fmt: skip
    api.command(
        "POST", f"{one}/deliveries", DeliverEquipment, PARTIES, on_consignment,
        "Record a delivery",
        indonesian="Catat unit kiriman yang tiba baik, tiba rusak, atau hilang.",
    )  # fmt: skip
    api.command(
        "POST", f"{one}/returns", ReturnEquipment, OFFICERS, on_consignment,
        "Send damaged goods back",
        description="Send damaged goods back to the giver, who may ship others in their place.",
        indonesian="Kembalikan unit yang rusak kepada pemberi, yang dapat mengirim penggantinya.",
    )  # fmt: skip
    api.command(
        "POST", f"{one}/signatures", SignHandover, PARTIES, on_consignment,
        "Sign the hand-over (BAST)", act=SIGN_HANDOVER,
        description="Sign the hand-over (BAST) of the goods that arrived in order, for one's own "
        "agency.",
        indonesian="Tanda tangani BAST atas peralatan yang tiba baik, bagi instansi sendiri.",
    )  # fmt: skip
    api.command(
        "POST", f"{one}/assets", AssetNumber, PARTIES, attach, "Give a unit its asset number",
        indonesian="Beri nomor aset kepada satu unit yang tiba baik dan belum bernomor.",
    )  # fmt: skip
    api.command(
        "POST", f"{one}/commissioning", Nothing, PARTIES, commission, "Put into service",
        indonesian="Mulai pakai unit yang sudah diserahterimakan; semuanya harus bernomor aset.",
    )  # fmt: skip
    api.states(CONSIGNMENT, "/v1/consignments", STAFF)
