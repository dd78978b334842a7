"""Rows for queries: each field's requests for support and how far they are."""

from collections.abc import Iterable

from services.partners.domain.support import DECIDER, Support
from shared.envelope import Envelope
from shared.events.partners import (
    OfferAccepted,
    OfferDeclined,
    SupportExpired,
    SupportFulfilled,
    SupportOffered,
    SupportRequested,
)
from shared.views import Part, View

SupportEvent = (
    SupportRequested
    | SupportOffered
    | OfferAccepted
    | OfferDeclined
    | SupportFulfilled
    | SupportExpired
)


def support_keys(envelope: Envelope, event: SupportEvent) -> Iterable[str]:
    yield f"{event.kejuruan}/{envelope.subject.partition('/')[2]}"


def fold_support(part: Part | None, envelope: Envelope, event: SupportEvent) -> Part | None:
    """The request as its own stream sees it."""
    earlier = Support() if part is None else Support.model_validate(part)
    return DECIDER.evolve(earlier, event).model_dump(mode="json")


VIEWS: tuple[View, ...] = (
    View(
        "support-by-field",
        "partners.events",
        (
            SupportRequested,
            SupportOffered,
            OfferAccepted,
            OfferDeclined,
            SupportFulfilled,
            SupportExpired,
        ),
        support_keys,
        fold_support,
    ),
)
