"""Requests for support and the offers to them."""

from typing import Any

from services.partners.domain.agreement import Agreement, agreement_stream
from services.partners.domain.instructor import Instructor, instructor_stream
from services.partners.domain.partner import Partner, partner_stream
from services.partners.domain.support.aggregate import DECIDER as SUPPORT
from services.partners.domain.support.aggregate import support_stream
from services.partners.domain.support.answer import AcceptOffer, DeclineOffer
from services.partners.domain.support.fulfilment import FulfilSupport
from services.partners.domain.support.offering import OfferSupport, WithdrawOffer
from services.partners.domain.support.request import AskSupport, WithdrawSupport
from services.partners.projections import REFERRED, SUPPORT_BY_FIELD
from services.partners.routes.access import MEMBERS, OFFICERS
from shared.events.acts import ACCEPT_OFFER, OFFER_SUPPORT, ActRule
from shared.events.base import Code, Id, Positive, Text
from shared.events.partners.values import OfferDays, Visit
from shared.events.values import Day, Document, Item, Items, Kejuruan, Prose, SupportKind
from shared.eventsourcing.decider import Command
from shared.eventsourcing.policies import AnyDispatch, Dispatch
from shared.eventsourcing.projections import rows_of
from shared.web.authentication import STAFF
from shared.web.parsing import page_of
from shared.web.request_context import RequestContext
from shared.web.resources import Resources
from shared.web.responses import Page
from shared.web.router import Api


class SupportForm(Command):
    """What is asked for: equipment by items; instructors, seats and curricula by quantity."""

    kind: SupportKind
    kejuruan: Kejuruan
    items: Items = ()
    quantity: Positive | None = None
    days: OfferDays = 14
    intake: Id | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    note: Prose | None = None


class OfferForm(Command):
    """What a partner offers, under which agreement; `partner` is its code."""

    partner: Code
    agreement: Id
    items: Items
    visit: Visit | None = None
    curriculum: Document | None = None
    note: Text | None = None


def routes(service: Resources, api: Api) -> None:
    async def ask_support(ask: RequestContext, body: SupportForm) -> AnyDispatch:
        items = body.items
        if body.kind != "equipment" and body.quantity is not None and not items:
            items = (Item(item=body.kind, quantity=body.quantity),)
        fields = body.model_dump(exclude={"items", "quantity"})
        command = AskSupport(items=items, for_agency=ask.identity.agency, **fields)
        return Dispatch(support_stream(str(ask.request_id)), command)

    async def offer(ask: RequestContext, body: OfferForm) -> AnyDispatch:
        partner: Partner = await ask.snapshot(partner_stream(body.partner))
        agreement: Agreement = await ask.snapshot(agreement_stream(body.agreement))
        teacher, engaged = None, False
        if body.visit is not None:
            instructor: Instructor = await ask.snapshot(instructor_stream(body.visit.instructor))
            teacher = instructor.teacher()
            engaged = instructor.engaged(body.visit.starts_on, body.visit.ends_on)
        command = OfferSupport(
            offering=partner.outline(body.partner),
            agreement=agreement.outline(body.agreement),
            items=body.items,
            visit=body.visit,
            teacher=teacher,
            engaged=engaged,
            curriculum=body.curriculum,
            note=body.note,
        )
        return Dispatch(support_stream(ask.path["id"]), command)

    async def on_support(ask: RequestContext, body: Command) -> AnyDispatch:
        return Dispatch(support_stream(ask.path["id"]), body)

    async def by_field(ask: RequestContext) -> dict[str, Any]:
        limit, after = page_of(ask.query)
        kejuruan = ask.query.get("kejuruan", "")
        prefix = f"{kejuruan}/" if kejuruan else ""
        return await rows_of(service.store, SUPPORT_BY_FIELD, prefix, after, limit)

    async def referred(ask: RequestContext) -> dict[str, Any]:
        limit, after = page_of(ask.query)
        return await rows_of(service.store, REFERRED, f"{ask.path['id']}/", after, limit)

    one = "/v1/support/{id}"
    commands: tuple[tuple[str, Any, Any, Any, str, ActRule | None], ...] = (
        ("/v1/support", SupportForm, OFFICERS, ask_support, "Ask the partners of a field", None),
        (f"{one}/offers", OfferForm, MEMBERS, offer, "Offer to help", OFFER_SUPPORT),
        (f"{one}/acceptance", AcceptOffer, OFFICERS, on_support, "Accept an offer or a part",
         ACCEPT_OFFER),
        (f"{one}/refusal", DeclineOffer, OFFICERS, on_support, "Decline an offer", None),
        (f"{one}/offer-withdrawal", WithdrawOffer, MEMBERS, on_support, "Take an offer back", None),
        (f"{one}/fulfilment", FulfilSupport, MEMBERS, on_support, "Say that it was given", None),
        (f"{one}/withdrawal", WithdrawSupport, OFFICERS, on_support, "Need no more", None),
    )  # fmt: skip
    for path, body, roles, prepare, summary, act in commands:
        api.command("POST", path, body, roles, prepare, summary, act=act)
    api.states(SUPPORT, "/v1/support", STAFF)
    api.query("/v1/support-by-field", STAFF, by_field, "Requests of a field", Page)
    api.query(f"{one}/referred", STAFF, referred, "Who was referred to lent seats", Page)
