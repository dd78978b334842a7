"""Asset number (nomor aset): it names one unit of one consignment, so a number is a stream."""

from collections.abc import Sequence

from shared.events.base import Code, Event, Id
from shared.events.equipment.asset import AssetRegistered, AssetReleased
from shared.eventsourcing.decider import Command, Context, Decider, State, StreamRef
from shared.eventsourcing.refusal import Refused, unexpected


class RegisterAsset(Command):
    """Take the number for a unit of the consignment."""

    consignment: Id
    item: Code


class ReleaseAsset(Command):
    """The consignment has no unit for the number after all."""

    consignment: Id


class Asset(State):
    consignment: str | None = None
    item: str | None = None


def decide(state: Asset, command: Command, context: Context) -> Sequence[Event]:
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
            raise unexpected(command)


def evolve(state: Asset, event: Event) -> Asset:
    match event:
        case AssetRegistered():
            return Asset(consignment=event.consignment, item=event.item)
        case AssetReleased():
            return Asset()
        case _:
            return state


DECIDER = Decider(kind="asset", initial=Asset(), decide=decide, evolve=evolve)


def asset_stream(id: str) -> StreamRef[Asset, Command]:
    """Name the stream of one asset."""
    return DECIDER.stream(id)
