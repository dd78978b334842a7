"""Training: the register of attendance, assessment, completion. A training's id is its intake's."""

from services.registration.domain.training import DECIDER as TRAINING
from services.registration.domain.training import (
    AssessParticipant,
    CompleteTraining,
    CorrectAttendance,
    Participant,
    Passed,
    RecommendAssessment,
    RecordAttendance,
    TrainingCommand,
    training_stream,
)
from services.registration.routes.access import add_command
from services.registration.routes.training_view import TrainingView
from shared.eventsourcing.decider import Command
from shared.eventsourcing.policies import AnyDispatch, Dispatch
from shared.web.authentication import STAFF
from shared.web.request_context import RequestContext
from shared.web.resources import Resources
from shared.web.responses import Nothing
from shared.web.router import Api


class AssessmentForm(Command):
    """Decide whether the participant passed, as somebody but the assessor."""

    application: Participant
    passed: Passed


def routes(service: Resources, api: Api) -> None:
    """Add the routes of trainings."""

    async def on_training(request: RequestContext, body: TrainingCommand) -> AnyDispatch:
        return Dispatch(training_stream(request.path["id"]), body)

    async def assess(request: RequestContext, body: AssessmentForm) -> AnyDispatch:
        id_ = request.path["id"]
        return Dispatch(training_stream(id_), AssessParticipant(intake=id_, **dict(body)))

    async def complete(request: RequestContext, body: Nothing) -> AnyDispatch:
        """Complete a training of which all hours are taught and all participants assessed."""
        return Dispatch(training_stream(request.path["id"]), CompleteTraining())

    one = "/v1/trainings/{id}"
    add_command(
        api, f"{one}/sessions", RecordAttendance, on_training, "Record a session's attendance",
        indonesian="Catat siapa yang tidak hadir pada satu sesi; yang lain hadir.",
    )  # fmt: skip
    add_command(
        api, f"{one}/sessions/correction", CorrectAttendance, on_training, "Correct an entry",
        indonesian="Betulkan satu catatan daftar hadir; catatan pertama tetap tersimpan.",
    )  # fmt: skip
    add_command(
        api, f"{one}/recommendations", RecommendAssessment, on_training,
        "Recommend, as the assessor",
        indonesian="Beri rekomendasi sebagai asesor: peserta kompeten atau belum.",
    )  # fmt: skip
    add_command(
        api, f"{one}/assessments", AssessmentForm, assess, "Decide who passed",
        indonesian="Putuskan kelulusan peserta; yang memutuskan bukan asesornya.",
    )  # fmt: skip
    add_command(
        api, f"{one}/completion", Nothing, complete, "Complete the training",
        indonesian="Akhiri pelatihan yang semua jamnya selesai dan semua pesertanya dinilai.",
    )  # fmt: skip
    api.states(TRAINING, "/v1/trainings", STAFF, TrainingView)
