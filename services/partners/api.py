"""The network's routes: its members, requests for support and offers."""

from typing import Any

from services.partners.domain.partner import Partner, RegisterPartner
from services.partners.domain.support import (
    AcceptOffer,
    DeclineOffer,
    FulfilSupport,
    OfferSupport,
)
from services.partners.views import VIEWS
from shared.events.base import Code, Text
from shared.events.values import Items
from shared.http import Api, Ask, Page
from shared.identity import Role
from shared.reactions import Do
from shared.requests import page_of
from shared.service import Service
from shared.stream import Command
from shared.views import rows_of

NETWORK = "urn:sinergi:bpvp-network"
MEMBERS = (Role.BPVP_OFFICER,)
OFFICERS = (Role.BLK_OFFICER,)
STAFF = tuple(role for role in Role if role is not Role.CITIZEN)


class OfferForm(Command):
    """What a partner offers; `partner` is its code."""

    partner: Code
    items: Items
    note: Text | None = None


def routes(service: Service, api: Api) -> None:
    async def register(ask: Ask, body: RegisterPartner) -> Do:
        return Do(f"partner/{ask.path['id']}", body)

    async def offer(ask: Ask, body: OfferForm) -> Do:
        partner: Partner = await ask.snapshot(f"partner/{body.partner}")
        command = OfferSupport(
            offering=partner.outline(body.partner), items=body.items, note=body.note
        )
        return Do(f"support/{ask.path['id']}", command)

    async def on_support(ask: Ask, body: Command) -> Do:
        return Do(f"support/{ask.path['id']}", body)

    async def by_field(ask: Ask) -> dict[str, Any]:
        limit, after = page_of(ask.query)
        kejuruan = ask.query.get("kejuruan", "")
        prefix = f"{kejuruan}/" if kejuruan else ""
        return await rows_of(service.store, VIEWS[0], prefix, after, limit)

    def add(path: str, body: Any, roles: Any, prepare: Any, summary: str) -> None:
        api.command("POST", path, body, roles, prepare, summary)

    api.command(
        "POST", "/v1/partners/{id}", RegisterPartner, MEMBERS, register, "Register a partner",
        agency=NETWORK,
    )  # fmt: skip
    one = "/v1/support/{id}"
    add(f"{one}/offers", OfferForm, MEMBERS, offer, "Offer to help")
    add(f"{one}/acceptance", AcceptOffer, OFFICERS, on_support, "Accept an offer")
    add(f"{one}/refusal", DeclineOffer, OFFICERS, on_support, "Decline an offer")
    add(f"{one}/fulfilment", FulfilSupport, MEMBERS, on_support, "Say that it was given")
    api.states("partner", "/v1/partners", STAFF)
    api.states("support", "/v1/support", STAFF)
    api.query("/v1/support-by-field", STAFF, by_field, "Requests of a field", Page)
