"""Rows for retention: since when nothing more happens with a file, and each person's files."""

from collections.abc import Iterable

from shared.events.base import Event
from shared.events.registration.application import (
    ApplicantRegistered,
    ApplicationCancelled,
    ApplicationDeclined,
    ApplicationWithdrawn,
)
from shared.events.registration.enrolment import (
    ApplicantErased,
    ApplicantReferred,
    SeatLost,
    TrainingFinished,
)
from shared.events.registration.instructor import (
    InstructorAppointed,
    InstructorDischarged,
    InstructorErased,
)
from shared.eventsourcing.projections import AnyProjection, Part, projection
from shared.signing.cloudevents import Envelope

ENDS: dict[type[Event], str] = {
    ApplicationDeclined: "declined",
    ApplicationWithdrawn: "withdrawn",
    ApplicationCancelled: "cancelled",
    SeatLost: "lost",
    ApplicantReferred: "referred",
    TrainingFinished: "completed",
    InstructorDischarged: "discharged",
}


EndingEvent = (
    ApplicationDeclined
    | ApplicationWithdrawn
    | ApplicationCancelled
    | SeatLost
    | ApplicantReferred
    | TrainingFinished
    | InstructorDischarged
)
HolderEvent = ApplicantRegistered | InstructorAppointed | ApplicantErased | InstructorErased
FileEvent = HolderEvent | EndingEvent


def file_keys(envelope: Envelope, event: FileEvent) -> Iterable[str]:
    yield envelope.subject


def fold_file(part: Part | None, envelope: Envelope, event: FileEvent) -> Part | None:
    """Fold one file; it has no `ended` while nothing has ended it."""
    match event:
        case ApplicantRegistered() | InstructorAppointed():
            return {"person": event.person}
        case ApplicantErased() | InstructorErased():
            return None
        case _ if part is None:
            return None  # a partner's instructor: the centre holds nothing of theirs
        case _:
            return {**part, "ended": ENDS[type(event)], "since": envelope.time.isoformat()}


def file_order(row: str, stream: str, part: Part) -> str | None:
    """Return how and when it ended; None while nothing has ended it."""
    return f"{part['ended']} {part['since']} {stream}" if "ended" in part else None


def person_keys(envelope: Envelope, event: HolderEvent) -> Iterable[str]:
    """Yield `<person>/<file>`."""
    yield f"{event.person}/{envelope.subject}"


def fold_person(part: Part | None, envelope: Envelope, event: HolderEvent) -> Part | None:
    return None if isinstance(event, ApplicantErased | InstructorErased) else {}


FILES = projection("files", file_keys, fold_file, order=file_order, version=2)
PERSON_FILES = projection("person-files", person_keys, fold_person)
PROJECTIONS: tuple[AnyProjection, ...] = (FILES, PERSON_FILES)
