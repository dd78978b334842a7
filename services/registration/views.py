"""Rows for queries: each intake's applications, without personal data."""

from collections.abc import Iterable

from shared.envelope import Envelope
from shared.events.base import Event
from shared.events.registration import (
    ApplicantRegistered,
    ApplicantScored,
    ApplicantWaitlisted,
    ApplicationDeclined,
    ApplicationVerified,
    SeatClaimed,
    SeatConfirmed,
    SeatLost,
    SeatOffered,
)
from shared.views import Part, View

ApplicationEvent = (
    ApplicantRegistered
    | ApplicationDeclined
    | ApplicationVerified
    | ApplicantScored
    | SeatOffered
    | ApplicantWaitlisted
    | SeatClaimed
    | SeatConfirmed
    | SeatLost
)


def application_keys(envelope: Envelope, event: ApplicationEvent) -> Iterable[str]:
    yield f"{event.intake}/{envelope.subject.partition('/')[2]}"


def fold_application(part: Part | None, envelope: Envelope, event: Event) -> Part | None:
    part = part or {}
    match event:
        case ApplicantRegistered():
            return {
                "status": "registered",
                "kejuruan": event.kejuruan,
                "kecamatan": event.kecamatan,
                "sex": event.sex,
                "age_band": event.age_band,
                "education": event.education,
                "priority": event.priority,
                "registered_at": event.registered_at.isoformat(),
                "registered_by": event.registered_by,
            }
        case ApplicationDeclined():
            return {**part, "status": "declined", "reasons": [r.rule for r in event.reasons]}
        case ApplicationVerified():
            return {**part, "status": "verified"}
        case ApplicantScored():
            return {**part, "status": "scored", "score": event.written + event.interview}
        case SeatOffered():
            return {**part, "status": "offered", "rank": event.rank}
        case ApplicantWaitlisted():
            return {**part, "status": "waitlisted", "rank": event.rank}
        case SeatClaimed():
            return {**part, "status": "claimed"}
        case SeatConfirmed():
            return {**part, "status": "confirmed"}
        case SeatLost():
            return {**part, "status": "lost"}
        case _:
            return part


VIEWS: tuple[View, ...] = (
    View(
        "applications",
        "registration.events",
        (
            ApplicantRegistered,
            ApplicationDeclined,
            ApplicationVerified,
            ApplicantScored,
            SeatOffered,
            ApplicantWaitlisted,
            SeatClaimed,
            SeatConfirmed,
            SeatLost,
        ),
        application_keys,
        fold_application,
    ),
)
