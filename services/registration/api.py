"""The training centre's routes: who may ask for what, and which stream decides."""

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from services.registration.domain.application import (
    Application,
    ConfirmSeat,
    DeclineApplication,
    DeclineReason,
    RegisterApplicant,
    ScoreApplicant,
    VerifyApplication,
    window_open,
)
from services.registration.domain.eligibility import ApplicantFacts, check_nik, insist
from services.registration.domain.instructor import AppointInstructor, Instructor
from services.registration.domain.intake import (
    AssignInstructor,
    Intake,
    IntakePlan,
    OpenIntake,
    RequestStart,
    SelectParticipants,
)
from services.registration.domain.programme import Programme, PublishProgramme
from services.registration.reactions import BLK_PASER
from services.registration.views import VIEWS
from shared.cause import derived_id
from shared.events.base import Id, Text
from shared.events.registration import Certificate
from shared.events.values import Fields, wita_day
from shared.http import Api, Ask, Nothing, Page
from shared.identity import Role
from shared.privacy import Privacy
from shared.reactions import Do
from shared.requests import page_of
from shared.service import Service
from shared.stream import Command
from shared.views import rows_of

OFFICERS = (Role.BLK_OFFICER,)
REGISTRARS = (Role.BLK_OFFICER, Role.CITIZEN)
STAFF = tuple(role for role in Role if role is not Role.CITIZEN)
ANYBODY = tuple(Role)

Phone = Annotated[str, StringConstraints(pattern=r"^\+?[0-9][0-9 -]{5,19}$")]
Nip = Annotated[str, StringConstraints(pattern=r"^\d{18}$"), Field(description="NIP, 18 digits")]


class RegistrationForm(ApplicantFacts, Command):
    """A person's application to an intake, as on the KTP."""

    intake: Id
    nik: Annotated[str, Field(description="NIK, 16 digits", max_length=32)]
    name: Text
    phone: Phone | None = None
    address: Text | None = None


class InstructorForm(Command):
    """An instructor, with both certificates."""

    nip: Nip
    name: Text
    fields: Fields
    methodology: Certificate
    competency: Certificate


class DeclineForm(Command):
    """Why the application can't go on; the note is for the file and stays sealed."""

    reason: DeclineReason
    note: Text | None = None


class Assignment(Command):
    """Which instructor teaches the intake."""

    instructor: Id


