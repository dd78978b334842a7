"""An instructor's days follow the classes; a partner's instructor comes when support is given."""

from collections.abc import Iterable

from services.registration.agency import BLK_PASER
from services.registration.domain.instructor import (
    AppointVisitor,
    RebookInstructor,
    ReleaseInstructor,
)
from services.registration.policies.common import OWN, stream_id
from shared.events.partners.support import SupportFulfilled
from shared.events.registration.intake import (
    InstructorUnassigned,
    IntakeCancelled,
    IntakeCompleted,
    IntakeRescheduled,
)
from shared.eventsourcing.policies import Do, Reaction
from shared.signing.cloudevents import Envelope


def appoint_visitor(envelope: Envelope, event: SupportFulfilled) -> Iterable[Do]:
    ours = event.kind == "instructor" and event.for_agency == BLK_PASER
    if ours and event.visit is not None and event.teacher is not None:
        support = stream_id(envelope)
        yield Do(
            f"instructor/{support}.{event.offer}",
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


def rebook(envelope: Envelope, event: IntakeRescheduled) -> Iterable[Do]:
    for instructor in event.instructors:
        yield Do(
            f"instructor/{instructor}",
            RebookInstructor(
                intake=stream_id(envelope), starts_on=event.starts_on, ends_on=event.ends_on
            ),
        )


def release(envelope: Envelope, event: IntakeCancelled | IntakeCompleted) -> Iterable[Do]:
    reason = "cancelled" if isinstance(event, IntakeCancelled) else "completed"
    for instructor in event.instructors:
        yield Do(
            f"instructor/{instructor}",
            ReleaseInstructor(intake=stream_id(envelope), reason=reason),
        )


def release_unneeded(envelope: Envelope, event: InstructorUnassigned) -> Iterable[Do]:
    if event.reason == "not-needed":
        yield Do(
            f"instructor/{event.instructor}",
            ReleaseInstructor(intake=stream_id(envelope), reason="not-needed"),
        )


REACTIONS: tuple[Reaction, ...] = (
    Reaction("appoint-visitor", "partners.events", (SupportFulfilled,), appoint_visitor),
    Reaction("rebook-instructor", OWN, (IntakeRescheduled,), rebook),
    Reaction("release-instructor", OWN, (IntakeCancelled, IntakeCompleted), release),
    Reaction("release-unneeded", OWN, (InstructorUnassigned,), release_unneeded),
)
