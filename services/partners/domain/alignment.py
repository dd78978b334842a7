"""Alignment (penyelarasan): region and centres agree on a programme for a need.

The region states the need and a draft; region and centres of the field comment; a revision asks
everybody anew; when the region and at least one centre agree to the same draft, it is aligned.
"""

from collections.abc import Sequence
from typing import Annotated, Literal, assert_never

from shared.events.base import Id, Positive, Value
from shared.events.described import described
from shared.events.partners.alignment import (
    AlignmentAgreed,
    AlignmentCommented,
    AlignmentDropped,
    AlignmentOpened,
    AlignmentRevised,
    ProgrammeAligned,
)
from shared.events.values import Agency, Kejuruan, ProgrammeContent, Prose
from shared.eventsourcing.decider import Command, Context, Decider, State, StreamRef
from shared.eventsourcing.refusal import Refused


class Voice(Value):
    """The agency that speaks: the region, or a centre with the fields that it serves."""

    agency: Agency
    fields: tuple[Kejuruan, ...] | None = None


class OpenAlignment(Command):
    """State a need and draft a programme for it; of an existing one the next version."""

    labour_market: Annotated[
        Prose,
        described(
            en="the need on the labour market",
            id="kebutuhan pasar kerja",
            example="Bengkel mencari juru las.",
        ),
    ]
    content: Annotated[
        ProgrammeContent, described(en="the draft of the programme", id="rancangan program")
    ]
    programme: Annotated[
        Id | None,
        described(
            en="the programme that it becomes the next version of",
            id="program yang akan menjadi versi berikutnya",
            example="0197a3c2-5b1e-7d43-9f6a-2c8e4b7d1f05",
        ),
    ] = None


class CommentAlignment(Command):
    """Comment on the draft."""

    voice: Voice
    comment: Prose


class ReviseAlignment(Command):
    """Change the draft."""

    content: Annotated[
        ProgrammeContent, described(en="the draft of the programme", id="rancangan program")
    ]


class AgreeAlignment(Command):
    """Agree to this draft, counted from 1."""

    voice: Voice
    draft: Positive


class DropAlignment(Command):
    """Give the need up."""

    reason: Annotated[
        Prose, described(en="the reason, for people", id="alasannya", example="Anggaran dialihkan.")
    ]


# What can be done with a need that is stated.
AlignmentStep = CommentAlignment | ReviseAlignment | AgreeAlignment | DropAlignment
AlignmentCommand = OpenAlignment | AlignmentStep
AlignmentEvent = (
    AlignmentOpened
    | AlignmentCommented
    | AlignmentRevised
    | AlignmentAgreed
    | ProgrammeAligned
    | AlignmentDropped
)


class Alignment(State):
    """An alignment as it stands; `agreed` are the agencies that agree to the draft of this number.

    `draft` counts the drafts from 1, `comments` the comments on all of them.
    """

    status: Annotated[
        Literal["open", "aligned", "dropped"] | None,
        described(en="the status of the alignment", id="status penyelarasan", example="open"),
    ] = None
    kejuruan: Annotated[
        str, described(en="the vocational field (kejuruan)", id="kejuruan", example="las")
    ] = ""
    region: Annotated[
        str,
        described(en="the region's agency", id="instansi daerah", example="urn:sinergi:blk-paser"),
    ] = ""
    labour_market: Annotated[
        str,
        described(
            en="the need on the labour market",
            id="kebutuhan pasar kerja",
            example="Bengkel mencari juru las.",
        ),
    ] = ""
    content: Annotated[
        ProgrammeContent | None, described(en="the draft of the programme", id="rancangan program")
    ] = None
    programme: Annotated[
        str | None,
        described(
            en="the programme that it becomes the next version of",
            id="program yang akan menjadi versi berikutnya",
            example="0197a3c2-5b1e-7d43-9f6a-2c8e4b7d1f05",
        ),
    ] = None
    draft: Annotated[
        int,
        described(
            en="the number of the draft, from 1",
            id="nomor rancangan, mulai dari 1",
            unit="1",
            example=2,
        ),
    ] = 0
    comments: Annotated[
        int, described(en="the comments so far", id="jumlah tanggapan", unit="1", example=3)
    ] = 0
    agreed: Annotated[
        tuple[str, ...],
        described(
            en="the agencies that agree to this draft",
            id="instansi yang menyetujui rancangan ini",
            example=["urn:sinergi:bpvp-makassar"],
        ),
    ] = ()


