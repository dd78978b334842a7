"""Instructors: appoint, renew a certificate, discharge, and assign to a class."""

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
from shared.events.base import Id
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

    instructor: Id


def routes(service: Resources, api: Api) -> None:
    """Add the routes of instructors."""
    instructors = Instructors(service)

    async def appoint(request: RequestContext, body: InstructorForm) -> AnyDispatch:
        return await instructors.appoint(request, body)

    async def renew(request: RequestContext, body: RenewCertificate) -> AnyDispatch:
        return Dispatch(instructor_stream(request.path["id"]), body)

    async def discharge(request: RequestContext, body: Nothing) -> AnyDispatch:
        return Dispatch(instructor_stream(request.path["id"]), DischargeInstructor())

    async def assign(request: RequestContext, body: Assignment) -> AnyDispatch:
        return await instructors.assign(
            request, instructor=body.instructor, intake=request.path["id"]
        )

    async def withdraw(request: RequestContext, body: Assignment) -> AnyDispatch:
        command = WithdrawInstructor(intake=request.path["id"])
        return Dispatch(instructor_stream(body.instructor), command)

    one, of_intake = "/v1/instructors/{id}", "/v1/intakes/{id}/instructors"
    add_command(api, "/v1/instructors", InstructorForm, appoint, "Appoint an instructor")
    add_command(api, f"{one}/certificates", RenewCertificate, renew, "Renew a certificate")
    add_command(api, f"{one}/discharge", Nothing, discharge, "Give them no new class")
    add_command(api, of_intake, Assignment, assign, "Assign an instructor")
    add_command(
        api, f"{of_intake}/release", Assignment, withdraw, "Take an instructor off the class"
    )
    api.importable("instructors", InstructorForm, OFFICERS, appoint, BLK_PASER)
    api.states(INSTRUCTOR, "/v1/instructors", STAFF, without=("sealed", "person"))
