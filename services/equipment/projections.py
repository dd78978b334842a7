"""Rows for queries: the demand for a field, and the proposals and equipment for it."""

from collections.abc import Iterable
from typing import assert_never

from shared.events.equipment.consignment import EquipmentCommissioned
from shared.events.equipment.proposal import (
    ProposalApproved,
    ProposalRejected,
    ProposalSubmitted,
    ProposalWithdrawn,
    ReviewOverdue,
)
from shared.events.registration.application import (
    ApplicantRegistered,
    ApplicationCancelled,
    ApplicationCorrected,
    ApplicationDeclined,
    ApplicationWithdrawn,
)
from shared.events.registration.enrolment import (
    ApplicantPromoted,
    ApplicantReferred,
    ApplicantWaitlisted,
)
from shared.events.registration.placement import GraduatePlaced
from shared.eventsourcing.projections import AnyProjection, Part, projection
from shared.signing.cloudevents import Envelope

DemandEvent = (
    ApplicantRegistered
    | ApplicationCorrected
    | ApplicationDeclined
    | ApplicationWithdrawn
    | ApplicationCancelled
    | ApplicantWaitlisted
    | ApplicantPromoted
    | ApplicantReferred
    | GraduatePlaced
)
AidEvent = (
    ProposalSubmitted
    | ProposalApproved
    | ProposalRejected
    | ProposalWithdrawn
    | ReviewOverdue
    | EquipmentCommissioned
)


def demand_keys(envelope: Envelope, event: DemandEvent) -> Iterable[str]:
    """Yield the field; a correction may change the district, so that is no key."""
    yield event.kejuruan


def aid_keys(envelope: Envelope, event: AidEvent) -> Iterable[str]:
    """Yield the field."""
    yield event.kejuruan


def fold_demand(part: Part | None, envelope: Envelope, event: DemandEvent) -> Part | None:
    """Fold a part for each application and one for each graduate's placement.

    An applicant who was declined, withdrew, was referred or has lost the class is "gone" and no
    longer counts for the field.
    """
    part = {**(part or {}), "kecamatan": event.kecamatan}
    match event:
        case ApplicantRegistered():
            return {**part, "status": "applied"}
        case ApplicantWaitlisted():
            return {**part, "status": "waiting"}
        case ApplicantPromoted():
            return {**part, "status": "applied"}
        case ApplicationCorrected():
            return part
        case GraduatePlaced():
            placed = event.outcome != "none" or part.get("status") == "placed"
            return {**part, "status": "placed" if placed else "looking"}
        case (
            ApplicationDeclined()
            | ApplicationWithdrawn()
            | ApplicationCancelled()
            | ApplicantReferred()
        ):
            return {**part, "status": "gone"}
        case _:
            assert_never(event)


def fold_aid(part: Part | None, envelope: Envelope, event: AidEvent) -> Part | None:
    """Fold a part for each proposal and one for each consignment of a grant, by the same id."""
    part = dict(part or {})
    match event:
        case ProposalSubmitted():
            return {**part, "status": "open", "submitted": envelope.time.isoformat()}
        case ProposalApproved():
            return {**part, "status": "approved"}
        case ProposalRejected():
            return {**part, "status": "rejected"}
        case ProposalWithdrawn():
            # A draft that was never submitted is no proposal.
            return {**part, "status": "withdrawn"} if part else None
        case ReviewOverdue():
            return {**part, "overdue": True}
        case EquipmentCommissioned(origin="grant"):
            return part or {"commissioned": envelope.time.isoformat()}
        case EquipmentCommissioned():
            return part or None
        case _:
            assert_never(event)


DEMAND = projection("demand", demand_keys, fold_demand, version=2)
AID = projection("aid", aid_keys, fold_aid)
PROJECTIONS: tuple[AnyProjection, ...] = (DEMAND, AID)
