"""Listing: an instructor is listed by the partner whose code begins their id."""

from services.partners.domain.instructor import ListInstructor
from services.partners.domain.partner import partner_stream
from shared.events.values import Certificate
from shared.web.request_context import RequestContext


async def listing_of(
    request: RequestContext,
    instructor: str,
    *,
    fields: tuple[str, ...],
    methodology: Certificate,
    competency: Certificate,
) -> ListInstructor:
    """Return the command that lists the instructor `<partner>.<number>`.

    Raises Refused for a partner that there is not.
    """
    code = instructor.rpartition(".")[0]
    partner = await request.snapshot(partner_stream(code))
    return ListInstructor(
        listing=partner.outline(code),
        fields=fields,
        methodology=methodology,
        competency=competency,
    )
