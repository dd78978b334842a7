"""Instructor: two certificates (metodologi and kompetensi), fields, and whose days are whose.

This stream holds the instructor's days: two classes can't book the same ones, whoever asks first.
A partner's visiting instructor serves within the agreed days only.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Literal, assert_never

from shared.events.base import Code, Id, Positive, Value
from shared.events.described import described
from shared.events.registration.instructor import (
    CertificateRenewed,
    InstructorAppointed,
    InstructorBooked,
    InstructorDischarged,
    InstructorErased,
    InstructorReleased,
    VisitingInstructorAppointed,
)
from shared.events.registration.person import PersonalDataErased
from shared.events.registration.values import ReleaseReason
from shared.events.values import Certificate, Day, Fields, Kejuruan, Sealed, wita_day
from shared.eventsourcing.decider import Command, Context, Decider, State, StreamRef
from shared.eventsourcing.refusal import Param, Refused

Methodology = Annotated[
    Certificate,
    described(en="the certificate of teaching (metodologi)", id="sertifikat metodologi"),
]
Competency = Annotated[
    Certificate,
    described(
        en="the certificate of competency in the field (kompetensi)", id="sertifikat kompetensi"
    ),
]
CertificateKind = Annotated[
    Literal["methodology", "competency"],
    described(
        en="which of the two certificates",
        id="sertifikat yang mana dari keduanya",
        example="methodology",
    ),
]


class AppointInstructor(Command):
    """Appoint an instructor; name and contact are in `sealed`."""

    person: Id
    sealed: Sealed
    fields: Fields
    methodology: Methodology
    competency: Competency


class AppointVisitor(Command):
    """A partner's instructor comes for these days."""

    partner: Code
    instructor: Id
    support: Id
    offer: Positive
    fields: Fields
    methodology: Methodology
    competency: Competency
    starts_on: Day
    ends_on: Day


class RenewCertificate(Command):
    """Enter the renewed certificate."""

    kind: CertificateKind
    certificate: Annotated[
        Certificate, described(en="the renewed certificate", id="sertifikat yang baru")
    ]


class BookInstructor(Command):
    """Let the instructor teach this class on its days."""

    intake: Id
    kejuruan: Kejuruan
    starts_on: Day
    ends_on: Day


class RebookInstructor(Command):
    """The class has moved to these days."""

    intake: Id
    starts_on: Day
    ends_on: Day


class ReleaseInstructor(Command):
    """The class no longer needs the instructor."""

    intake: Id
    reason: ReleaseReason


class WithdrawInstructor(Command):
    """An officer takes the instructor off the class."""

    intake: Id


class DischargeInstructor(Command):
    """Give the instructor no new class."""


class Booking(Value):
    """Days of an instructor that belong to one class."""

    kejuruan: Kejuruan
    starts_on: Annotated[Day, described(en="the first day", id="hari pertama")]
    ends_on: Annotated[Day, described(en="the last day", id="hari terakhir", example="2026-09-25")]

    def meets(self, starts_on: date, ends_on: date) -> bool:
        return self.starts_on <= ends_on and starts_on <= self.ends_on


class Instructor(State):
    """An instructor of the centre: the fields, both certificates, and the days that are taken."""

    person: str | None = None
    sealed: str | None = None
    partner: str | None = None
    fields: tuple[str, ...] = ()
    methodology: Certificate | None = None
    competency: Certificate | None = None
    visits_from: Day | None = None
    visits_until: Day | None = None
    bookings: Mapping[str, Booking] = {}
    discharged: bool = False
    erased: bool = False

    def known(self) -> bool:
        return self.methodology is not None


InstructorCommand = (
    AppointInstructor
    | AppointVisitor
    | RebookInstructor
    | ReleaseInstructor
    | PersonalDataErased
    | RenewCertificate
    | BookInstructor
    | WithdrawInstructor
    | DischargeInstructor
)
InstructorEvent = (
    InstructorErased
    | InstructorAppointed
    | VisitingInstructorAppointed
    | CertificateRenewed
    | InstructorBooked
    | InstructorReleased
    | InstructorDischarged
)


def decide(
    state: Instructor, command: InstructorCommand, context: Context
) -> Sequence[InstructorEvent]:
    match command:
        case AppointInstructor():
            return appoint(state, command, context)
        case AppointVisitor():
            return [] if state.known() else [VisitingInstructorAppointed(**dict(command))]
        case RebookInstructor():
            return rebook(state, command)
        case ReleaseInstructor():
            return release(state, command.intake, command.reason)
        case PersonalDataErased():
            return note_erased(state)
    if not state.known():
        raise Refused(
            "unknown-instructor:appointed",
            field="instructor",
            status=422 if isinstance(command, BookInstructor) else 404,
        )
    match command:
        case RenewCertificate():
            return renew(state, command, context)
        case BookInstructor():
            return book(state, command)
        case WithdrawInstructor():
            return withdraw(state, command)
        case DischargeInstructor():
            return discharge(state)
        case _:
            assert_never(command)


def appoint(
    state: Instructor, command: AppointInstructor, context: Context
) -> Sequence[InstructorEvent]:
    if state.known():
        raise Refused("already-appointed")
    if not command.fields or len(set(command.fields)) < len(command.fields):
        raise Refused("fields", field="fields", status=422)
    for name in ("methodology", "competency"):
        _still_valid(getattr(command, name), context, f"{name}.valid_until")
    return [InstructorAppointed(**dict(command))]


