"""Rows that name the intakes that are not over."""

from collections.abc import Iterable

from shared.events.registration.intake import IntakeCancelled, IntakeCompleted, IntakeDrafted
from shared.eventsourcing.projections import AnyProjection, Part, projection
from shared.signing.cloudevents import Envelope

IntakeEvent = IntakeDrafted | IntakeCompleted | IntakeCancelled


def intake_keys(envelope: Envelope, event: IntakeEvent) -> Iterable[str]:
    yield envelope.subject.partition("/")[2]


def fold_intake(part: Part | None, envelope: Envelope, event: IntakeEvent) -> Part | None:
    return {} if isinstance(event, IntakeDrafted) else None


def intake_order(row: str, stream: str, part: Part) -> str:
    return row


CURRENT_INTAKES = projection("current-intakes", intake_keys, fold_intake, order=intake_order)
PROJECTIONS: tuple[AnyProjection, ...] = (CURRENT_INTAKES,)
