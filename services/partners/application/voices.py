"""Voices: the agencies that may speak about an alignment."""

from services.partners.domain.alignment import Voice
from services.partners.domain.partner import Partner, partner_stream
from services.partners.projections import PARTNER_AGENCIES
from shared.web.request_context import RequestContext


async def voice_of(request: RequestContext) -> Voice:
    """Return the agency of the request, with the fields that it serves if it is a partner."""
    partner = await _partner_of(request)
    return Voice(agency=request.identity.agency, fields=partner.fields if partner else None)


async def _partner_of(request: RequestContext) -> Partner | None:
    prefix = f"{request.identity.agency} "
    for row in await request.service.store.scan(PARTNER_AGENCIES.table, prefix, limit=1):
        return await request.snapshot(partner_stream(row.key.rpartition("/")[2]))
    return None
