"""Alignment: needs, drafts, comments, agreement."""

from typing import Any

from services.partners.domain.alignment import DECIDER as ALIGNMENT
from services.partners.domain.alignment import (
    AgreeAlignment,
    CommentAlignment,
    DropAlignment,
    OpenAlignment,
    ReviseAlignment,
    Voice,
    alignment_stream,
)
from services.partners.routes.access import OFFICERS, SIDES, member
from shared.events.acts import (
    AGREE_ALIGNMENT,
    COMMENT_ALIGNMENT,
    OPEN_ALIGNMENT,
    REVISE_ALIGNMENT,
    ActRule,
)
from shared.events.base import Positive
from shared.events.values import Prose
from shared.eventsourcing.decider import Command
from shared.eventsourcing.policies import AnyDispatch, Dispatch
from shared.web.authentication import STAFF
from shared.web.request_context import RequestContext
from shared.web.resources import Resources
from shared.web.router import Api


class CommentForm(Command):
    """What is thought of the draft."""

    comment: Prose


class AgreementToDraft(Command):
    """Which draft is agreed to, counted from 1."""

    draft: Positive


async def voice(ask: RequestContext) -> Voice:
    partner = await member(ask)
    return Voice(agency=ask.identity.agency, fields=partner.fields if partner else None)


def routes(service: Resources, api: Api) -> None:
    async def open_alignment(ask: RequestContext, body: OpenAlignment) -> AnyDispatch:
        return Dispatch(alignment_stream(str(ask.request_id)), body)

    async def comment(ask: RequestContext, body: CommentForm) -> AnyDispatch:
        command = CommentAlignment(voice=await voice(ask), comment=body.comment)
        return Dispatch(alignment_stream(ask.path["id"]), command)

    async def agree(ask: RequestContext, body: AgreementToDraft) -> AnyDispatch:
        command = AgreeAlignment(voice=await voice(ask), draft=body.draft)
        return Dispatch(alignment_stream(ask.path["id"]), command)

    async def on_alignment(ask: RequestContext, body: Command) -> AnyDispatch:
        return Dispatch(alignment_stream(ask.path["id"]), body)

    one = "/v1/alignments/{id}"
    commands: tuple[tuple[str, Any, Any, Any, str, ActRule | None], ...] = (
        ("/v1/alignments", OpenAlignment, OFFICERS, open_alignment, "State a need, with a draft",
         OPEN_ALIGNMENT),
        (f"{one}/comments", CommentForm, SIDES, comment, "Comment on the draft",
         COMMENT_ALIGNMENT),
        (f"{one}/revision", ReviseAlignment, OFFICERS, on_alignment, "Revise the draft",
         REVISE_ALIGNMENT),
        (f"{one}/agreement", AgreementToDraft, SIDES, agree, "Agree to the draft",
         AGREE_ALIGNMENT),
        (f"{one}/drop", DropAlignment, OFFICERS, on_alignment, "Pursue it no longer", None),
    )  # fmt: skip
    for path, body, roles, prepare, summary, act in commands:
        api.command("POST", path, body, roles, prepare, summary, act=act)
    api.states(ALIGNMENT, "/v1/alignments", STAFF)
