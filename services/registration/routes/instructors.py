"""Instructors: appoint, renew a certificate, discharge, and whose class they teach."""

from typing import Annotated

from pydantic import Field, StringConstraints

from services.registration.agency import BLK_PASER
from services.registration.application.sealing import seal
from services.registration.domain.instructor import DECIDER as INSTRUCTOR
from services.registration.domain.instructor import (
    AppointInstructor,
    BookInstructor,
    DischargeInstructor,
    RenewCertificate,
    WithdrawInstructor,
    instructor_stream,
)
from services.registration.domain.intake.aggregate import intake_stream
from services.registration.domain.intake.state import Intake
from services.registration.routes.access import OFFICERS
from shared.events.base import Id, Text
from shared.events.values import Certificate, Fields
from shared.eventsourcing.decider import Command
from shared.eventsourcing.idempotency import derived_id
from shared.eventsourcing.policies import AnyDispatch, Dispatch
from shared.privacy.vault import PersonalDataVault
from shared.web.authentication import STAFF
from shared.web.request_context import RequestContext
from shared.web.resources import Resources
from shared.web.responses import Nothing
from shared.web.router import Api

Nip = Annotated[str, StringConstraints(pattern=r"^\d{18}$"), Field(description="NIP, 18 digits")]


class InstructorForm(Command):
    """An instructor, with both certificates."""

    nip: Nip
    name: Text
    fields: Fields
    methodology: Certificate
    competency: Certificate


class Assignment(Command):
    """Which instructor teaches the intake."""

    instructor: Id


def routes(service: Resources, api: Api) -> None:
    secret = service.keys.secret
    privacy = PersonalDataVault(service.store, secret, service.keys.wrapping)

    async def appoint(ask: RequestContext, body: InstructorForm) -> AnyDispatch:
        person = await privacy.person(f"nip:{body.nip}", keep=not ask.dry)
        stream = instructor_stream(str(derived_id(secret, "instructor", person)))
        identity = {"nip": body.nip, "name": body.name}
        # An appointment is the first event of its stream, or there is none.
        sealed = await seal(privacy, person, f"{stream}/1", identity)
        command = AppointInstructor(
            person=person,
            sealed=sealed,
            fields=body.fields,
            methodology=body.methodology,
            competency=body.competency,
        )
        return Dispatch(stream, command)

    async def renew(ask: RequestContext, body: RenewCertificate) -> AnyDispatch:
        return Dispatch(instructor_stream(ask.path["id"]), body)

    async def discharge(ask: RequestContext, body: Nothing) -> AnyDispatch:
        return Dispatch(instructor_stream(ask.path["id"]), DischargeInstructor())

    async def assign(ask: RequestContext, body: Assignment) -> AnyDispatch:
        intake: Intake = await ask.state(intake_stream(ask.path["id"]))
        starts_on, ends_on = intake.teaching_days()
        command = BookInstructor(
            intake=ask.path["id"], kejuruan=intake.kejuruan, starts_on=starts_on, ends_on=ends_on
        )
        return Dispatch(instructor_stream(body.instructor), command)

    async def withdraw(ask: RequestContext, body: Assignment) -> AnyDispatch:
        return Dispatch(
            instructor_stream(body.instructor), WithdrawInstructor(intake=ask.path["id"])
        )

    intake = "/v1/intakes/{id}/instructors"
    commands = (
        ("/v1/instructors", InstructorForm, appoint, "Appoint an instructor"),
        ("/v1/instructors/{id}/certificates", RenewCertificate, renew, "Renew a certificate"),
        ("/v1/instructors/{id}/discharge", Nothing, discharge, "Give them no new class"),
        (intake, Assignment, assign, "Assign an instructor"),
        (f"{intake}/release", Assignment, withdraw, "Take an instructor off the class"),
    )
    for path, body, prepare, summary in commands:
        api.command("POST", path, body, OFFICERS, prepare, summary, agency=BLK_PASER)  # type: ignore[arg-type]
    api.importable("instructors", InstructorForm, OFFICERS, appoint, BLK_PASER)
    api.states(INSTRUCTOR, "/v1/instructors", STAFF, without=("sealed", "person"))
