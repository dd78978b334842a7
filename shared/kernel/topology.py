"""Topology: the facts that all services know of each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shared.events import delivery, keys
from shared.events.base import Catalogue, Event, Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """One service as others see it: its topic, and the URN of the agency that runs it."""

    service: str
    topic: Topic
    source: str
    events: Sequence[type[Event]]


@dataclass(frozen=True)
class Topology:
    """The published language of all services, and the agencies that own each topic."""

    catalogue: Catalogue
    owners: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, owners: Sequence[Owner]) -> "Topology":
        """Make the topology of these services, the keys' topic included."""
        events = {owner.service: (*owner.events, *delivery.EVENTS) for owner in owners}
        return cls(
            Catalogue({**events, keys.SERVICE: keys.EVENTS}),
            {owner.topic: frozenset({owner.source}) for owner in owners},
        )
