"""The owner of these events: its service, its topic, and the base of its events."""

from typing import Final

from shared.events.base import Event, Topic

SERVICE: Final = "equipment"
TOPIC: Final = Topic("equipment.events")


class EquipmentEvent(Event):
    """An event of the equipment service, published on its topic."""

    published_on = TOPIC
