"""Events of a consignment: equipment under way to a workshop."""

from typing import Annotated

from pydantic import Field

from shared.events.base import Code, Id, Text
from shared.events.equipment.owner import EquipmentEvent
from shared.events.equipment.values import Asset, Delivered
from shared.events.values import Agency, Attestation, Flag, Item, Kejuruan, Origin, Prose


class EquipmentAllocated(EquipmentEvent):
    """The ministry sets the granted goods aside for a workshop (hibah BMN)."""

    proposal: Id
    kejuruan: Kejuruan
    workshop: Text
    giver: Agency
    receiver: Agency
    items: tuple[Item, ...]


class EquipmentShipped(EquipmentEvent):
    """Goods are on their way."""

    kejuruan: Kejuruan
    items: tuple[Item, ...]


class EquipmentDelivered(EquipmentEvent):
    """Goods arrived; delivered is not yet accepted."""

    kejuruan: Kejuruan
    items: tuple[Delivered, ...]


class HandoverSigned(EquipmentEvent):
    """One of the two sides signed the hand-over (BAST) of the goods that arrived in order."""

    agency: Agency
    signer: Text
    bast: Text | None = None
    items: tuple[Item, ...]
    complete: Annotated[Flag, Field(description="whether both sides have now signed")]
    attestation: Attestation | None = None


class EquipmentReturned(EquipmentEvent):
    """Damaged goods go back to the giver, who may ship others in their place."""

    kejuruan: Kejuruan
    items: tuple[Item, ...]
    reason: Prose


class AssetAttached(EquipmentEvent):
    """A unit of the consignment has its asset number."""

    asset: Asset


class AssetRejected(EquipmentEvent):
    """There is no unit of the consignment left for this asset number."""

    asset: Asset


class EquipmentCommissioned(EquipmentEvent):
    """The goods work in the workshop: granted by the ministry, or lent by a partner's support."""

    kejuruan: Kejuruan
    receiver: Agency
    items: tuple[Item, ...]
    origin: Origin
    proposal: Id | None = None
    partner: Code | None = None
    assets: tuple[Asset, ...] = ()
