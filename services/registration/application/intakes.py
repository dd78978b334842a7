"""Intakes (angkatan): planning and opening, with the programme as it is published."""

from services.registration.domain.intake.aggregate import intake_stream
from services.registration.domain.intake.state import Intake, IntakePlan, OpenIntake, PlanIntake
from services.registration.domain.programme import Programme, programme_stream
from shared.eventsourcing.policies import AnyDispatch, Dispatch
from shared.web.request_context import RequestContext


async def plan(request: RequestContext, id_: str, planned: IntakePlan) -> AnyDispatch:
    """Prepare the plan of an intake to its programme."""
    programme: Programme = await request.snapshot(programme_stream(planned.programme))
    command = PlanIntake(**dict(planned), published=programme.outline())
    return Dispatch(intake_stream(id_), command)


async def open_registration(request: RequestContext, id_: str) -> AnyDispatch:
    """Prepare the opening of an intake's registration. Raises ProblemError 404."""
    stream = intake_stream(id_)
    intake: Intake = await request.state(stream)
    programme: Programme = await request.snapshot(programme_stream(intake.programme))
    return Dispatch(stream, OpenIntake(published=programme.outline()))
