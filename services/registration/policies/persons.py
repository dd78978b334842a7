"""A person's stream knows their files; when they are erased, each file records it."""

from services.registration.domain.application.aggregate import application_stream
from services.registration.domain.instructor import instructor_stream
from services.registration.domain.person import OpenFile, person_stream
from services.registration.domain.placement import placement_stream
from services.registration.policies.common import stream_id
from shared.events.registration.application import ApplicantRegistered
from shared.events.registration.enrolment import ApplicantErased
from shared.events.registration.instructor import InstructorAppointed
from shared.events.registration.person import PersonalDataErased, PersonFile
from shared.eventsourcing.policies import AnyPolicy, Dispatch, Dispatches, policy
from shared.signing.cloudevents import Envelope


@policy
def open_file(envelope: Envelope, event: ApplicantRegistered | InstructorAppointed) -> Dispatches:
    if isinstance(event, ApplicantRegistered):
        file = PersonFile(kind="application", id=stream_id(envelope))
        command = OpenFile(file=file, account=event.account)
    else:
        command = OpenFile(file=PersonFile(kind="instructor", id=stream_id(envelope)))
    yield Dispatch(person_stream(event.person), command)


@policy
def erase_files(envelope: Envelope, event: PersonalDataErased) -> Dispatches:
    for file in event.files:
        if file.kind == "application":
            yield Dispatch(application_stream(file.id), event)
        else:
            yield Dispatch(instructor_stream(file.id), event)


@policy
def end_follow_up(envelope: Envelope, event: ApplicantErased) -> Dispatches:
    """Nobody can be asked any more."""
    yield Dispatch(placement_stream(stream_id(envelope)), event)


POLICIES: tuple[AnyPolicy, ...] = (
    open_file,
    erase_files,
    end_follow_up,
)
