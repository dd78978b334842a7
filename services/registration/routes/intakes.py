"""Intakes (angkatan): plan, open, extend, close, select, start, move, cancel."""

from services.registration.application.intakes import open_registration, plan
from services.registration.domain.intake.aggregate import DECIDER as INTAKE
from services.registration.domain.intake.aggregate import IntakeCommand, intake_stream
from services.registration.domain.intake.seats import SelectParticipants
from services.registration.domain.intake.start import CancelIntake, RequestStart, Reschedule
from services.registration.domain.intake.state import (
    CloseRegistration,
    ExtendRegistration,
    IntakePlan,
)
from services.registration.routes.access import ANYBODY, add_command
from services.registration.routes.intake_view import IntakeView
from shared.eventsourcing.decider import Command
from shared.eventsourcing.policies import AnyDispatch, Dispatch
from shared.web.request_context import RequestContext
from shared.web.resources import Resources
from shared.web.responses import Nothing
from shared.web.router import Api


class PlanForm(IntakePlan, Command):
    """Plan a class."""


def routes(service: Resources, api: Api) -> None:
    """Add the routes of intakes."""

    async def draft(request: RequestContext, body: PlanForm) -> AnyDispatch:
        """Plan a class of a published programme; nobody can apply before it is opened."""
        return await plan(request, str(request.request_id), body)

    async def redraft(request: RequestContext, body: PlanForm) -> AnyDispatch:
        """Replace the plan of a class that is not open yet."""
        return await plan(request, request.path["id"], body)

    async def open_intake(request: RequestContext, body: Nothing) -> AnyDispatch:
        """Let people apply; the class keeps the programme as it is now."""
        return await open_registration(request, request.path["id"])

    async def on_intake(request: RequestContext, body: IntakeCommand) -> AnyDispatch:
        return Dispatch(intake_stream(request.path["id"]), body)

    async def select(request: RequestContext, body: Nothing) -> AnyDispatch:
        """Rank the candidates and offer the seats; the others wait or are in reserve."""
        return Dispatch(intake_stream(request.path["id"]), SelectParticipants())

    async def start(request: RequestContext, body: Nothing) -> AnyDispatch:
        """Start the training, or let it start by itself once the workshop is ready."""
        return Dispatch(intake_stream(request.path["id"]), RequestStart())

    one = "/v1/intakes/{id}"
    add_command(
        api, "/v1/intakes", PlanForm, draft, "Plan an intake (angkatan)",
        indonesian="Rencanakan angkatan dari program yang terbit; pendaftaran belum dibuka.",
    )  # fmt: skip
    add_command(
        api, f"{one}/plan", PlanForm, redraft, "Change the plan of a draft",
        indonesian="Ganti rencana angkatan yang pendaftarannya belum dibuka.",
    )  # fmt: skip
    add_command(
        api, f"{one}/opening", Nothing, open_intake, "Open the registration",
        indonesian="Buka pendaftaran; angkatan memakai isi program saat ini.",
    )  # fmt: skip
    add_command(
        api, f"{one}/extension", ExtendRegistration, on_intake, "Let people apply longer",
        indonesian="Perpanjang pendaftaran sampai hari yang lebih akhir.",
    )  # fmt: skip
    add_command(
        api, f"{one}/closing", CloseRegistration, on_intake, "Close the registration early",
        indonesian="Tutup pendaftaran sebelum waktunya habis.",
    )  # fmt: skip
    add_command(
        api, f"{one}/selection", Nothing, select, "Select the participants",
        indonesian="Susun peringkat dan tawarkan kursi; yang lain menunggu atau jadi cadangan.",
    )  # fmt: skip
    add_command(
        api, f"{one}/start", Nothing, start, "Start the training",
        indonesian="Mulai pelatihan, atau biarkan mulai sendiri begitu bengkel siap.",
    )  # fmt: skip
    add_command(
        api, f"{one}/schedule", Reschedule, on_intake, "Move the training",
        indonesian="Pindahkan pelatihan ke tanggal lain; instruktur dan pendaftar diberi tahu.",
    )  # fmt: skip
    add_command(
        api, f"{one}/cancellation", CancelIntake, on_intake, "Cancel the class",
        indonesian="Batalkan kelas; instruktur, kursi dan pendaftarnya bebas lagi.",
    )  # fmt: skip
    api.states(INTAKE, "/v1/intakes", ANYBODY, IntakeView)
