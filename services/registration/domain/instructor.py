"""Instructor: two certificates (metodologi and kompetensi), and the fields they may teach."""

from collections.abc import Sequence

from shared.events.base import Event, Id, Value
from shared.events.registration import Certificate, InstructorAppointed
from shared.events.values import Fields, Sealed, wita_day
from shared.stream import Command, Context, Decider, Refused, State, unexpected


class AppointInstructor(Command):
    """Appoint an instructor; name and contact are in `sealed`."""

    person: Id
    sealed: Sealed
    fields: Fields
    methodology: Certificate
    competency: Certificate


class Appointment(Value):
    """What an intake needs to know of an instructor."""

    fields: tuple[str, ...]
    methodology: Certificate
    competency: Certificate


class Instructor(State):
    person: str | None = None
    sealed: str | None = None
    fields: tuple[str, ...] = ()
    methodology: Certificate | None = None
    competency: Certificate | None = None

    def appointment(self) -> Appointment:
        """The snapshot for a command that names this instructor. Refused when there is none."""
        if self.methodology is None or self.competency is None:
            raise Refused(
                "unknown-instructor",
                "There is no such instructor. Choose one of the appointed instructors.",
                "Instruktur ini tidak ada. Pilih salah satu instruktur yang sudah diangkat.",
                field="instructor",
                status=422,
            )
        return Appointment(
            fields=self.fields, methodology=self.methodology, competency=self.competency
        )


def decide(state: Instructor, command: Command, context: Context) -> Sequence[Event]:
    match command:
        case AppointInstructor():
            return appoint(state, command, context)
        case _:
            raise unexpected(command)


def appoint(state: Instructor, command: AppointInstructor, context: Context) -> Sequence[Event]:
    if state.person is not None:
        raise Refused(
            "already-appointed",
            "This instructor is already appointed.",
            "Instruktur ini sudah diangkat.",
        )
    if not command.fields or len(set(command.fields)) < len(command.fields):
        raise Refused(
            "fields",
            "Name at least one field, and each field once.",
            "Sebutkan sedikitnya satu kejuruan, masing-masing satu kali.",
            field="fields",
            status=422,
        )
    today = wita_day(context.now)
    certificates = (("methodology", command.methodology), ("competency", command.competency))
    for name, certificate in certificates:
        if certificate.valid_until < today:
            raise Refused(
                "certificate-expired",
                f"This certificate expired on {certificate.valid_until}. Enter the renewed one.",
                f"Sertifikat ini habis masa berlakunya pada {certificate.valid_until}. "
                "Masukkan sertifikat yang sudah diperbarui.",
                field=f"{name}.valid_until",
                status=422,
            )
    return [
        InstructorAppointed(
            person=command.person,
            sealed=command.sealed,
            fields=command.fields,
            methodology=command.methodology,
            competency=command.competency,
        )
    ]


def evolve(state: Instructor, event: Event) -> Instructor:
    match event:
        case InstructorAppointed():
            return Instructor(
                person=event.person,
                sealed=event.sealed,
                fields=event.fields,
                methodology=event.methodology,
                competency=event.competency,
            )
        case _:
            return state


DECIDER = Decider(kind="instructor", initial=Instructor(), decide=decide, evolve=evolve)
