"""The owner of these events: its service, its topic, and the base of its events."""

from typing import Final

from shared.events.base import Event, Topic

SERVICE: Final = "partners"
TOPIC: Final = Topic("partners.events")


class PartnersEvent(Event):
    """An event of the partners service, published on its topic."""

    published_on = TOPIC
