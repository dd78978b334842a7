"""Intakes (angkatan): plan, open, extend, close, select, start, move, cancel."""

from pydantic import JsonValue

from services.registration.application.intakes import open_registration, plan
from services.registration.domain.intake.aggregate import DECIDER as INTAKE
from services.registration.domain.intake.aggregate import IntakeCommand, intake_stream
from services.registration.domain.intake.seats import SelectParticipants
from services.registration.domain.intake.start import CancelIntake, RequestStart, Reschedule
from services.registration.domain.intake.state import (
    CloseRegistration,
    ExtendRegistration,
    Intake,
    IntakePlan,
)
from services.registration.routes.access import ANYBODY, add_command
from shared.eventsourcing.decider import Command
from shared.eventsourcing.policies import AnyDispatch, Dispatch
from shared.web.request_context import RequestContext
from shared.web.resources import Resources
from shared.web.responses import Nothing
from shared.web.router import Api
from shared.web.untyped import untyped_view


class PlanForm(IntakePlan, Command):
    """Plan a class."""


def routes(service: Resources, api: Api) -> None:
    """Add the routes of intakes."""

    async def draft(request: RequestContext, body: PlanForm) -> AnyDispatch:
        return await plan(request, str(request.request_id), body)

    async def redraft(request: RequestContext, body: PlanForm) -> AnyDispatch:
        return await plan(request, request.path["id"], body)

    async def open_intake(request: RequestContext, body: Nothing) -> AnyDispatch:
        return await open_registration(request, request.path["id"])

    async def on_intake(request: RequestContext, body: IntakeCommand) -> AnyDispatch:
        return Dispatch(intake_stream(request.path["id"]), body)

    async def select(request: RequestContext, body: Nothing) -> AnyDispatch:
        return Dispatch(intake_stream(request.path["id"]), SelectParticipants())

    async def start(request: RequestContext, body: Nothing) -> AnyDispatch:
        return Dispatch(intake_stream(request.path["id"]), RequestStart())

    one = "/v1/intakes/{id}"
    add_command(api, "/v1/intakes", PlanForm, draft, "Plan an intake (angkatan)")
    add_command(api, f"{one}/plan", PlanForm, redraft, "Change the plan of a draft")
    add_command(api, f"{one}/opening", Nothing, open_intake, "Open the registration")
    add_command(api, f"{one}/extension", ExtendRegistration, on_intake, "Let people apply longer")
    add_command(api, f"{one}/closing", CloseRegistration, on_intake, "Close the registration early")
    add_command(api, f"{one}/selection", Nothing, select, "Select the participants")
    add_command(api, f"{one}/start", Nothing, start, "Start the training")
    add_command(api, f"{one}/schedule", Reschedule, on_intake, "Move the training")
    add_command(api, f"{one}/cancellation", CancelIntake, on_intake, "Cancel the class")
    api.states(INTAKE, "/v1/intakes", ANYBODY, untyped_view(_show))


def _show(id_: str, state: Intake) -> dict[str, JsonValue]:
    hidden = {"candidates", "applicants", "ledger"}
    shown = state.model_dump(mode="json", exclude_none=True, exclude=hidden)
    ledger = state.ledger
    return {
        **shown,
        "quota": ledger.quota,
        "waiting_list": ledger.waiting_list,
        "applicants": len(state.applicants),
        "candidates": len(state.candidates),
        "offered": list(ledger.offered),
        "seats": list(ledger.seated),
        "waiting": list(ledger.waiting),
        "reserve": list(ledger.reserve),
    }
