"""Rows for queries: each field's requests for support, and who was referred by which."""

from collections.abc import Iterable

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
from shared.eventsourcing.projections import AnyProjection, Part, projection
from shared.signing.cloudevents import Envelope

SupportEvent = (
    SupportRequested
    | SupportOffered
    | OfferAccepted
    | OfferDeclined
    | OfferWithdrawn
    | OfferSecured
    | OfferFailed
    | SupportFulfilled
    | SupportWithdrawn
    | SupportExpired
)


def support_keys(envelope: Envelope, event: SupportEvent) -> Iterable[str]:
    yield f"{event.kejuruan}/{envelope.subject.partition('/')[2]}"


def fold_support(part: Part | None, envelope: Envelope, event: SupportEvent) -> Part | None:
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


SUPPORT_BY_FIELD = projection("support-by-field", support_keys, fold_support)
REFERRED = projection("referred", referred_keys, fold_referred, version=2)
PROJECTIONS: tuple[AnyProjection, ...] = (SUPPORT_BY_FIELD, REFERRED)
