"""Rows for figures: what graduates do, beside their applications."""

from collections.abc import Iterable

from shared.events.registration.placement import GraduatePlaced
from shared.eventsourcing.projections import Part, View
from shared.signing.cloudevents import Envelope


def placement_keys(envelope: Envelope, event: GraduatePlaced) -> Iterable[str]:
    yield f"{event.intake}/{event.application}"


def fold_placement(part: Part | None, envelope: Envelope, event: GraduatePlaced) -> Part | None:
    """Whoever had work in one of the two months was placed."""
    earlier = part or {"placed": False}
    outcomes = {**earlier, str(event.months): event.outcome}
    return {**outcomes, "placed": bool(earlier["placed"]) or event.outcome != "none"}


PLACEMENTS = View(
    "placements", "registration.events", (GraduatePlaced,), placement_keys, fold_placement
)
VIEWS: tuple[View, ...] = (PLACEMENTS,)
