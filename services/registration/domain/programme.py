"""Programme (program pelatihan): what is taught, whom it admits and what it needs, by versions."""

from collections.abc import Sequence
from typing import Annotated, assert_never

from shared.events.base import SAFE_INTEGER, Id, Positive, Value
from shared.events.described import described
from shared.events.registration.programme import ProgrammePublished, ProgrammeRetired
from shared.events.values import ProgrammeContent, Prose
from shared.eventsourcing.decider import Command, Context, Decider, State, StreamRef
from shared.eventsourcing.refusal import Refused, refuse_repeated


class PublishProgramme(ProgrammeContent, Command):
    """Offer a new programme."""


class PublishVersion(ProgrammeContent, Command):
    """Offer the programme anew; classes that opened before keep their version."""


class NoteAligned(Command):
    """Region and centres agreed on this content."""

    alignment: Id
    content: ProgrammeContent


class RetireProgramme(Command):
    """Open no new class of this programme."""

    reason: Annotated[Prose, described(en="why", id="alasannya", example="SKKNI 98-2018 dicabut.")]


class ProgrammeOutline(Value):
    """The part of a programme that an intake keeps: its version of now."""

    number: Positive
    content: ProgrammeContent


class Programme(State):
    """A programme of training in its newest version; classes keep the one they opened with."""

    number: Annotated[
        int, described(en="the newest version, from 1", id="versi terbaru", unit="1", example=2)
    ] = 0
    content: Annotated[
        ProgrammeContent | None, described(en="what is taught", id="isi program")
    ] = None
    alignments: Annotated[
        tuple[Id, ...],
        described(en="the alignments that led to it", id="penyelarasan yang mendasarinya"),
    ] = ()
    retired: Annotated[
        bool,
        described(en="whether no new class opens", id="apakah tidak dibuka lagi", example=False),
    ] = False

    def outline(self) -> ProgrammeOutline:
        """Return the snapshot for a command that names this programme. Refused when
        there is none.
        """
        if self.content is None:
            raise Refused("unknown-programme", field="programme", status=422)
        if self.retired:
            raise Refused("programme-retired:no-class", field="programme")
        return ProgrammeOutline(number=self.number, content=self.content)


ProgrammeCommand = PublishProgramme | PublishVersion | NoteAligned | RetireProgramme
ProgrammeEvent = ProgrammePublished | ProgrammeRetired


def decide(
    state: Programme, command: ProgrammeCommand, context: Context
) -> Sequence[ProgrammeEvent]:
    match command:
        case PublishProgramme():
            return publish(state, command)
        case PublishVersion():
            return publish_version(state, command)
        case NoteAligned():
            return note_aligned(state, command)
        case RetireProgramme():
            return retire(state, command)
        case _:
            assert_never(command)


def publish(state: Programme, command: PublishProgramme) -> Sequence[ProgrammeEvent]:
    if state.content is not None:
        raise Refused("already-published")
    return [ProgrammePublished(number=1, content=_checked(command))]


def publish_version(state: Programme, command: PublishVersion) -> Sequence[ProgrammeEvent]:
    _running(state)
    content = _checked(command)
    if content == state.content:
        raise Refused("unchanged:programme")
    if state.content is not None and content.kejuruan != state.content.kejuruan:
        raise Refused(
            "other-field:programme", field="kejuruan", status=422, kejuruan=state.content.kejuruan
        )
    return [ProgrammePublished(number=state.number + 1, content=content)]


def note_aligned(state: Programme, command: NoteAligned) -> Sequence[ProgrammeEvent]:
    if state.retired or command.alignment in state.alignments or state.number >= SAFE_INTEGER:
        return []
    return [
        ProgrammePublished(
            number=state.number + 1, content=command.content, alignment=command.alignment
        )
    ]


def retire(state: Programme, command: RetireProgramme) -> Sequence[ProgrammeEvent]:
    kejuruan = _running(state).kejuruan
    return [ProgrammeRetired(kejuruan=kejuruan, reason=command.reason)]


def _running(state: Programme) -> ProgrammeContent:
    if state.content is None:
        raise Refused("not-found:programme", status=404)
    if state.retired:
        raise Refused("programme-retired")
    return state.content


def _checked(command: ProgrammeContent) -> ProgrammeContent:
    entry = command.entry
    if entry.max_age is not None and entry.max_age < entry.min_age:
        raise Refused("age-limits", field="entry.max_age", status=422)
    if len(set(command.ranking)) < len(command.ranking):
        raise Refused("repeated-criterion", field="ranking", status=422)
    refuse_repeated((item.item for item in command.equipment), "equipment")
    return ProgrammeContent(
        **{name: getattr(command, name) for name in ProgrammeContent.model_fields}
    )


def evolve(state: Programme, event: ProgrammeEvent) -> Programme:
    match event:
        case ProgrammePublished():
            aligned = (event.alignment,) if event.alignment else ()
            return state.model_copy(
                update={
                    "number": event.number,
                    "content": event.content,
                    "alignments": (*state.alignments, *aligned),
                }
            )
        case ProgrammeRetired():
            return state.model_copy(update={"retired": True})
        case _:
            assert_never(event)


DECIDER = Decider(kind="programme", initial=Programme(), decide=decide, evolve=evolve)


def programme_stream(id: str) -> StreamRef[Programme, ProgrammeCommand]:
    """Name the stream of one programme."""
    return DECIDER.stream(id)
