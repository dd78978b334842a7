"""Events of an asset number."""

from shared.events.base import Code, Event, Id


class AssetRegistered(Event):
    """An asset number is taken, by this unit."""

    consignment: Id
    item: Code


class AssetReleased(Event):
    """An asset number is free again."""

    consignment: Id
