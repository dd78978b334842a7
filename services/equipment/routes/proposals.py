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
    calendar = review_calendar(service.settings)

    async def draft(request: RequestContext, body: ProposalDraft) -> AnyDispatch:
        return Dispatch(proposal_stream(str(request.request_id)), DraftProposal(**dict(body)))

    async def redraft(request: RequestContext, body: ProposalDraft) -> AnyDispatch:
        await request.state(proposal_stream(request.path["id"]))
        return Dispatch(proposal_stream(request.path["id"]), DraftProposal(**dict(body)))

    async def submit(request: RequestContext, body: Nothing) -> AnyDispatch:
        id_ = request.path["id"]
        return Dispatch(
            proposal_stream(id_), await submission_with_evidence(request, id_, calendar)
        )

    async def revise(request: RequestContext, body: Revision) -> AnyDispatch:
        id_ = request.path["id"]
        return Dispatch(
            proposal_stream(id_), await revision_with_evidence(request, id_, body, calendar)
        )

    async def review(request: RequestContext, body: Nothing) -> AnyDispatch:
        return Dispatch(proposal_stream(request.path["id"]), StartReview())

    async def on_proposal(request: RequestContext, body: Step) -> AnyDispatch:
        return Dispatch(proposal_stream(request.path["id"]), body)

    one = "/v1/proposals/{id}"
    api.command("POST", "/v1/proposals", ProposalDraft, OFFICERS, draft, "Draft a proposal")
    api.command("POST", f"{one}/draft", ProposalDraft, OFFICERS, redraft, "Replace a draft")
    api.command(
        "POST", f"{one}/submission", Nothing, OFFICERS, submit, "Submit a draft",
        act=SUBMIT_PROPOSAL,
    )  # fmt: skip
    api.command(
        "POST", f"{one}/withdrawal", WithdrawProposal, OFFICERS, on_proposal,
        "Withdraw a proposal",
    )  # fmt: skip
    api.command(
        "POST", f"{one}/review", Nothing, REVIEWERS, review, "Start the review", agency=MINISTRY
    )
    api.command(
        "POST", f"{one}/checklist", RecordChecklist, REVIEWERS, on_proposal,
        "Record the checklist", agency=MINISTRY,
    )  # fmt: skip
    api.command(
        "POST", f"{one}/revision-request", RequestRevision, REVIEWERS, on_proposal,
        "Ask for a revision", agency=MINISTRY,
    )  # fmt: skip
    api.command(
        "POST", f"{one}/revision", Revision, OFFICERS, revise, "Answer with a revision",
        act=REVISE_PROPOSAL,
    )  # fmt: skip
    api.command(
        "POST", f"{one}/decision", DecideProposal, REVIEWERS, on_proposal,
        "Decide item by item", agency=MINISTRY,
    )  # fmt: skip
    api.states(PROPOSAL, "/v1/proposals", STAFF)
