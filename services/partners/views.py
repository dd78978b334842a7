"""Rows for queries: each field's requests for support, and who was referred by which."""

from collections.abc import Iterable
from typing import Any

from services.partners.domain.support import DECIDER, Support
from shared.envelope import Envelope
from shared.events.partners import (
    OfferAccepted,
    OfferDeclined,
    OfferFailed,
    OfferSecured,
    OfferWithdrawn,
    SupportExpired,
    SupportFulfilled,
    SupportOffered,
    SupportRequested,
    SupportWithdrawn,
)
from shared.events.registration import ApplicantReferred
from shared.views import Part, View


def support_keys(envelope: Envelope, event: Any) -> Iterable[str]:
    yield f"{event.kejuruan}/{envelope.subject.partition('/')[2]}"


def fold_support(part: Part | None, envelope: Envelope, event: Any) -> Part | None:
    """The request as its own stream sees it."""
    earlier = Support() if part is None else Support.model_validate(part)
    return DECIDER.evolve(earlier, event).model_dump(mode="json")


def referred_keys(envelope: Envelope, event: ApplicantReferred) -> Iterable[str]:
    yield f"{event.support}/{envelope.subject.partition('/')[2]}"


def fold_referred(part: Part | None, envelope: Envelope, event: ApplicantReferred) -> Part | None:
    return {
        "partner": event.partner,
        "offer": event.offer,
        "kejuruan": event.kejuruan,
        "kecamatan": event.kecamatan,
        "education": event.education,
        "person": event.person,
        "rank": event.rank,
    }


SUPPORT_BY_FIELD = View(
    "support-by-field",
    "partners.events",
    (
        SupportRequested,
        SupportOffered,
        OfferAccepted,
        OfferDeclined,
        OfferWithdrawn,
        OfferSecured,
        OfferFailed,
        SupportFulfilled,
        SupportWithdrawn,
        SupportExpired,
    ),
    support_keys,
    fold_support,
)
REFERRED = View(
    "referred", "registration.events", (ApplicantReferred,), referred_keys, fold_referred
)
VIEWS: tuple[View, ...] = (SUPPORT_BY_FIELD, REFERRED)