def routes(service: Service, api: Api) -> None:
    secret, privacy = service.keys.secret, Privacy(service.store, service.keys.secret)

    async def publish(ask: Ask, body: PublishProgramme) -> Do:
        return Do(f"programme/{ask.request_id}", body)

    async def appoint(ask: Ask, body: InstructorForm) -> Do:
        person = await privacy.person(f"nip:{body.nip}")
        stream = f"instructor/{derived_id(secret, 'instructor', person)}"
        sealed = await privacy.seal(person, stream, {"nip": body.nip, "name": body.name})
        command = AppointInstructor(
            person=person,
            sealed=sealed,
            fields=body.fields,
            methodology=body.methodology,
            competency=body.competency,
        )
        return Do(stream, command)

    async def open_intake(ask: Ask, body: IntakePlan) -> Do:
        programme: Programme = await ask.snapshot(f"programme/{body.programme}")
        command = OpenIntake(**body.model_dump(), published=programme.outline())
        return Do(f"intake/{ask.request_id}", command)

    async def assign(ask: Ask, body: Assignment) -> Do:
        instructor: Instructor = await ask.snapshot(f"instructor/{body.instructor}")
        command = AssignInstructor(instructor=body.instructor, appointed=instructor.appointment())
        return Do(f"intake/{ask.path['id']}", command)

    async def select(ask: Ask, body: Nothing) -> Do:
        return Do(f"intake/{ask.path['id']}", SelectParticipants())

    async def start(ask: Ask, body: Nothing) -> Do:
        return Do(f"intake/{ask.path['id']}", RequestStart())

    async def register(ask: Ask, body: RegistrationForm) -> Do:
        today = wita_day(service.committer.now())
        intake: Intake = await ask.snapshot(f"intake/{body.intake}")
        # Whoever is refused leaves no trace, so these come before the person gets an id.
        insist(body, today)
        check_nik(body.nik, body.birth_date, body.sex)
        window_open(intake.outline(), today)
        person = await privacy.person(f"nik:{body.nik}")
        stream = f"application/{derived_id(secret, body.intake, person)}"
        identity = body.model_dump(
            mode="json", include={"nik", "name", "birth_date", "phone", "address"}
        )
        command = RegisterApplicant(
            **body.model_dump(include=set(ApplicantFacts.model_fields)),
            intake=body.intake,
            opened=intake.outline(),
            person=person,
            sealed=await privacy.seal(person, stream, identity),
            registered_by=_registrar(ask),
        )
        return Do(stream, command)

    async def verify(ask: Ask, body: Nothing) -> Do:
        return Do(f"application/{ask.path['id']}", VerifyApplication())

    async def decline(ask: Ask, body: DeclineForm) -> Do:
        stream = f"application/{ask.path['id']}"
        sealed = None
        if body.note is not None:
            application: Application = await ask.state(stream)
            sealed = await privacy.seal(application.person or "", stream, {"note": body.note})
        return Do(stream, DeclineApplication(reason=body.reason, sealed=sealed))

    async def score(ask: Ask, body: ScoreApplicant) -> Do:
        return Do(f"application/{ask.path['id']}", body)

    async def confirm(ask: Ask, body: Nothing) -> Do:
        return Do(f"application/{ask.path['id']}", ConfirmSeat())

    async def applications(ask: Ask) -> dict[str, Any]:
        limit, after = page_of(ask.query)
        return await rows_of(service.store, VIEWS[0], f"{ask.path['id']}/", after, limit)

    commands = (
        ("/v1/programmes", PublishProgramme, OFFICERS, publish, "Publish a programme"),
        ("/v1/instructors", InstructorForm, OFFICERS, appoint, "Appoint an instructor"),
        ("/v1/intakes", IntakePlan, OFFICERS, open_intake, "Open an intake (angkatan)"),
        ("/v1/intakes/{id}/instructors", Assignment, OFFICERS, assign, "Assign an instructor"),
        ("/v1/intakes/{id}/selection", Nothing, OFFICERS, select, "Select the participants"),
        ("/v1/intakes/{id}/start", Nothing, OFFICERS, start, "Start the training"),
        ("/v1/applications", RegistrationForm, REGISTRARS, register, "Register an applicant"),
        ("/v1/applications/{id}/verification", Nothing, OFFICERS, verify, "The papers are right"),
        ("/v1/applications/{id}/decline", DeclineForm, OFFICERS, decline, "Decline, with a reason"),
        ("/v1/applications/{id}/scores", ScoreApplicant, OFFICERS, score, "Enter the scores"),
        ("/v1/applications/{id}/seat", Nothing, OFFICERS, confirm, "Re-register (daftar ulang)"),
    )
    for path, body, roles, prepare, summary in commands:
        api.command("POST", path, body, roles, prepare, summary, agency=BLK_PASER)  # type: ignore[arg-type]
    api.states("programme", "/v1/programmes", ANYBODY)
    api.states("intake", "/v1/intakes", ANYBODY, _intake)
    api.states("instructor", "/v1/instructors", STAFF, _without("sealed", "person"))
    api.states("workshop", "/v1/workshops", ANYBODY)
    api.states("application", "/v1/applications", OFFICERS, _without("sealed", "person"))
    api.query(
        "/v1/intakes/{id}/applications", OFFICERS, applications, "Applications of an intake", Page
    )


def _registrar(ask: Ask) -> Any:
    return "officer" if Role.BLK_OFFICER in ask.identity.roles else "applicant"


def _without(*names: str) -> Any:
    def show(id_: str, state: Any) -> dict[str, Any]:
        shown: dict[str, Any] = state.model_dump(mode="json", exclude_none=True, exclude=set(names))
        return shown

    return show


def _intake(id_: str, state: Intake) -> dict[str, Any]:
    shown = state.model_dump(mode="json", exclude_none=True, exclude={"candidates"})
    return {**shown, "candidates": len(state.candidates)}
