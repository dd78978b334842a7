"""The network's members, what they can lend, and their instructors."""

import re

from services.partners.agency import NETWORK
from services.partners.domain.instructor import ListInstructor
from services.partners.domain.partner import (
    ListSpareEquipment,
    Partner,
    RegisterPartner,
    UpdatePartner,
)
from services.partners.routes.access import MEMBERS
from shared.events.values import Certificate, Fields
from shared.eventsourcing.decider import Command
from shared.eventsourcing.policies import Do
from shared.eventsourcing.refusal import Refused
from shared.runtime.service import Service
from shared.web.authentication import STAFF
from shared.web.request_context import Ask
from shared.web.router import Api

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


class InstructorListing(Command):
    """An instructor whom the partner would send; the id is `<partner>.<number>`."""

    fields: Fields
    methodology: Certificate
    competency: Certificate


def routes(service: Service, api: Api) -> None:
    async def on_partner(ask: Ask, body: Command) -> Do:
        return Do(f"partner/{ask.path['id']}", body)

    async def register(ask: Ask, body: RegisterPartner) -> Do:
        # Offers and instructors name the partner by this id.
        if not _CODE.fullmatch(ask.path["id"]):
            raise Refused("partner-code", status=422)
        return await on_partner(ask, body)

    async def list_instructor(ask: Ask, body: InstructorListing) -> Do:
        code = ask.path["id"].rpartition(".")[0]
        partner: Partner = await ask.snapshot(f"partner/{code}")
        command = ListInstructor(listing=partner.outline(code), **dict(body))
        return Do(f"instructor/{ask.path['id']}", command)

    one = "/v1/partners/{id}"
    api.command(
        "POST", one, RegisterPartner, MEMBERS, register, "Register a partner", agency=NETWORK
    )
    api.command("POST", f"{one}/update", UpdatePartner, MEMBERS, on_partner, "Update a partner")
    api.command(
        "POST", f"{one}/spare-equipment", ListSpareEquipment, MEMBERS, on_partner,
        "List what could be lent",
    )  # fmt: skip
    api.command(
        "POST", "/v1/instructors/{id}", InstructorListing, MEMBERS, list_instructor,
        "List an instructor of one's own",
    )  # fmt: skip
    api.states("partner", "/v1/partners", STAFF)
    api.states("instructor", "/v1/instructors", STAFF)
