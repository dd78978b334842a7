"""Every event of the service is of exactly one of its aggregates."""

from collections import Counter

from services.equipment.service import EQUIPMENT
from shared.events.equipment import EVENTS


def test_every_event_belongs_to_one_aggregate() -> None:
    owned = Counter(event for decider in EQUIPMENT.deciders for event in decider.events)
    assert owned == Counter(EVENTS)
