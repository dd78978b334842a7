"""Training: the register of attendance, assessment, completion. A training's id is its intake's."""

from pydantic import JsonValue

from services.registration.domain.training import DECIDER as TRAINING
from services.registration.domain.training import (
    AssessParticipant,
    CompleteTraining,
    CorrectAttendance,
    RecommendAssessment,
    RecordAttendance,
    Training,
    TrainingCommand,
    training_stream,
)
from services.registration.routes.access import add_command
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
    """Decide whether the participant passed."""

    application: Id
    passed: Flag


def routes(service: Resources, api: Api) -> None:
    """Add the routes of trainings."""

    async def on_training(request: RequestContext, body: TrainingCommand) -> AnyDispatch:
        return Dispatch(training_stream(request.path["id"]), body)

    async def assess(request: RequestContext, body: AssessmentForm) -> AnyDispatch:
        id_ = request.path["id"]
        return Dispatch(training_stream(id_), AssessParticipant(intake=id_, **dict(body)))

    async def complete(request: RequestContext, body: Nothing) -> AnyDispatch:
        return Dispatch(training_stream(request.path["id"]), CompleteTraining())

    one = "/v1/trainings/{id}"
    add_command(
        api, f"{one}/sessions", RecordAttendance, on_training, "Record a session's attendance"
    )
    add_command(
        api, f"{one}/sessions/correction", CorrectAttendance, on_training, "Correct an entry"
    )
    add_command(
        api, f"{one}/recommendations", RecommendAssessment, on_training,
        "Recommend, as the assessor",
    )  # fmt: skip
    add_command(api, f"{one}/assessments", AssessmentForm, assess, "Decide who passed")
    add_command(api, f"{one}/completion", Nothing, complete, "Complete the training")
    api.states(TRAINING, "/v1/trainings", STAFF, untyped_view(_show))


def _show(id_: str, state: Training) -> dict[str, JsonValue]:
    shown = state.model_dump(mode="json")
    attendance: dict[str, JsonValue] = {name: state.attendance(name) for name in state.participants}
    return {**shown, "taught": state.taught(), "attendance": attendance}
