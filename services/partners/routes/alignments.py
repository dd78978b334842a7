"""Alignments: a region states a need with a draft; region and centres comment on it and agree."""

from typing import Annotated

from services.partners.application.voices import voice_of
from services.partners.domain.alignment import DECIDER as ALIGNMENT
from services.partners.domain.alignment import (
    AgreeAlignment,
    CommentAlignment,
    DropAlignment,
    OpenAlignment,
    ReviseAlignment,
    alignment_stream,
)
from services.partners.routes.access import OFFICERS, SIDES
from shared.events.acts import (
    AGREE_ALIGNMENT,
    COMMENT_ALIGNMENT,
    OPEN_ALIGNMENT,
    REVISE_ALIGNMENT,
)
from shared.events.base import Positive
from shared.events.described import described
from shared.events.values import Prose
from shared.eventsourcing.decider import Command
from shared.eventsourcing.policies import AnyDispatch, Dispatch
from shared.web.authentication import STAFF
from shared.web.request_context import RequestContext
from shared.web.router import Api


class CommentForm(Command):
    """A comment on the draft."""

    comment: Annotated[
        Prose, described(en="the comment", id="tanggapan", example="Tambah jam praktik.")
    ]


class AgreementToDraft(Command):
    """The number of the draft that is agreed to, counted from 1."""

    draft: Annotated[
        Positive,
        described(
            en="the number of the draft, from 1",
            id="nomor rancangan, mulai dari 1",
            unit="1",
            example=2,
        ),
    ]


def routes(api: Api) -> None:
    async def open_alignment(request: RequestContext, body: OpenAlignment) -> AnyDispatch:
        return Dispatch(alignment_stream(str(request.request_id)), body)

    async def comment(request: RequestContext, body: CommentForm) -> AnyDispatch:
        command = CommentAlignment(voice=await voice_of(request), comment=body.comment)
        return Dispatch(alignment_stream(request.path["id"]), command)

    async def agree(request: RequestContext, body: AgreementToDraft) -> AnyDispatch:
        command = AgreeAlignment(voice=await voice_of(request), draft=body.draft)
        return Dispatch(alignment_stream(request.path["id"]), command)

    async def on_alignment(
        request: RequestContext, body: ReviseAlignment | DropAlignment
    ) -> AnyDispatch:
        return Dispatch(alignment_stream(request.path["id"]), body)

    one = "/v1/alignments/{id}"
    api.command(
        "POST", "/v1/alignments", OpenAlignment, OFFICERS, open_alignment,
        "State a need, with a draft", act=OPEN_ALIGNMENT,
        description="State a need of the labour market and draft a programme for it; with "
        "`programme`, the draft is of its next version.",
        indonesian="Sampaikan kebutuhan pasar kerja beserta rancangan programnya; dengan "
        "`programme`, rancangan itu untuk versi berikutnya.",
    )  # fmt: skip
    api.command(
        "POST", f"{one}/comments", CommentForm, SIDES, comment, "Comment on the draft",
        act=COMMENT_ALIGNMENT,
        description="Comment on the draft, for the region or for a centre that serves its field.",
        indonesian="Tanggapi rancangan, atas nama daerah atau balai yang melayani kejuruannya.",
    )  # fmt: skip
    api.command(
        "POST", f"{one}/revision", ReviseAlignment, OFFICERS, on_alignment, "Revise the draft",
        act=REVISE_ALIGNMENT,
        description="Change the draft, for the region that stated the need; everybody is asked "
        "anew.",
        indonesian="Ubah rancangan, atas nama daerah yang menyampaikan kebutuhan; persetujuan "
        "semua pihak diminta lagi.",
    )  # fmt: skip
    api.command(
        "POST", f"{one}/agreement", AgreementToDraft, SIDES, agree, "Agree to the draft",
        act=AGREE_ALIGNMENT,
        description="Agree to the latest draft, by its number. When the region and at least one "
        "centre agree to it, the programme is aligned.",
        indonesian="Setujui rancangan terbaru, menurut nomornya. Bila daerah dan sedikitnya satu "
        "balai menyetujuinya, program itu selaras.",
    )  # fmt: skip
    api.command(
        "POST", f"{one}/drop", DropAlignment, OFFICERS, on_alignment, "Pursue it no longer",
        description="Give the need up, for the region that stated it; the alignment ends.",
        indonesian="Batalkan kebutuhan, atas nama daerah yang menyampaikannya; penyelarasan "
        "berakhir.",
    )  # fmt: skip
    api.states(ALIGNMENT, "/v1/alignments", STAFF)
