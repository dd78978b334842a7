"""Numbering: a unit of a consignment gets its asset number."""

from services.equipment.domain.asset import RegisterAsset
from services.equipment.domain.consignment.aggregate import consignment_stream
from shared.web.request_context import RequestContext


async def registration_of(request: RequestContext, *, consignment: str, item: str) -> RegisterAsset:
    """Return the command that takes a number for a unit of the item.

    The number is the stream of the command, so it can't be taken twice. Raises Refused unless a
    unit waits for its number from the agency of the request.
    """
    found = await request.snapshot(consignment_stream(consignment))
    found.refuse_asset(item, request.identity.agency)
    return RegisterAsset(consignment=consignment, item=item)
