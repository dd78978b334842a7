"""Rows for retention: each person's files, and since when nothing more happens with them."""

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
from shared.eventsourcing.projections import Part, View
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


def file_keys(envelope: Envelope, event: Event) -> Iterable[str]:
    yield envelope.subject


def fold_file(part: Part | None, envelope: Envelope, event: Event) -> Part | None:
    """A file that nothing has ended yet has no `ended`."""
    match event:
        case ApplicantRegistered() | InstructorAppointed():
            return {"person": event.person}
        case ApplicantErased() | InstructorErased():
            return None
        case _ if part is None:
            return None  # a partner's instructor: the centre holds nothing of theirs
        case _:
            return {**part, "ended": ENDS[type(event)], "since": envelope.time.isoformat()}


FILES = View(
    "files",
    "registration.events",
    (ApplicantRegistered, InstructorAppointed, *ENDS, ApplicantErased, InstructorErased),
    file_keys,
    fold_file,
)
VIEWS: tuple[View, ...] = (FILES,)
