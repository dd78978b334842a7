"""The owner of these events: its service, its topic, and the base of its events."""

from typing import Final

from shared.events.base import Event, Topic

SERVICE: Final = "registration"
TOPIC: Final = Topic("registration.events")


class RegistrationEvent(Event):
    """An event of the registration service, published on its topic."""

    published_on = TOPIC
