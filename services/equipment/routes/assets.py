"""Asset numbers: many from a table, and the unit that each belongs to."""

from typing import Annotated

from services.equipment.application.numbering import registration_of
from services.equipment.domain.asset import DECIDER as ASSET
from services.equipment.domain.asset import asset_stream
from services.equipment.routes.access import PARTIES
from shared.events.base import Id
from shared.events.described import described
from shared.events.equipment.values import AssetId, ItemCode
from shared.eventsourcing.decider import Command
from shared.eventsourcing.policies import AnyDispatch, Dispatch
from shared.web.authentication import STAFF
from shared.web.request_context import RequestContext
from shared.web.router import Api


class AssetNumber(Command):
    """The asset number (nomor aset) of one unit of the item."""

    item: ItemCode
    number: AssetId


class AssetRow(AssetNumber):
    """A row of a table: the asset number of one unit of an item of the consignment."""

    consignment: Annotated[
        Id, described(en="the consignment that the unit came with", id="kiriman asal unit ini")
    ]


def routes(api: Api) -> None:
    """Add the routes of asset numbers."""

    async def attach(request: RequestContext, body: AssetRow) -> AnyDispatch:
        command = await registration_of(request, consignment=body.consignment, item=body.item)
        return Dispatch(asset_stream(body.number), command)

    api.importable("assets", AssetRow, PARTIES, attach)
    api.states(ASSET, "/v1/assets", STAFF)
