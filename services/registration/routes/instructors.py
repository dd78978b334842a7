"""Instructors: appoint, renew a certificate, discharge, and assign to a class."""

from typing import Annotated

from services.registration.agency import BLK_PASER
from services.registration.application.instructors import Appointment, Instructors
from services.registration.domain.instructor import DECIDER as INSTRUCTOR
from services.registration.domain.instructor import (
    DischargeInstructor,
    RenewCertificate,
    WithdrawInstructor,
    instructor_stream,
)
from services.registration.routes.access import OFFICERS, add_command
from services.registration.routes.instructor_view import InstructorView
from shared.events.base import Id
from shared.events.described import described
from shared.eventsourcing.decider import Command
from shared.eventsourcing.policies import AnyDispatch, Dispatch
from shared.web.authentication import STAFF
from shared.web.request_context import RequestContext
from shared.web.resources import Resources
from shared.web.responses import Nothing
from shared.web.router import Api


class InstructorForm(Appointment, Command):
    """An instructor, with both certificates."""


class Assignment(Command):
    """Name the instructor of the intake."""

    instructor: Annotated[Id, described(en="the instructor", id="instruktur yang dimaksud")]


def routes(service: Resources, api: Api) -> None:
    """Add the routes of instructors."""
    instructors = Instructors(service)

    async def appoint(request: RequestContext, body: InstructorForm) -> AnyDispatch:
        """Appoint an instructor, with both certificates; name and NIP are encrypted."""
        return await instructors.appoint(request, body)

    async def renew(request: RequestContext, body: RenewCertificate) -> AnyDispatch:
        """Enter the renewed certificate of an instructor."""
        return Dispatch(instructor_stream(request.path["id"]), body)

    async def discharge(request: RequestContext, body: Nothing) -> AnyDispatch:
        """Give the instructor no new class; refused while one is still theirs."""
        return Dispatch(instructor_stream(request.path["id"]), DischargeInstructor())

    async def assign(request: RequestContext, body: Assignment) -> AnyDispatch:
        """Book the instructor's days for the class."""
        return await instructors.assign(
            request, instructor=body.instructor, intake=request.path["id"]
        )

    async def withdraw(request: RequestContext, body: Assignment) -> AnyDispatch:
        """Take the instructor off the class; the days are free again."""
        command = WithdrawInstructor(intake=request.path["id"])
        return Dispatch(instructor_stream(body.instructor), command)

    one, of_intake = "/v1/instructors/{id}", "/v1/intakes/{id}/instructors"
    add_command(
        api, "/v1/instructors", InstructorForm, appoint, "Appoint an instructor",
        indonesian="Angkat instruktur dengan kedua sertifikatnya; nama dan NIP dienkripsi.",
    )  # fmt: skip
    add_command(
        api, f"{one}/certificates", RenewCertificate, renew, "Renew a certificate",
        indonesian="Catat sertifikat instruktur yang sudah diperpanjang.",
    )  # fmt: skip
    add_command(
        api, f"{one}/discharge", Nothing, discharge, "Give them no new class",
        indonesian="Berhentikan instruktur: tidak ada kelas baru; ditolak selama masih mengajar.",
    )  # fmt: skip
    add_command(
        api, of_intake, Assignment, assign, "Assign an instructor",
        indonesian="Tugaskan instruktur; tanggalnya dipesan untuk kelas ini.",
    )  # fmt: skip
    add_command(
        api, f"{of_intake}/release", Assignment, withdraw, "Take an instructor off the class",
        indonesian="Lepaskan instruktur dari kelas; tanggalnya bebas lagi.",
    )  # fmt: skip
    api.importable("instructors", InstructorForm, OFFICERS, appoint, BLK_PASER)
    api.states(INSTRUCTOR, "/v1/instructors", STAFF, InstructorView)
