"""Who may use the network's routes."""

from typing import Any

from services.partners.domain.partner import Partner
from shared.eventsourcing.command_handler import STATES
from shared.kernel.ports import scan_all
from shared.web.authentication import Role
from shared.web.request_context import Ask

MEMBERS = (Role.BPVP_OFFICER,)
OFFICERS = (Role.BLK_OFFICER,)
SIDES = (Role.BLK_OFFICER, Role.BPVP_OFFICER)


async def member(ask: Ask) -> Partner | None:
    """The partner for whose agency somebody acts; None for who acts for none."""
    async for row in scan_all(ask.service.store, STATES, "partner/"):
        partner: Any = await ask.snapshot(row.key)
        if partner.agency == ask.identity.agency:
            return partner  # type: ignore[no-any-return]
    return None