def renew(
    state: Instructor, command: RenewCertificate, context: Context
) -> Sequence[InstructorEvent]:
    _still_valid(command.certificate, context, "certificate.valid_until")
    if getattr(state, command.kind) == command.certificate:
        raise Refused("unchanged:certificate")
    return [CertificateRenewed(kind=command.kind, certificate=command.certificate)]


def _still_valid(certificate: Certificate, context: Context, field: str) -> None:
    if certificate.valid_until < wita_day(context.now):
        raise Refused(
            "certificate-expired", field=field, status=422, valid_until=str(certificate.valid_until)
        )


def book(state: Instructor, command: BookInstructor) -> Sequence[InstructorEvent]:
    if command.intake in state.bookings:
        raise Refused("already-assigned", field="instructor")
    if obstacle := _obstacle(state, command.intake, command.kejuruan, command):
        raise obstacle
    return [
        InstructorBooked(
            intake=command.intake,
            kejuruan=command.kejuruan,
            starts_on=command.starts_on,
            ends_on=command.ends_on,
        )
    ]


def rebook(state: Instructor, command: RebookInstructor) -> Sequence[InstructorEvent]:
    """A class that moved keeps its instructor, or loses one who is elsewhere by then."""
    booking = state.bookings.get(command.intake)
    if booking is None or (booking.starts_on, booking.ends_on) == (
        command.starts_on,
        command.ends_on,
    ):
        return []
    if _obstacle(state, command.intake, booking.kejuruan, command):
        return release(state, command.intake, "moved")
    return [
        InstructorBooked(
            intake=command.intake,
            kejuruan=booking.kejuruan,
            starts_on=command.starts_on,
            ends_on=command.ends_on,
        )
    ]


def release(state: Instructor, intake: str, reason: ReleaseReason) -> Sequence[InstructorEvent]:
    booking = state.bookings.get(intake)
    if booking is None:
        return []
    return [InstructorReleased(intake=intake, kejuruan=booking.kejuruan, reason=reason)]


def withdraw(state: Instructor, command: WithdrawInstructor) -> Sequence[InstructorEvent]:
    if command.intake not in state.bookings:
        raise Refused("not-assigned", field="instructor")
    return release(state, command.intake, "replaced")


def discharge(state: Instructor) -> Sequence[InstructorEvent]:
    if state.discharged:
        raise Refused("already-discharged")
    if state.bookings:
        raise Refused("still-assigned", intakes=list(state.bookings))
    return [InstructorDischarged(fields=state.fields)]


def note_erased(state: Instructor) -> Sequence[InstructorEvent]:
    if state.person is None or state.erased:
        return []
    left = [event for intake in state.bookings for event in release(state, intake, "replaced")]
    discharged = [] if state.discharged else [InstructorDischarged(fields=state.fields)]
    return [*left, *discharged, InstructorErased(person=state.person)]


def _obstacle(
    state: Instructor, intake: str, kejuruan: str, days: BookInstructor | RebookInstructor
) -> Refused | None:
    """Return why the instructor can't teach this field on these days."""
    if state.discharged:
        return _no("discharged")
    if kejuruan not in state.fields:
        return _no("instructor-field", fields=state.fields)
    for certificate in (state.methodology, state.competency):
        if certificate is not None and certificate.valid_until < days.ends_on:
            return _no("certificate-expires", valid_until=str(certificate.valid_until))
    start, end = state.visits_from, state.visits_until
    if start and end and (days.starts_on < start or days.ends_on > end):
        return _no("visit-period", starts_on=str(start), ends_on=str(end))
    for other, booking in state.bookings.items():
        if other != intake and booking.meets(days.starts_on, days.ends_on):
            starts_on, ends_on = str(booking.starts_on), str(booking.ends_on)
            return _no("double-booked", starts_on=starts_on, ends_on=ends_on)
    return None


def _no(code: str, **params: Param) -> Refused:
    return Refused(code, field="instructor", about=params)


def evolve(state: Instructor, event: InstructorEvent) -> Instructor:
    match event:
        case InstructorAppointed():
            return Instructor(**dict(event))
        case VisitingInstructorAppointed():
            return Instructor(
                partner=event.partner,
                fields=event.fields,
                methodology=event.methodology,
                competency=event.competency,
                visits_from=event.starts_on,
                visits_until=event.ends_on,
            )
        case CertificateRenewed():
            return state.model_copy(update={event.kind: event.certificate})
        case InstructorBooked():
            booking = Booking(
                kejuruan=event.kejuruan, starts_on=event.starts_on, ends_on=event.ends_on
            )
            return state.model_copy(update={"bookings": {**state.bookings, event.intake: booking}})
        case InstructorReleased():
            left = {name: b for name, b in state.bookings.items() if name != event.intake}
            return state.model_copy(update={"bookings": left})
        case InstructorDischarged():
            return state.model_copy(update={"discharged": True})
        case InstructorErased():
            return state.model_copy(update={"sealed": None, "erased": True})
        case _:
            assert_never(event)


DECIDER = Decider(kind="instructor", initial=Instructor(), decide=decide, evolve=evolve, version=2)


def instructor_stream(id: str) -> StreamRef[Instructor, InstructorCommand]:
    """Name the stream of one instructor."""
    return DECIDER.stream(id)
