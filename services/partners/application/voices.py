"""Voices: the agencies that may speak about an alignment."""

from services.partners.domain.alignment import Voice
from services.partners.domain.partner import Partner, partner_stream
from shared.eventsourcing.states import STATES
from shared.kernel.ports import scan_all
from shared.web.request_context import RequestContext


async def voice_of(request: RequestContext) -> Voice:
    """Return the agency of the request, with the fields that it serves if it is a partner."""
    partner = await _partner_of(request)
    return Voice(agency=request.identity.agency, fields=partner.fields if partner else None)


async def _partner_of(request: RequestContext) -> Partner | None:
    async for row in scan_all(request.service.store, STATES, "partner/"):
        partner = await request.snapshot(partner_stream(row.key.partition("/")[2]))
        if partner.agency == request.identity.agency:
            return partner
    return None
