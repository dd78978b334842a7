"""Rows for figures: what graduates do, beside their applications."""

from collections.abc import Iterable

from shared.events.registration.placement import GraduatePlaced
from shared.eventsourcing.projections import AnyProjection, Part, projection
from shared.signing.cloudevents import Envelope


def placement_keys(envelope: Envelope, event: GraduatePlaced) -> Iterable[str]:
    yield f"{event.intake}/{event.application}"


def fold_placement(part: Part | None, envelope: Envelope, event: GraduatePlaced) -> Part | None:
    """Whoever had work in one of the two months was placed."""
    earlier = part or {"placed": False}
    outcomes = {**earlier, str(event.months): event.outcome}
    return {**outcomes, "placed": bool(earlier["placed"]) or event.outcome != "none"}


PLACEMENTS = projection("placements", placement_keys, fold_placement)
PROJECTIONS: tuple[AnyProjection, ...] = (PLACEMENTS,)
