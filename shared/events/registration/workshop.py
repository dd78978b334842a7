"""Events of a workshop (bengkel) of one field."""

from shared.events.base import Code, Id
from shared.events.registration.owner import RegistrationEvent
from shared.events.values import Item, Kejuruan, Origin


class WorkshopEquipped(RegistrationEvent):
    """Commissioned equipment stands in the field's workshop (bengkel)."""

    kejuruan: Kejuruan
    items: tuple[Item, ...]
    origin: Origin
    consignment: Id


class IntakeAwaited(RegistrationEvent):
    """A class needs this equipment in the workshop before it can start."""

    kejuruan: Kejuruan
    intake: Id
    needs: tuple[Item, ...]


class IntakeServed(RegistrationEvent):
    """A class no longer needs the workshop."""

    kejuruan: Kejuruan
    intake: Id


class WorkshopReady(RegistrationEvent):
    """The workshop has all that these classes need; the equipment is shared, not used up."""

    kejuruan: Kejuruan
    intakes: tuple[Id, ...]


class WorkshopUnready(RegistrationEvent):
    """The workshop no longer has all that these classes need."""

    kejuruan: Kejuruan
    intakes: tuple[Id, ...]
    missing: tuple[Item, ...]


class EquipmentBroken(RegistrationEvent):
    """Equipment of the workshop does not work."""

    kejuruan: Kejuruan
    items: tuple[Item, ...]


class EquipmentRepaired(RegistrationEvent):
    """Equipment of the workshop works again."""

    kejuruan: Kejuruan
    items: tuple[Item, ...]


class EquipmentWithdrawn(RegistrationEvent):
    """Equipment left the workshop for good: given back, or written off."""

    kejuruan: Kejuruan
    items: tuple[Item, ...]
    reason: Code
