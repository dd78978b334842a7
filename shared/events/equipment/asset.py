"""Events of an asset number."""

from shared.events.base import Code, Id
from shared.events.equipment.owner import EquipmentEvent


class AssetRegistered(EquipmentEvent):
    """An asset number is taken, by this unit."""

    consignment: Id
    item: Code


class AssetReleased(EquipmentEvent):
    """An asset number is free again."""

    consignment: Id
