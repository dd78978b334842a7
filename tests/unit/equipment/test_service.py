"""Every event of the service is of exactly one of its aggregates."""

from collections import Counter
from typing import get_args

from services.equipment.routes.figures import FormatQuery
from services.equipment.service import EQUIPMENT
from shared.events.equipment import EVENTS
from shared.web.export import FORMATS


def test_every_event_belongs_to_one_aggregate() -> None:
    owned = Counter(event for decider in EQUIPMENT.deciders for event in decider.events)
    assert owned == Counter(EVENTS)


def test_the_figures_name_the_formats_that_there_are() -> None:
    assert get_args(FormatQuery.model_fields["format"].annotation) == FORMATS
