"""An instructor's days follow the classes; a partner's instructor comes when support is given."""

from services.registration.agency import BLK_PASER
from services.registration.domain.instructor import (
    AppointVisitor,
    RebookInstructor,
    ReleaseInstructor,
    instructor_stream,
)
from services.registration.policies.common import stream_id
from shared.events.partners.support import SupportFulfilled
from shared.events.registration.intake import (
    InstructorUnassigned,
    IntakeCancelled,
    IntakeCompleted,
    IntakeRescheduled,
)
from shared.eventsourcing.policies import AnyPolicy, Dispatch, Dispatches, policy
from shared.signing.cloudevents import Envelope


@policy
def appoint_visitor(envelope: Envelope, event: SupportFulfilled) -> Dispatches:
    ours = event.kind == "instructor" and event.for_agency == BLK_PASER
    if ours and event.visit is not None and event.teacher is not None:
        support = stream_id(envelope)
        yield Dispatch(
            instructor_stream(f"{support}.{event.offer}"),
            AppointVisitor(
                partner=event.partner,
                instructor=event.visit.instructor,
                support=support,
                offer=event.offer,
                fields=event.teacher.fields,
                methodology=event.teacher.methodology,
                competency=event.teacher.competency,
                starts_on=event.visit.starts_on,
                ends_on=event.visit.ends_on,
            ),
        )


@policy(name="rebook-instructor")
def rebook(envelope: Envelope, event: IntakeRescheduled) -> Dispatches:
    for instructor in event.instructors:
        yield Dispatch(
            instructor_stream(instructor),
            RebookInstructor(
                intake=stream_id(envelope), starts_on=event.starts_on, ends_on=event.ends_on
            ),
        )


@policy(name="release-instructor")
def release(envelope: Envelope, event: IntakeCancelled | IntakeCompleted) -> Dispatches:
    reason = "cancelled" if isinstance(event, IntakeCancelled) else "completed"
    for instructor in event.instructors:
        yield Dispatch(
            instructor_stream(instructor),
            ReleaseInstructor(intake=stream_id(envelope), reason=reason),
        )


@policy
def release_unneeded(envelope: Envelope, event: InstructorUnassigned) -> Dispatches:
    if event.reason == "not-needed":
        yield Dispatch(
            instructor_stream(event.instructor),
            ReleaseInstructor(intake=stream_id(envelope), reason="not-needed"),
        )


POLICIES: tuple[AnyPolicy, ...] = (
    appoint_visitor,
    rebook,
    release,
    release_unneeded,
)
