"""Read a state from another aggregate's stream."""

from services.registration.domain.intake.aggregate import intake_stream
from services.registration.domain.programme import Programme
from shared.web.request_context import RequestContext


async def read(request: RequestContext) -> Programme:
    return await request.state(intake_stream("i1"))  # error: arg-type
