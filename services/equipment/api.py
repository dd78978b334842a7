"""The ministry's routes: proposals and what becomes of them."""

from datetime import date
from typing import Any

from starlette.responses import Response

from services.equipment.agency import MINISTRY
from services.equipment.application.evidence import COLUMNS, demand_for, figures
from services.equipment.domain.asset import RegisterAsset
from services.equipment.domain.consignment.aggregate import (
    AllocateEquipment,
    CommissionEquipment,
    DeliverEquipment,
    ReturnEquipment,
    ShipEquipment,
    SignHandover,
)
from services.equipment.domain.consignment.goods import Consignment
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
)
from services.equipment.domain.proposal.dossier import Proposal
from shared.events.acts import REVISE_PROPOSAL, SIGN_HANDOVER, SUBMIT_PROPOSAL, ActRule
from shared.events.base import Code, Id, Text
from shared.eventsourcing.decider import Command
from shared.eventsourcing.policies import Do
from shared.kernel.settings import BadSetting
from shared.runtime.service import Service
from shared.web import export
from shared.web.authentication import STAFF, Role
from shared.web.request_context import Ask
from shared.web.responses import Nothing, Page
from shared.web.router import Api

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


def routes(service: Service, api: Api) -> None:
    _proposals(service, api)
    _consignments(api)
    _reading(service, api)


def _proposals(service: Service, api: Api) -> None:
    calendar = {
        "review_days": service.settings.review_days,
        "warning_days": service.settings.review_warning_days,
        "holidays": _holidays(service.settings.holidays),
    }

    async def evidence(ask: Ask) -> tuple[str, dict[str, Any]]:
        """The proposal's field, and what a submission keeps beside what the centre wrote."""
        proposal: Proposal = await ask.state(f"proposal/{ask.path['id']}")
        demand = await demand_for(service.store, proposal.kejuruan)
        return proposal.kejuruan, {"demand": demand, **calendar}

    async def draft(ask: Ask, body: ProposalDraft) -> Do:
        return Do(f"proposal/{ask.request_id}", DraftProposal(**dict(body)))

    async def redraft(ask: Ask, body: ProposalDraft) -> Do:
        await ask.state(f"proposal/{ask.path['id']}")
        return Do(f"proposal/{ask.path['id']}", DraftProposal(**dict(body)))

    async def submit(ask: Ask, body: Nothing) -> Do:
        kejuruan, found = await evidence(ask)
        return Do(f"proposal/{ask.path['id']}", SubmitProposal(kejuruan=kejuruan, **found))

    async def revise(ask: Ask, body: Revision) -> Do:
        _, found = await evidence(ask)
        return Do(f"proposal/{ask.path['id']}", ReviseProposal(**dict(body), **found))

    async def review(ask: Ask, body: Nothing) -> Do:
        return Do(f"proposal/{ask.path['id']}", StartReview())

    async def on_proposal(ask: Ask, body: Command) -> Do:
        return Do(f"proposal/{ask.path['id']}", body)

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
    add("/{id}/revision-request", RequestRevision, REVIEWERS, on_proposal, "Ask for a revision")
    add("/{id}/revision", Revision, OFFICERS, revise, "Answer with a revision", REVISE_PROPOSAL)
    add("/{id}/decision", DecideProposal, REVIEWERS, on_proposal, "Decide item by item")
    api.states("proposal", "/v1/proposals", STAFF)


def _consignments(api: Api) -> None:
    async def allocate(ask: Ask, body: Allocation) -> Do:
        proposal: Proposal = await ask.snapshot(f"proposal/{body.proposal}")
        command = AllocateEquipment(
            proposal=body.proposal, workshop=body.workshop, granted=proposal.grant()
        )
        # One consignment a proposal: what was granted can't be allocated twice.
        return Do(f"consignment/{body.proposal}", command)

    async def on_consignment(ask: Ask, body: Command) -> Do:
        return Do(f"consignment/{ask.path['id']}", body)

    async def attach(ask: Ask, body: AssetNumber) -> Do:
        id_ = body.consignment if isinstance(body, AssetRow) else ask.path["id"]
        consignment: Consignment = await ask.snapshot(f"consignment/{id_}")
        consignment.refuse_asset(body.item, ask.identity.agency)
        # The number is the stream: it can't be taken twice.
        return Do(f"asset/{body.number}", RegisterAsset(consignment=id_, item=body.item))

    async def commission(ask: Ask, body: Nothing) -> Do:
        return Do(f"consignment/{ask.path['id']}", CommissionEquipment())

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
    api.states("consignment", "/v1/consignments", STAFF)
    api.states("asset", "/v1/assets", STAFF)


def _reading(service: Service, api: Api) -> None:
    async def demand(ask: Ask) -> dict[str, Any]:
        found = await demand_for(service.store, ask.query.get("kejuruan", ""))
        return {"items": [item.model_dump() for item in found]}

    async def aid(ask: Ask) -> Response:
        rows = await figures(service.store)
        # No figure counts people, so no cell is too small to be told.
        return export.answer(rows, COLUMNS, ask.query.get("format", "json"), "equipment-figures")

    api.query("/v1/demand", STAFF, demand, "Demand by field and district", Page)
    files = tuple(export.MEDIA.values())
    api.query("/v1/figures", STAFF, aid, "Proposals and equipment by field", Page, files=files)


def _holidays(text: str) -> tuple[date, ...]:
    try:
        return tuple(date.fromisoformat(day.strip()) for day in text.split(",") if day.strip())
    except ValueError as error:
        raise BadSetting(f"SINERGI_HOLIDAYS: days are written YYYY-MM-DD,...: {error}") from error
