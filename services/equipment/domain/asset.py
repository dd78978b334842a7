"""Asset number (nomor aset): it names one unit of one consignment, so a number is a stream."""

from collections.abc import Sequence
from typing import Annotated, assert_never

from shared.events.base import Code, Id
from shared.events.described import described
from shared.events.equipment.asset import AssetRegistered, AssetReleased
from shared.eventsourcing.decider import Command, Context, Decider, State, StreamRef
from shared.eventsourcing.refusal import Refused


class RegisterAsset(Command):
    """Take the number for a unit of the consignment."""

    consignment: Id
    item: Code


class ReleaseAsset(Command):
    """Free the number again: the consignment has no unit for it."""

    consignment: Id


AssetCommand = RegisterAsset | ReleaseAsset
AssetEvent = AssetRegistered | AssetReleased


class Asset(State):
    """The consignment and the item that a number belongs to; None while the number is free."""

    consignment: Annotated[
        str | None,
        described(
            en="the consignment that the unit came with; absent while the number is free",
            id="kiriman asal unit ini; tidak ada selama nomornya bebas",
            example="0197a3c2-5b1e-7d43-9f6a-2c8e4b7d1f05",
        ),
    ] = None
    item: Annotated[
        str | None,
        described(
            en="the item that the unit is one of", id="jenis peralatannya", example="mesin-las-smaw"
        ),
    ] = None


def decide(state: Asset, command: AssetCommand, context: Context) -> Sequence[AssetEvent]:
    match command:
        case RegisterAsset():
            if state.consignment is not None:
                raise Refused("asset-taken", field="number")
            return [AssetRegistered(consignment=command.consignment, item=command.item)]
        case ReleaseAsset():
            if state.consignment != command.consignment:
                return []
            return [AssetReleased(consignment=command.consignment)]
        case _:
            assert_never(command)


def evolve(state: Asset, event: AssetEvent) -> Asset:
    match event:
        case AssetRegistered():
            return Asset(consignment=event.consignment, item=event.item)
        case AssetReleased():
            return Asset()
        case _:
            assert_never(event)


DECIDER = Decider(kind="asset", initial=Asset(), decide=decide, evolve=evolve)


def asset_stream(id: str) -> StreamRef[Asset, AssetCommand]:
    """Name the stream of one asset number."""
    return DECIDER.stream(id)
