"""Rows for queries: each intake's applications, and each account's; without personal data."""

from collections.abc import Iterable

from services.registration.domain.application.eligibility import failures
from services.registration.projections.figures import PROJECTIONS as FIGURES
from services.registration.projections.intakes import PROJECTIONS as INTAKES
from services.registration.projections.retention import PROJECTIONS as RETENTION
from shared.events.base import Event
from shared.events.registration.application import (
    ApplicantRegistered,
    ApplicantScored,
    ApplicationCancelled,
    ApplicationCorrected,
    ApplicationDeclined,
    ApplicationVerified,
    ApplicationWithdrawn,
    CorrectionRequested,
    DocumentAttached,
    ScheduleChanged,
)
from shared.events.registration.enrolment import (
    ApplicantCertified,
    ApplicantErased,
    ApplicantPromoted,
    ApplicantReferred,
    ApplicantWaitlisted,
    SeatClaimed,
    SeatConfirmed,
    SeatLost,
    SeatOffered,
    TrainingFinished,
)
from shared.events.values import wita_day
from shared.eventsourcing.projections import AnyProjection, Part, projection
from shared.signing.cloudevents import Envelope

ApplicationEvent = (
    ApplicantRegistered
    | ApplicationCorrected
    | DocumentAttached
    | CorrectionRequested
    | ApplicationDeclined
    | ApplicationVerified
    | ApplicantScored
    | SeatOffered
    | ApplicantWaitlisted
    | ApplicantPromoted
    | SeatClaimed
    | SeatConfirmed
    | SeatLost
    | ApplicationWithdrawn
    | ApplicationCancelled
    | ScheduleChanged
    | ApplicantReferred
    | TrainingFinished
    | ApplicantCertified
    | ApplicantErased
)


def application_keys(envelope: Envelope, event: ApplicationEvent) -> Iterable[str]:
    yield f"{event.intake}/{envelope.subject.partition('/')[2]}"


def fold_application(part: Part | None, envelope: Envelope, event: Event) -> Part | None:
    part = part or {}
    match event:
        case ApplicantRegistered():
            return {
                "status": "registered",
                "programme": event.programme,
                "kejuruan": event.kejuruan,
                "registered_at": event.registered_at.isoformat(),
                "period": f"{wita_day(event.registered_at):%Y-%m}",
                "registered_by": event.registered_by,
                "accepted": False,
                "finished": False,
                "certified": False,
                **_data(event),
            }
        case ApplicationCorrected():
            return {**part, "status": "registered", **_data(event)}
        case DocumentAttached():
            return {**part, "status": "registered"}
        case ApplicationDeclined():
            return {**part, "status": "declined", "reasons": [r.rule for r in event.reasons]}
        case CorrectionRequested():
            return {**part, "status": "correction"}
        case ApplicationVerified():
            return {**part, "status": "verified"}
        case ApplicantScored():
            return {**part, "status": "scored", "score": event.written + event.interview}
        case TrainingFinished():
            done: Part = {
                "accepted": True,
                "finished": True,
                "passed": event.passed,
                "attendance": event.attendance,
            }
            return {**part, "status": "finished", **done}
        case ApplicantCertified():
            return {**part, "certified": True}
        case ApplicantErased():
            return {**{name: part[name] for name in _COUNTED if name in part}, "erased": True}
        case _:
            return {**part, **_place(event)}


# What figures look at: of a person who was erased, nothing else stays.
_COUNTED = (
    "status", "programme", "kejuruan", "kecamatan", "sex", "age_band", "period",
    "eligible", "accepted", "finished", "certified",
)  # fmt: skip


def _data(event: ApplicantRegistered | ApplicationCorrected) -> Part:
    return {
        "kecamatan": event.kecamatan,
        "sex": event.sex,
        "age_band": event.age_band,
        "education": event.education,
        "priority": event.priority,
        "eligible": not failures(event.eligibility),
    }


def _place(event: Event) -> Part:
    """Return what becomes of the place in the ranking."""
    match event:
        case SeatOffered() | ApplicantPromoted():
            return {
                "status": "offered",
                "rank": event.rank,
                "claim_by": event.claim_by.isoformat(),
            }
        case ApplicantWaitlisted():
            return {"status": "reserve" if event.reserve else "waitlisted", "rank": event.rank}
        case SeatClaimed():
            return {"status": "claimed"}
        case SeatConfirmed():
            return {"status": "confirmed", "accepted": True}
        case SeatLost():
            return {"status": "lost", "lost": event.reason}
        case ApplicationWithdrawn():
            return {"status": "withdrawn"}
        case ApplicationCancelled():
            return {"status": "cancelled"}
        case ScheduleChanged():
            return {"starts_on": str(event.starts_on), "ends_on": str(event.ends_on)}
        case ApplicantReferred():
            return {"status": "referred", "partner": event.partner}
        case _:
            return {}


def own_keys(envelope: Envelope, event: ApplicantRegistered | ApplicantErased) -> Iterable[str]:
    if event.account is not None:
        yield f"{event.account}/{envelope.subject.partition('/')[2]}"


def fold_own(
    part: Part | None, envelope: Envelope, event: ApplicantRegistered | ApplicantErased
) -> Part | None:
    return None if isinstance(event, ApplicantErased) else {"intake": event.intake}


APPLICATIONS = projection("applications", application_keys, fold_application, version=2)
OWN_APPLICATIONS = projection("own-applications", own_keys, fold_own, version=2)
PROJECTIONS: tuple[AnyProjection, ...] = (
    APPLICATIONS,
    OWN_APPLICATIONS,
    *FIGURES,
    *INTAKES,
    *RETENTION,
)
