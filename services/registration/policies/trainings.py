"""A class that starts has a register; who passes is followed up."""

from collections.abc import Iterable

from services.registration.domain.placement import OpenFollowUp
from services.registration.domain.training import BeginTraining, NoteLeft
from services.registration.policies.common import OWN, stream_id
from shared.events.registration.application import ApplicationWithdrawn
from shared.events.registration.enrolment import TrainingFinished
from shared.events.registration.intake import IntakeStarted
from shared.events.registration.seats import CandidateLeft
from shared.eventsourcing.policies import Do, Reaction
from shared.signing.cloudevents import Envelope


def begin_training(envelope: Envelope, event: IntakeStarted) -> Iterable[Do]:
    fields = {name: getattr(event, name) for name in BeginTraining.model_fields}
    yield Do(f"training/{stream_id(envelope)}", BeginTraining(**fields))


def note_left(envelope: Envelope, event: ApplicationWithdrawn) -> Iterable[Do]:
    yield Do(f"training/{event.intake}", NoteLeft(application=stream_id(envelope)))


def note_gone(envelope: Envelope, event: CandidateLeft) -> Iterable[Do]:
    """Who withdraws while the class starts may be on the register all the same.

    The withdrawal is of another stream and may come before the register is open; this event is of
    the stream that started the class, so that it comes after the start if it happened after it.
    """
    yield Do(f"training/{stream_id(envelope)}", NoteLeft(application=event.application))


def open_follow_up(envelope: Envelope, event: TrainingFinished) -> Iterable[Do]:
    if event.passed:
        application = stream_id(envelope)
        yield Do(
            f"placement/{application}",
            OpenFollowUp(
                application=application,
                intake=event.intake,
                kejuruan=event.kejuruan,
                kecamatan=event.kecamatan,
            ),
        )


REACTIONS: tuple[Reaction, ...] = (
    Reaction("begin-training", OWN, (IntakeStarted,), begin_training),
    Reaction("note-left", OWN, (ApplicationWithdrawn,), note_left),
    Reaction("note-gone", OWN, (CandidateLeft,), note_gone),
    Reaction("open-follow-up", OWN, (TrainingFinished,), open_follow_up),
)