def decide(
    state: Alignment, command: AlignmentCommand, context: Context
) -> Sequence[AlignmentEvent]:
    match command:
        case OpenAlignment():
            return open_alignment(state, command, context)
        case CommentAlignment() | ReviseAlignment() | AgreeAlignment() | DropAlignment():
            return take_step(state, command, context)
        case _:
            assert_never(command)


def take_step(
    state: Alignment, command: AlignmentStep, context: Context
) -> Sequence[AlignmentEvent]:
    if state.status is None:
        raise Refused("not-found:alignment", status=404)
    if state.status != "open":
        raise Refused("alignment-closed", outcome=state.status)
    match command:
        case CommentAlignment():
            _may_speak(state, command.voice)
            return [
                AlignmentCommented(
                    kejuruan=state.kejuruan, agency=command.voice.agency, comment=command.comment
                )
            ]
        case ReviseAlignment():
            return revise(state, command, context)
        case AgreeAlignment():
            return agree(state, command)
        case DropAlignment():
            _region(state, context)
            return [
                AlignmentDropped(
                    kejuruan=state.kejuruan, region=state.region, reason=command.reason
                )
            ]
        case _:
            assert_never(command)


def open_alignment(
    state: Alignment, command: OpenAlignment, context: Context
) -> Sequence[AlignmentOpened]:
    if state.status is not None:
        raise Refused("already-open")
    return [
        AlignmentOpened(
            kejuruan=command.content.kejuruan,
            region=context.agency,
            labour_market=command.labour_market,
            content=command.content,
            programme=command.programme,
        )
    ]


def revise(
    state: Alignment, command: ReviseAlignment, context: Context
) -> Sequence[AlignmentRevised]:
    _region(state, context)
    if command.content == state.content:
        raise Refused("unchanged:draft")
    if command.content.kejuruan != state.kejuruan:
        raise Refused(
            "other-field:alignment", field="content.kejuruan", status=422, kejuruan=state.kejuruan
        )
    return [
        AlignmentRevised(
            kejuruan=state.kejuruan,
            region=state.region,
            content=command.content,
            draft=state.draft + 1,
        )
    ]


def agree(
    state: Alignment, command: AgreeAlignment
) -> Sequence[AlignmentAgreed | ProgrammeAligned]:
    voice = command.voice
    _may_speak(state, voice)
    if command.draft != state.draft or state.content is None:
        raise Refused("other-draft", field="draft", draft=state.draft)
    if voice.agency in state.agreed:
        raise Refused("already-agreed")
    agreed = AlignmentAgreed(kejuruan=state.kejuruan, agency=voice.agency, draft=state.draft)
    agencies = (*state.agreed, voice.agency)
    if state.region not in agencies or len(agencies) == 1:
        return [agreed]
    return [
        agreed,
        ProgrammeAligned(
            kejuruan=state.kejuruan,
            region=state.region,
            agencies=agencies,
            content=state.content,
            programme=state.programme,
        ),
    ]


def _region(state: Alignment, context: Context) -> None:
    if context.agency != state.region:
        raise Refused("not-yours:region", status=403)


def _may_speak(state: Alignment, voice: Voice) -> None:
    if voice.agency == state.region:
        return
    if voice.fields is None or state.kejuruan not in voice.fields:
        raise Refused("not-concerned", status=403, kejuruan=state.kejuruan)


def evolve(state: Alignment, event: AlignmentEvent) -> Alignment:
    match event:
        case AlignmentOpened():
            given = {name: value for name, value in event if name in Alignment.model_fields}
            return state.model_copy(update={**given, "status": "open", "draft": 1})
        case _ if state.status is None:
            return state
        case AlignmentCommented():
            return state.model_copy(update={"comments": state.comments + 1})
        case AlignmentRevised():
            return state.model_copy(
                update={"content": event.content, "draft": event.draft, "agreed": ()}
            )
        case AlignmentAgreed():
            return state.model_copy(update={"agreed": (*state.agreed, event.agency)})
        case ProgrammeAligned():
            return state.model_copy(update={"status": "aligned"})
        case AlignmentDropped():
            return state.model_copy(update={"status": "dropped"})
        case _:
            assert_never(event)


DECIDER = Decider(kind="alignment", initial=Alignment(), decide=decide, evolve=evolve)


def alignment_stream(id: str) -> StreamRef[Alignment, AlignmentCommand]:
    """Name the stream of one alignment."""
    return DECIDER.stream(id)
