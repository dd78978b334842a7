"""Events of a workshop (bengkel) of one field."""

from shared.events.base import Code, Event, Id
from shared.events.values import Item, Kejuruan, Origin


class WorkshopEquipped(Event):
    """Commissioned equipment stands in the field's workshop (bengkel)."""

    kejuruan: Kejuruan
    items: tuple[Item, ...]
    origin: Origin
    consignment: Id


class IntakeAwaited(Event):
    """A class needs this equipment in the workshop before it can start."""

    kejuruan: Kejuruan
    intake: Id
    needs: tuple[Item, ...]


class IntakeServed(Event):
    """A class no longer needs the workshop."""

    kejuruan: Kejuruan
    intake: Id


class WorkshopReady(Event):
    """The workshop has all that these classes need; the equipment is shared, not used up."""

    kejuruan: Kejuruan
    intakes: tuple[Id, ...]


class WorkshopUnready(Event):
    """The workshop no longer has all that these classes need."""

    kejuruan: Kejuruan
    intakes: tuple[Id, ...]
    missing: tuple[Item, ...]


class EquipmentBroken(Event):
    """Equipment of the workshop does not work."""

    kejuruan: Kejuruan
    items: tuple[Item, ...]


class EquipmentRepaired(Event):
    """Equipment of the workshop works again."""

    kejuruan: Kejuruan
    items: tuple[Item, ...]


class EquipmentWithdrawn(Event):
    """Equipment left the workshop for good: given back, or written off."""

    kejuruan: Kejuruan
    items: tuple[Item, ...]
    reason: Code
