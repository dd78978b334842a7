"""The network's members, what they can lend, and their instructors."""

import re

from services.partners.agency import NETWORK
from services.partners.domain.instructor import DECIDER as INSTRUCTOR
from services.partners.domain.instructor import ListInstructor, instructor_stream
from services.partners.domain.partner import DECIDER as PARTNER
from services.partners.domain.partner import (
    ListSpareEquipment,
    Partner,
    RegisterPartner,
    UpdatePartner,
    partner_stream,
)
from services.partners.routes.access import MEMBERS
from shared.events.values import Certificate, Fields
from shared.eventsourcing.decider import Command
from shared.eventsourcing.policies import AnyDispatch, Dispatch
from shared.eventsourcing.refusal import Refused
from shared.web.authentication import STAFF
from shared.web.request_context import RequestContext
from shared.web.resources import Resources
from shared.web.router import Api

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


class InstructorListing(Command):
    """An instructor whom the partner would send; the id is `<partner>.<number>`."""

    fields: Fields
    methodology: Certificate
    competency: Certificate


def routes(service: Resources, api: Api) -> None:
    async def on_partner(ask: RequestContext, body: Command) -> AnyDispatch:
        return Dispatch(partner_stream(ask.path["id"]), body)

    async def register(ask: RequestContext, body: RegisterPartner) -> AnyDispatch:
        # Offers and instructors name the partner by this id.
        if not _CODE.fullmatch(ask.path["id"]):
            raise Refused("partner-code", status=422)
        return await on_partner(ask, body)

    async def list_instructor(ask: RequestContext, body: InstructorListing) -> AnyDispatch:
        code = ask.path["id"].rpartition(".")[0]
        partner: Partner = await ask.snapshot(partner_stream(code))
        command = ListInstructor(listing=partner.outline(code), **dict(body))
        return Dispatch(instructor_stream(ask.path["id"]), command)

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
    api.states(PARTNER, "/v1/partners", STAFF)
    api.states(INSTRUCTOR, "/v1/instructors", STAFF)
