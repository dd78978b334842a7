"""Rows for queries: each field's requests for support, and who was referred by which."""

from collections.abc import Iterable
from typing import Any

from services.partners.domain.support.aggregate import DECIDER, Support
from shared.events.partners.support import (
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
from shared.events.registration.enrolment import ApplicantErased, ApplicantReferred
from shared.eventsourcing.projections import Part, View
from shared.signing.cloudevents import Envelope


def support_keys(envelope: Envelope, event: Any) -> Iterable[str]:
    yield f"{event.kejuruan}/{envelope.subject.partition('/')[2]}"


def fold_support(part: Part | None, envelope: Envelope, event: Any) -> Part | None:
    """The request as its own stream sees it."""
    earlier = Support() if part is None else Support.model_validate(part)
    return DECIDER.evolve(earlier, event).model_dump(mode="json")


def referred_keys(envelope: Envelope, event: ApplicantReferred | ApplicantErased) -> Iterable[str]:
    if event.support is not None:
        yield f"{event.support}/{envelope.subject.partition('/')[2]}"


def fold_referred(
    part: Part | None, envelope: Envelope, event: ApplicantReferred | ApplicantErased
) -> Part | None:
    """Who was erased is no longer among them."""
    if isinstance(event, ApplicantErased):
        return None
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
    "referred",
    "registration.events",
    (ApplicantReferred, ApplicantErased),
    referred_keys,
    fold_referred,
    version=2,
)
VIEWS: tuple[View, ...] = (SUPPORT_BY_FIELD, REFERRED)
