"""The ministry's routes: proposals and what becomes of them."""

from datetime import date
from typing import Any

from services.equipment.domain.consignment import (
    AllocateEquipment,
    CommissionEquipment,
    DeliverEquipment,
    ShipEquipment,
    SignHandover,
)
from services.equipment.domain.proposal import (
    DecideProposal,
    Proposal,
    ProposalDraft,
    StartReview,
    SubmitProposal,
)
from services.equipment.views import VIEWS
from shared.events.base import Id, Text
from shared.events.values import Demand
from shared.http import Api, Ask, Nothing, Page
from shared.identity import Role
from shared.ports import Store
from shared.reactions import Do
from shared.service import Service
from shared.settings import BadSetting
from shared.stream import Command
from shared.views import parts_of

MINISTRY = "urn:sinergi:kemenaker"
REVIEWERS = (Role.MINISTRY_REVIEWER,)
PARTIES = (Role.BLK_OFFICER, Role.MINISTRY_REVIEWER)
STAFF = tuple(role for role in Role if role is not Role.CITIZEN)


class Allocation(Command):
    """From which approved proposal, and for which workshop."""

    proposal: Id
    workshop: Text


def routes(service: Service, api: Api) -> None:
    review_days = service.settings.review_days
    holidays = _holidays(service.settings.holidays)

    async def submit(ask: Ask, body: ProposalDraft) -> Do:
        command = SubmitProposal(
            **body.model_dump(),
            demand=await demand_for(service.store, body.kejuruan),
            review_days=review_days,
            holidays=holidays,
        )
        return Do(f"proposal/{ask.request_id}", command)

    async def review(ask: Ask, body: Nothing) -> Do:
        return Do(f"proposal/{ask.path['id']}", StartReview())

    async def decide(ask: Ask, body: DecideProposal) -> Do:
        return Do(f"proposal/{ask.path['id']}", body)

    async def allocate(ask: Ask, body: Allocation) -> Do:
        proposal: Proposal = await ask.snapshot(f"proposal/{body.proposal}")
        command = AllocateEquipment(
            proposal=body.proposal, workshop=body.workshop, granted=proposal.grant()
        )
        # One consignment a proposal: what was granted can't be allocated twice.
        return Do(f"consignment/{body.proposal}", command)

    async def on_consignment(ask: Ask, body: Command) -> Do:
        return Do(f"consignment/{ask.path['id']}", body)

    async def commission(ask: Ask, body: Nothing) -> Do:
        return Do(f"consignment/{ask.path['id']}", CommissionEquipment())

    async def demand(ask: Ask) -> dict[str, Any]:
        found = await demand_for(service.store, ask.query.get("kejuruan", ""))
        return {"items": [item.model_dump() for item in found]}

    def add(path: str, body: Any, roles: Any, prepare: Any, summary: str) -> None:
        agency = MINISTRY if roles is REVIEWERS else None
        api.command("POST", path, body, roles, prepare, summary, agency=agency)

    officers = (Role.BLK_OFFICER,)
    add("/v1/proposals", ProposalDraft, officers, submit, "Submit a proposal")
    add("/v1/proposals/{id}/review", Nothing, REVIEWERS, review, "Start the review")
    add("/v1/proposals/{id}/decision", DecideProposal, REVIEWERS, decide, "Decide item by item")
    add("/v1/consignments", Allocation, REVIEWERS, allocate, "Allocate what was granted")
    one = "/v1/consignments/{id}"
    add(f"{one}/shipments", ShipEquipment, REVIEWERS, on_consignment, "Ship")
    add(f"{one}/deliveries", DeliverEquipment, PARTIES, on_consignment, "Record a delivery")
    add(f"{one}/signatures", SignHandover, PARTIES, on_consignment, "Sign the hand-over (BAST)")
    add(f"{one}/commissioning", Nothing, PARTIES, commission, "Put into service")
    api.states("proposal", "/v1/proposals", STAFF)
    api.states("consignment", "/v1/consignments", STAFF)
    api.query("/v1/demand", STAFF, demand, "Demand by field and district", Page)


async def demand_for(store: Store, kejuruan: str) -> tuple[Demand, ...]:
    """How many applied in each district; of one field, or of all for an empty name."""
    counts: dict[tuple[str, str], int] = {}
    prefix = f"{kejuruan}/" if kejuruan else ""
    async for row, _, part in parts_of(store, VIEWS[0], prefix):
        if part["status"] == "counted":
            field, _, kecamatan = row.partition("/")
            counts[field, kecamatan] = counts.get((field, kecamatan), 0) + 1
    return tuple(
        Demand(kejuruan=field, kecamatan=kecamatan, applicants=count)
        for (field, kecamatan), count in sorted(counts.items())
    )


def _holidays(text: str) -> tuple[date, ...]:
    try:
        return tuple(date.fromisoformat(day.strip()) for day in text.split(",") if day.strip())
    except ValueError as error:
        raise BadSetting(f"SINERGI_HOLIDAYS: days are written YYYY-MM-DD,...: {error}") from error
