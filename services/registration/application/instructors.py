"""Instructors: appointing a person, and assigning them to a class."""

from typing import Annotated

from services.registration.application.encryption import encrypt
from services.registration.application.identity_numbers import Nip
from services.registration.domain.instructor import (
    AppointInstructor,
    BookInstructor,
    Competency,
    Methodology,
    instructor_stream,
)
from services.registration.domain.intake.aggregate import intake_stream
from services.registration.domain.intake.state import Intake
from shared.events.base import Text, Value
from shared.events.described import described
from shared.events.values import Fields
from shared.eventsourcing.idempotency import derived_id
from shared.eventsourcing.policies import AnyDispatch, Dispatch
from shared.privacy.vault import PersonalDataVault
from shared.web.request_context import RequestContext
from shared.web.resources import Resources


class Appointment(Value):
    """An instructor, with both certificates."""

    nip: Nip
    name: Annotated[
        Text,
        described(en="the instructor's name", id="nama instruktur", example="Andi Rahmat Hidayat"),
    ]
    fields: Annotated[Fields, described(en="the fields they teach", id="kejuruan yang diajar")]
    methodology: Methodology
    competency: Competency


class Instructors:
    """Carries out what officers ask of the centre's instructors."""

    def __init__(self, service: Resources) -> None:
        self._secret = service.keys.secret
        self._vault = PersonalDataVault(service.store, service.keys.secret, service.keys.wrapping)

    async def appoint(self, request: RequestContext, appointment: Appointment) -> AnyDispatch:
        """Prepare the appointment of a person, who has one stream, whatever they are called."""
        person = await self._vault.person(f"nip:{appointment.nip}", keep=not request.dry)
        stream = instructor_stream(str(derived_id(self._secret, "instructor", person)))
        identity = {"nip": appointment.nip, "name": appointment.name}
        # An appointment is the first event of its stream, or there is none.
        sealed = await encrypt(self._vault, identity, person=person, event=f"{stream}/1")
        command = AppointInstructor(
            person=person,
            sealed=sealed,
            fields=appointment.fields,
            methodology=appointment.methodology,
            competency=appointment.competency,
        )
        return Dispatch(stream, command)

    async def assign(self, request: RequestContext, *, instructor: str, intake: str) -> AnyDispatch:
        """Prepare the booking of the instructor for the intake's days. Raises ProblemError 404."""
        state: Intake = await request.state(intake_stream(intake))
        starts_on, ends_on = state.teaching_days()
        command = BookInstructor(
            intake=intake, kejuruan=state.kejuruan, starts_on=starts_on, ends_on=ends_on
        )
        return Dispatch(instructor_stream(instructor), command)
