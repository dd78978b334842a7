"""The ministry's routes: proposals and what becomes of them."""

from datetime import date
from typing import Any

from starlette.responses import Response

from services.equipment.agency import MINISTRY
from services.equipment.application.evidence import COLUMNS, demand_for, figures
from services.equipment.domain.asset import DECIDER as ASSET
from services.equipment.domain.asset import RegisterAsset, asset_stream
from services.equipment.domain.consignment.aggregate import DECIDER as CONSIGNMENT
from services.equipment.domain.consignment.aggregate import (
    AllocateEquipment,
    CommissionEquipment,
    DeliverEquipment,
    ReturnEquipment,
    ShipEquipment,
    SignHandover,
    consignment_stream,
)
from services.equipment.domain.consignment.goods import Consignment
from services.equipment.domain.proposal.aggregate import DECIDER as PROPOSAL
from services.equipment.domain.proposal.aggregate import (
    DecideProposal,
    DraftProposal,
    ProposalDraft,
    RecordChecklist,
    RequestRevision,
    ReviseProposal,
    Revision,
    StartReview,
    SubmitProposal,
    WithdrawProposal,
    proposal_stream,
)
from services.equipment.domain.proposal.dossier import Proposal
from shared.events.acts import REVISE_PROPOSAL, SIGN_HANDOVER, SUBMIT_PROPOSAL, ActRule
from shared.events.base import Code, Id, Text
from shared.eventsourcing.decider import Command
from shared.eventsourcing.policies import AnyDispatch, Dispatch
from shared.kernel.settings import BadSetting
from shared.web import export
from shared.web.authentication import STAFF, Role
from shared.web.request_context import RequestContext
from shared.web.resources import Resources
from shared.web.responses import Nothing, PageQuery
from shared.web.router import Api
from shared.web.untyped import Untyped

REVIEWERS = (Role.MINISTRY_REVIEWER,)
OFFICERS = (Role.BLK_OFFICER,)
PARTIES = (Role.BLK_OFFICER, Role.MINISTRY_REVIEWER)


class Allocation(Command):
    """From which approved proposal, and for which workshop."""

    proposal: Id
    workshop: Text


class AssetNumber(Command):
    """The asset number (nomor aset) of one unit of the item."""

    item: Code
    number: Id


class AssetRow(AssetNumber):
    """The same as a row of a table: of which consignment."""

    consignment: Id


def routes(service: Resources, api: Api) -> None:
    _proposals(service, api)
    _consignments(api)
    _reading(service, api)


def _proposals(service: Resources, api: Api) -> None:
    calendar = {
        "review_days": service.settings.review_days,
        "warning_days": service.settings.review_warning_days,
        "holidays": _holidays(service.settings.holidays),
    }

    async def evidence(ask: RequestContext) -> tuple[str, dict[str, Any]]:
        """The proposal's field, and what a submission keeps beside what the centre wrote."""
        proposal: Proposal = await ask.state(proposal_stream(ask.path["id"]))
        demand = await demand_for(service.store, proposal.kejuruan)
        return proposal.kejuruan, {"demand": demand, **calendar}

    async def draft(ask: RequestContext, body: ProposalDraft) -> AnyDispatch:
        return Dispatch(proposal_stream(str(ask.request_id)), DraftProposal(**dict(body)))

    async def redraft(ask: RequestContext, body: ProposalDraft) -> AnyDispatch:
        await ask.state(proposal_stream(ask.path["id"]))
        return Dispatch(proposal_stream(ask.path["id"]), DraftProposal(**dict(body)))

    async def submit(ask: RequestContext, body: Nothing) -> AnyDispatch:
        kejuruan, found = await evidence(ask)
        return Dispatch(proposal_stream(ask.path["id"]), SubmitProposal(kejuruan=kejuruan, **found))

    async def revise(ask: RequestContext, body: Revision) -> AnyDispatch:
        _, found = await evidence(ask)
        return Dispatch(proposal_stream(ask.path["id"]), ReviseProposal(**dict(body), **found))

    async def review(ask: RequestContext, body: Nothing) -> AnyDispatch:
        return Dispatch(proposal_stream(ask.path["id"]), StartReview())

    async def on_proposal(ask: RequestContext, body: Command) -> AnyDispatch:
        return Dispatch(proposal_stream(ask.path["id"]), body)

    def add(
        path: str, body: Any, roles: Any, prepare: Any, summary: str, act: ActRule | None = None
    ) -> None:
        agency = MINISTRY if roles is REVIEWERS else None
        path = f"/v1/proposals{path}"
        api.command("POST", path, body, roles, prepare, summary, agency=agency, act=act)

    add("", ProposalDraft, OFFICERS, draft, "Draft a proposal")
    add("/{id}/draft", ProposalDraft, OFFICERS, redraft, "Replace a draft")
    add("/{id}/submission", Nothing, OFFICERS, submit, "Submit a draft", SUBMIT_PROPOSAL)
    add("/{id}/withdrawal", WithdrawProposal, OFFICERS, on_proposal, "Withdraw a proposal")
    add("/{id}/review", Nothing, REVIEWERS, review, "Start the review")
    add("/{id}/checklist", RecordChecklist, REVIEWERS, on_proposal, "Record the checklist")
    add(
        "/{id}/revision-request",
        RequestRevision,
        REVIEWERS,
        on_proposal,
        "Ask for a revision",
    )
    add("/{id}/revision", Revision, OFFICERS, revise, "Answer with a revision", REVISE_PROPOSAL)
    add("/{id}/decision", DecideProposal, REVIEWERS, on_proposal, "Decide item by item")
    api.states(PROPOSAL, "/v1/proposals", STAFF)


