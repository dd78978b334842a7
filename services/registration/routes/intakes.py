"""Intakes (angkatan): plan, open, extend, close, select, start, move, cancel."""

from typing import Any

from services.registration.agency import BLK_PASER
from services.registration.domain.intake.aggregate import DECIDER as INTAKE
from services.registration.domain.intake.aggregate import intake_stream
from services.registration.domain.intake.seats import SelectParticipants
from services.registration.domain.intake.start import CancelIntake, RequestStart, Reschedule
from services.registration.domain.intake.state import (
    CloseRegistration,
    ExtendRegistration,
    Intake,
    IntakePlan,
    OpenIntake,
    PlanIntake,
)
from services.registration.domain.programme import Programme, programme_stream
from services.registration.routes.access import ANYBODY, OFFICERS
from shared.eventsourcing.decider import Command
from shared.eventsourcing.policies import AnyDispatch, Dispatch
from shared.web.request_context import RequestContext
from shared.web.resources import Resources
from shared.web.responses import Nothing
from shared.web.router import Api
from shared.web.untyped import untyped_view


class PlanForm(IntakePlan, Command):
    """What an officer fills in to plan a class."""


def routes(service: Resources, api: Api) -> None:
    async def planned(ask: RequestContext, body: PlanForm, id_: str) -> AnyDispatch:
        programme: Programme = await ask.snapshot(programme_stream(body.programme))
        return Dispatch(intake_stream(id_), PlanIntake(**dict(body), published=programme.outline()))

    async def draft(ask: RequestContext, body: PlanForm) -> AnyDispatch:
        return await planned(ask, body, str(ask.request_id))

    async def redraft(ask: RequestContext, body: PlanForm) -> AnyDispatch:
        return await planned(ask, body, ask.path["id"])

    async def open_intake(ask: RequestContext, body: Nothing) -> AnyDispatch:
        stream = intake_stream(ask.path["id"])
        intake: Intake = await ask.state(stream)
        programme: Programme = await ask.snapshot(programme_stream(intake.programme))
        return Dispatch(stream, OpenIntake(published=programme.outline()))

    async def on_intake(ask: RequestContext, body: Command) -> AnyDispatch:
        return Dispatch(intake_stream(ask.path["id"]), body)

    async def select(ask: RequestContext, body: Nothing) -> AnyDispatch:
        return Dispatch(intake_stream(ask.path["id"]), SelectParticipants())

    async def start(ask: RequestContext, body: Nothing) -> AnyDispatch:
        return Dispatch(intake_stream(ask.path["id"]), RequestStart())

    one = "/v1/intakes/{id}"
    commands: tuple[tuple[str, Any, Any, str], ...] = (
        ("/v1/intakes", PlanForm, draft, "Plan an intake (angkatan)"),
        (f"{one}/plan", PlanForm, redraft, "Change the plan of a draft"),
        (f"{one}/opening", Nothing, open_intake, "Open the registration"),
        (f"{one}/extension", ExtendRegistration, on_intake, "Let people apply longer"),
        (f"{one}/closing", CloseRegistration, on_intake, "Close the registration early"),
        (f"{one}/selection", Nothing, select, "Select the participants"),
        (f"{one}/start", Nothing, start, "Start the training"),
        (f"{one}/schedule", Reschedule, on_intake, "Move the training"),
        (f"{one}/cancellation", CancelIntake, on_intake, "Cancel the class"),
    )
    for path, body, prepare, summary in commands:
        api.command("POST", path, body, OFFICERS, prepare, summary, agency=BLK_PASER)
    api.states(INTAKE, "/v1/intakes", ANYBODY, untyped_view(_show))


def _show(id_: str, state: Intake) -> dict[str, Any]:
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
