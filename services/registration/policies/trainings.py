"""A class that starts has a register; who passes is followed up."""

from services.registration.domain.placement import OpenFollowUp, placement_stream
from services.registration.domain.training import BeginTraining, NoteLeft, training_stream
from services.registration.policies.common import stream_id
from shared.events.registration.application import ApplicationWithdrawn
from shared.events.registration.enrolment import TrainingFinished
from shared.events.registration.intake import IntakeStarted
from shared.events.registration.seats import CandidateLeft
from shared.eventsourcing.policies import AnyPolicy, Dispatch, Dispatches, policy
from shared.signing.cloudevents import Envelope


@policy
def begin_training(envelope: Envelope, event: IntakeStarted) -> Dispatches:
    fields = {name: getattr(event, name) for name in BeginTraining.model_fields}
    yield Dispatch(training_stream(stream_id(envelope)), BeginTraining(**fields))


@policy
def note_left(envelope: Envelope, event: ApplicationWithdrawn) -> Dispatches:
    yield Dispatch(training_stream(event.intake), NoteLeft(application=stream_id(envelope)))


@policy
def note_gone(envelope: Envelope, event: CandidateLeft) -> Dispatches:
    """Take an applicant off the register who withdrew while the class was starting.

    The withdrawal is of another stream and may come before the register is open; this event is of
    the stream that started the class, so that it comes after the start if it happened after it.
    """
    yield Dispatch(training_stream(stream_id(envelope)), NoteLeft(application=event.application))


@policy
def open_follow_up(envelope: Envelope, event: TrainingFinished) -> Dispatches:
    if event.passed:
        application = stream_id(envelope)
        yield Dispatch(
            placement_stream(application),
            OpenFollowUp(
                application=application,
                intake=event.intake,
                kejuruan=event.kejuruan,
                kecamatan=event.kecamatan,
            ),
        )


POLICIES: tuple[AnyPolicy, ...] = (
    begin_training,
    note_left,
    note_gone,
    open_follow_up,
)