def _consignments(api: Api) -> None:
    async def allocate(ask: RequestContext, body: Allocation) -> AnyDispatch:
        proposal: Proposal = await ask.snapshot(proposal_stream(body.proposal))
        command = AllocateEquipment(
            proposal=body.proposal, workshop=body.workshop, granted=proposal.grant()
        )
        # One consignment a proposal: what was granted can't be allocated twice.
        return Dispatch(consignment_stream(body.proposal), command)

    async def on_consignment(ask: RequestContext, body: Command) -> AnyDispatch:
        return Dispatch(consignment_stream(ask.path["id"]), body)

    async def attach(ask: RequestContext, body: AssetNumber) -> AnyDispatch:
        id_ = body.consignment if isinstance(body, AssetRow) else ask.path["id"]
        consignment: Consignment = await ask.snapshot(consignment_stream(id_))
        consignment.refuse_asset(body.item, ask.identity.agency)
        # The number is the stream: it can't be taken twice.
        return Dispatch(asset_stream(body.number), RegisterAsset(consignment=id_, item=body.item))

    async def commission(ask: RequestContext, body: Nothing) -> AnyDispatch:
        return Dispatch(consignment_stream(ask.path["id"]), CommissionEquipment())

    def add(
        path: str, body: Any, roles: Any, prepare: Any, summary: str, act: ActRule | None = None
    ) -> None:
        agency = MINISTRY if roles is REVIEWERS else None
        path = f"/v1/consignments{path}"
        api.command("POST", path, body, roles, prepare, summary, agency=agency, act=act)

    add("", Allocation, REVIEWERS, allocate, "Allocate what was granted")
    add("/{id}/shipments", ShipEquipment, REVIEWERS, on_consignment, "Ship")
    add("/{id}/deliveries", DeliverEquipment, PARTIES, on_consignment, "Record a delivery")
    add("/{id}/returns", ReturnEquipment, OFFICERS, on_consignment, "Send damaged goods back")
    add(
        "/{id}/signatures", SignHandover, PARTIES, on_consignment, "Sign the hand-over (BAST)",
        SIGN_HANDOVER,
    )  # fmt: skip
    add("/{id}/assets", AssetNumber, PARTIES, attach, "Give a unit its asset number")
    add("/{id}/commissioning", Nothing, PARTIES, commission, "Put into service")
    api.importable("assets", AssetRow, PARTIES, attach)
    api.states(CONSIGNMENT, "/v1/consignments", STAFF)
    api.states(ASSET, "/v1/assets", STAFF)


def _reading(service: Resources, api: Api) -> None:
    async def demand(ask: RequestContext) -> dict[str, Any]:
        found = await demand_for(service.store, ask.query.get("kejuruan", ""))
        return {"items": [item.model_dump() for item in found]}

    async def aid(ask: RequestContext) -> Response:
        rows = await figures(service.store)
        # No figure counts people, so no cell is too small to be told.
        return export.answer(rows, COLUMNS, ask.query.get("format", "json"), "equipment-figures")

    api.query(
        "/v1/demand", STAFF, demand, "Demand by field and district", Untyped, parameters=PageQuery
    )
    files = tuple(export.MEDIA.values())
    api.query(
        "/v1/figures",
        STAFF,
        aid,
        "Proposals and equipment by field",
        Untyped,
        parameters=PageQuery,
        files=files,
    )


def _holidays(text: str) -> tuple[date, ...]:
    try:
        return tuple(date.fromisoformat(day.strip()) for day in text.split(",") if day.strip())
    except ValueError as error:
        raise BadSetting(f"SINERGI_HOLIDAYS: days are written YYYY-MM-DD,...: {error}") from error
