"""Who may use the network's routes."""

from services.partners.domain.partner import Partner, partner_stream
from shared.eventsourcing.states import STATES
from shared.kernel.ports import scan_all
from shared.web.authentication import Role
from shared.web.request_context import RequestContext

MEMBERS = (Role.BPVP_OFFICER,)
OFFICERS = (Role.BLK_OFFICER,)
SIDES = (Role.BLK_OFFICER, Role.BPVP_OFFICER)


async def member(ask: RequestContext) -> Partner | None:
    """The partner for whose agency somebody acts; None for who acts for none."""
    async for row in scan_all(ask.service.store, STATES, "partner/"):
        partner = await ask.snapshot(partner_stream(row.key.partition("/")[2]))
        if partner.agency == ask.identity.agency:
            return partner
    return None
