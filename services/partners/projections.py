"""Rows for queries: support by field, the referred applicants, the partner of an agency."""

from collections.abc import Iterable
from typing import assert_never

from services.partners.domain.support.state import Support, SupportEvent, evolve
from shared.events.partners.partner import PartnerRegistered
from shared.events.registration.enrolment import ApplicantErased, ApplicantReferred
from shared.eventsourcing.projections import AnyProjection, Part, projection
from shared.signing.cloudevents import Envelope

ReferredEvent = ApplicantReferred | ApplicantErased


def support_keys(envelope: Envelope, event: SupportEvent) -> Iterable[str]:
    """Yield `<field>/<request>`."""
    yield f"{event.kejuruan}/{envelope.subject.partition('/')[2]}"


def fold_support(part: Part | None, envelope: Envelope, event: SupportEvent) -> Part | None:
    """Fold the request as its own stream does."""
    earlier = Support() if part is None else Support.model_validate(part)
    return evolve(earlier, event).model_dump(mode="json")


def referred_keys(envelope: Envelope, event: ReferredEvent) -> Iterable[str]:
    """Yield `<request>/<application>`."""
    if event.support is not None:
        yield f"{event.support}/{envelope.subject.partition('/')[2]}"


def fold_referred(part: Part | None, envelope: Envelope, event: ReferredEvent) -> Part | None:
    """Fold a row for each referred applicant, which an erasure takes away."""
    match event:
        case ApplicantReferred():
            return {
                "partner": event.partner,
                "offer": event.offer,
                "kejuruan": event.kejuruan,
                "kecamatan": event.kecamatan,
                "education": event.education,
                "person": event.person,
                "rank": event.rank,
            }
        case ApplicantErased():
            return None
        case _:
            assert_never(event)


def agency_keys(envelope: Envelope, event: PartnerRegistered) -> Iterable[str]:
    """Yield the agency for which the partner's officers act; it never changes."""
    yield event.agency


def fold_agency(part: Part | None, envelope: Envelope, event: PartnerRegistered) -> Part | None:
    return {}


SUPPORT_BY_FIELD = projection("support-by-field", support_keys, fold_support)
REFERRED = projection("referred", referred_keys, fold_referred, version=2)
PARTNER_AGENCIES = projection("partner-agencies", agency_keys, fold_agency)
PROJECTIONS: tuple[AnyProjection, ...] = (SUPPORT_BY_FIELD, REFERRED, PARTNER_AGENCIES)
