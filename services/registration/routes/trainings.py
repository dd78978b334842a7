"""Training: the register of attendance, assessment, completion. A training's id is its intake's."""

from typing import Any

from services.registration.agency import BLK_PASER
from services.registration.domain.training import (
    AssessParticipant,
    CompleteTraining,
    CorrectAttendance,
    RecommendAssessment,
    RecordAttendance,
    Training,
)
from services.registration.routes.access import OFFICERS
from shared.events.base import Id
from shared.events.values import Flag
from shared.eventsourcing.decider import Command
from shared.eventsourcing.policies import Do
from shared.runtime.service import Service
from shared.web.authentication import STAFF
from shared.web.request_context import Ask
from shared.web.responses import Nothing
from shared.web.router import Api


class AssessmentForm(Command):
    """Whether the participant passed."""

    application: Id
    passed: Flag


def routes(service: Service, api: Api) -> None:
    async def on_training(ask: Ask, body: Command) -> Do:
        return Do(f"training/{ask.path['id']}", body)

    async def assess(ask: Ask, body: AssessmentForm) -> Do:
        id_ = ask.path["id"]
        return Do(f"training/{id_}", AssessParticipant(intake=id_, **dict(body)))

    async def complete(ask: Ask, body: Nothing) -> Do:
        return Do(f"training/{ask.path['id']}", CompleteTraining())

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
    api.states("training", "/v1/trainings", STAFF, _show)


def _show(id_: str, state: Training) -> dict[str, Any]:
    shown = state.model_dump(mode="json")
    attendance = {name: state.attendance(name) for name in state.participants}
    return {**shown, "taught": state.taught(), "attendance": attendance}
