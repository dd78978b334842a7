"""Training: the register of attendance, assessment, completion. A training's id is its intake's."""

from typing import Any

from services.registration.agency import BLK_PASER
from services.registration.domain.training import DECIDER as TRAINING
from services.registration.domain.training import (
    AssessParticipant,
    CompleteTraining,
    CorrectAttendance,
    RecommendAssessment,
    RecordAttendance,
    Training,
    training_stream,
)
from services.registration.routes.access import OFFICERS
from shared.events.base import Id
from shared.events.values import Flag
from shared.eventsourcing.decider import Command
from shared.eventsourcing.policies import AnyDispatch, Dispatch
from shared.web.authentication import STAFF
from shared.web.request_context import RequestContext
from shared.web.resources import Resources
from shared.web.responses import Nothing
from shared.web.router import Api
from shared.web.untyped import untyped_view


class AssessmentForm(Command):
    """Whether the participant passed."""

    application: Id
    passed: Flag


def routes(service: Resources, api: Api) -> None:
    async def on_training(ask: RequestContext, body: Command) -> AnyDispatch:
        return Dispatch(training_stream(ask.path["id"]), body)

    async def assess(ask: RequestContext, body: AssessmentForm) -> AnyDispatch:
        id_ = ask.path["id"]
        return Dispatch(training_stream(id_), AssessParticipant(intake=id_, **dict(body)))

    async def complete(ask: RequestContext, body: Nothing) -> AnyDispatch:
        return Dispatch(training_stream(ask.path["id"]), CompleteTraining())

    one = "/v1/trainings/{id}"
    commands: tuple[tuple[str, Any, Any, str], ...] = (
        (f"{one}/sessions", RecordAttendance, on_training, "Record a session's attendance"),
        (f"{one}/sessions/correction", CorrectAttendance, on_training, "Correct an entry"),
        (f"{one}/recommendations", RecommendAssessment, on_training, "Recommend, as the assessor"),
        (f"{one}/assessments", AssessmentForm, assess, "Decide who passed"),
        (f"{one}/completion", Nothing, complete, "Complete the training"),
    )
    for path, body, prepare, summary in commands:
        api.command("POST", path, body, OFFICERS, prepare, summary, agency=BLK_PASER)
    api.states(TRAINING, "/v1/trainings", STAFF, untyped_view(_show))


def _show(id_: str, state: Training) -> dict[str, Any]:
    shown = state.model_dump(mode="json")
    attendance = {name: state.attendance(name) for name in state.participants}
    return {**shown, "taught": state.taught(), "attendance": attendance}
