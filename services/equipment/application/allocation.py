"""Allocation: the granted goods of a proposal become a consignment."""

from services.equipment.domain.consignment.aggregate import AllocateEquipment
from services.equipment.domain.proposal.aggregate import proposal_stream
from shared.web.request_context import RequestContext


async def allocation_of(
    request: RequestContext, *, proposal: str, workshop: str
) -> AllocateEquipment:
    """Return the command that allocates what the proposal was granted. Raises Refused."""
    found = await request.snapshot(proposal_stream(proposal))
    return AllocateEquipment(proposal=proposal, workshop=workshop, granted=found.grant())
