"""Proposals: a centre drafts, submits and revises them; the ministry reviews and decides them."""

from services.equipment.agency import MINISTRY
from services.equipment.application.evidence import (
    review_calendar,
    revision_with_evidence,
    submission_with_evidence,
)
from services.equipment.domain.proposal.aggregate import DECIDER as PROPOSAL
from services.equipment.domain.proposal.aggregate import (
    DecideProposal,
    DraftProposal,
    ProposalDraft,
    RecordChecklist,
    RequestRevision,
    Revision,
    StartReview,
    WithdrawProposal,
    proposal_stream,
)
from services.equipment.routes.access import OFFICERS, REVIEWERS
from shared.events.acts import REVISE_PROPOSAL, SUBMIT_PROPOSAL
from shared.eventsourcing.policies import AnyDispatch, Dispatch
from shared.web.authentication import STAFF
from shared.web.request_context import RequestContext
from shared.web.resources import Resources
from shared.web.responses import Nothing
from shared.web.router import Api

# Bodies that are the proposal's commands as they are.
Step = WithdrawProposal | RecordChecklist | RequestRevision | DecideProposal


def routes(service: Resources, api: Api) -> None:
    """Add the routes of proposals."""

    calendar = review_calendar(service.settings)

    async def draft(request: RequestContext, body: ProposalDraft) -> AnyDispatch:
        """Write a proposal down as a draft, which only a submission brings to the ministry."""
        return Dispatch(proposal_stream(str(request.request_id)), DraftProposal(**dict(body)))

    async def redraft(request: RequestContext, body: ProposalDraft) -> AnyDispatch:
        """Replace the field, the items and the justification of a proposal that is a draft."""
        await request.state(proposal_stream(request.path["id"]))
        return Dispatch(proposal_stream(request.path["id"]), DraftProposal(**dict(body)))

    async def submit(request: RequestContext, body: Nothing) -> AnyDispatch:
        """Submit the draft with the demand for its field; the days of the review begin."""
        id_ = request.path["id"]
        return Dispatch(
            proposal_stream(id_), await submission_with_evidence(request, id_, calendar)
        )

    async def revise(request: RequestContext, body: Revision) -> AnyDispatch:
        """Answer the request with the proposal as it shall be; the review's days begin anew."""
        id_ = request.path["id"]
        return Dispatch(
            proposal_stream(id_), await revision_with_evidence(request, id_, body, calendar)
        )

    async def review(request: RequestContext, body: Nothing) -> AnyDispatch:
        """Take a submitted proposal up for review."""
        return Dispatch(proposal_stream(request.path["id"]), StartReview())

    async def on_proposal(request: RequestContext, body: Step) -> AnyDispatch:
        return Dispatch(proposal_stream(request.path["id"]), body)

    one = "/v1/proposals/{id}"
    api.command(
        "POST", "/v1/proposals", ProposalDraft, OFFICERS, draft, "Draft a proposal",
        indonesian="Tulis usulan sebagai draf; kementerian baru menerimanya setelah diajukan.",
    )  # fmt: skip
    api.command(
        "POST", f"{one}/draft", ProposalDraft, OFFICERS, redraft, "Replace a draft",
        indonesian="Ganti kejuruan, peralatan dan alasan usulan yang masih berupa draf.",
    )  # fmt: skip
    api.command(
        "POST", f"{one}/submission", Nothing, OFFICERS, submit, "Submit a draft",
        act=SUBMIT_PROPOSAL,
        indonesian="Ajukan draf beserta data peminat kejuruannya; masa penelaahan dimulai.",
    )  # fmt: skip
    api.command(
        "POST", f"{one}/withdrawal", WithdrawProposal, OFFICERS, on_proposal,
        "Withdraw a proposal",
        indonesian="Tarik kembali usulan sebelum diputuskan.",
    )  # fmt: skip
    api.command(
        "POST", f"{one}/review", Nothing, REVIEWERS, review, "Start the review", agency=MINISTRY,
        indonesian="Mulai menelaah usulan yang sudah diajukan.",
    )  # fmt: skip
    api.command(
        "POST", f"{one}/checklist", RecordChecklist, REVIEWERS, on_proposal,
        "Record the checklist", agency=MINISTRY,
        indonesian="Catat temuan pada butir daftar periksa; temuan baru mengganti yang lama.",
    )  # fmt: skip
    api.command(
        "POST", f"{one}/revision-request", RequestRevision, REVIEWERS, on_proposal,
        "Ask for a revision", agency=MINISTRY,
        indonesian="Minta perbaikan kepada pengusul; `points` adalah butir yang bersangkutan.",
    )  # fmt: skip
    api.command(
        "POST", f"{one}/revision", Revision, OFFICERS, revise, "Answer with a revision",
        act=REVISE_PROPOSAL,
        indonesian="Jawab dengan usulan yang sudah diperbaiki; masa penelaahan dimulai lagi.",
    )  # fmt: skip
    api.command(
        "POST", f"{one}/decision", DecideProposal, REVIEWERS, on_proposal,
        "Decide item by item", agency=MINISTRY,
        indonesian="Putuskan setiap peralatan sekali: berapa yang disetujui, dan alasannya bila "
        "tidak semua.",
    )  # fmt: skip
    api.states(PROPOSAL, "/v1/proposals", STAFF)
