"""A person's stream knows their files; when they are erased, each file records it."""

from collections.abc import Iterable

from services.registration.domain import instructor, placement
from services.registration.domain.application import seat as enrolment
from services.registration.domain.person import OpenFile
from services.registration.policies.common import OWN, stream_id
from shared.events.registration.application import ApplicantRegistered
from shared.events.registration.enrolment import ApplicantErased
from shared.events.registration.instructor import InstructorAppointed
from shared.events.registration.person import PersonalDataErased, PersonFile
from shared.eventsourcing.policies import Do, Reaction
from shared.signing.cloudevents import Envelope


def open_file(envelope: Envelope, event: ApplicantRegistered | InstructorAppointed) -> Iterable[Do]:
    if isinstance(event, ApplicantRegistered):
        file = PersonFile(kind="application", id=stream_id(envelope))
        command = OpenFile(file=file, account=event.account)
    else:
        command = OpenFile(file=PersonFile(kind="instructor", id=stream_id(envelope)))
    yield Do(f"person/{event.person}", command)


def erase_files(envelope: Envelope, event: PersonalDataErased) -> Iterable[Do]:
    for file in event.files:
        ours = enrolment if file.kind == "application" else instructor
        yield Do(file.stream, ours.NoteErased())


def end_follow_up(envelope: Envelope, event: ApplicantErased) -> Iterable[Do]:
    """Nobody can be asked any more."""
    yield Do(f"placement/{stream_id(envelope)}", placement.NoteErased())


REACTIONS: tuple[Reaction, ...] = (
    Reaction("open-file", OWN, (ApplicantRegistered, InstructorAppointed), open_file),
    Reaction("erase-files", OWN, (PersonalDataErased,), erase_files),
    Reaction("end-follow-up", OWN, (ApplicantErased,), end_follow_up),
)
