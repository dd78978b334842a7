"""Instructor of a partner, and the calendar of visits: no day is promised twice.

The id is `<partner>.<number>`; the person behind the number is known to the partner only.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, assert_never

from services.partners.domain.partner import PartnerOutline, refuse_fields
from shared.events.base import Id, Positive, Value
from shared.events.described import described
from shared.events.partners.instructor import InstructorListed, VisitBooked, VisitRefused
from shared.events.partners.values import Competency, Methodology, PartnerCode, Teacher
from shared.events.values import Agency, Certificate, Day, Fields, wita_day
from shared.eventsourcing.decider import Command, Context, Decider, State, StreamRef
from shared.eventsourcing.refusal import Refused


class ListInstructor(Command):
    """List an instructor whom other centres may ask for; a later listing replaces this."""

    listing: PartnerOutline
    fields: Fields
    methodology: Certificate
    competency: Certificate


class BookVisit(Command):
    """Book the days of a visit for an accepted offer of this instructor."""

    support: Id
    offer: Positive
    starts_on: Day
    ends_on: Day


InstructorCommand = ListInstructor | BookVisit
InstructorEvent = InstructorListed | VisitBooked | VisitRefused


class Booked(Value):
    """The first and the last day of a booked visit."""

    starts_on: Annotated[
        Day,
        described(
            en="the first day of the visit", id="hari pertama kunjungan", example="2026-08-01"
        ),
    ]
    ends_on: Annotated[
        Day,
        described(
            en="the last day of the visit", id="hari terakhir kunjungan", example="2026-08-31"
        ),
    ]


class Instructor(State):
    """A listed instructor; `visits` are the booked ones, by `<support>.<offer>`."""

    partner: PartnerCode | None = None
    agency: Annotated[Agency | None, described(en="the partner's agency", id="instansi mitra")] = (
        None
    )
    fields: Annotated[
        tuple[str, ...],
        described(en="the fields that they teach", id="kejuruan yang diajarkan", example=["las"]),
    ] = ()
    methodology: Methodology | None = None
    competency: Competency | None = None
    visits: Annotated[
        Mapping[str, Booked],
        described(
            en="the booked visits, by `<support>.<offer>`",
            id="kunjungan yang sudah dipesan, menurut `<permintaan>.<penawaran>`",
            example={
                "0197a3c2-5b1e-7d43-9f6a-2c8e4b7d1f05.1": {
                    "starts_on": "2026-08-01",
                    "ends_on": "2026-08-31",
                }
            },
        ),
    ] = {}

    def teacher(self) -> Teacher:
        """Return the instructor as an offer shows them. Raises Refused unless they are listed."""
        if self.methodology is None or self.competency is None:
            raise Refused("unknown-instructor:listed", field="visit.instructor", status=422)
        return Teacher(fields=self.fields, methodology=self.methodology, competency=self.competency)

    def engaged(self, *, starts_on: Day, ends_on: Day) -> bool:
        """Return True when one of these days is booked."""
        return any(v.starts_on <= ends_on and starts_on <= v.ends_on for v in self.visits.values())


def decide(
    state: Instructor, command: InstructorCommand, context: Context
) -> Sequence[InstructorEvent]:
    match command:
        case ListInstructor():
            return list_instructor(state, command, context)
        case BookVisit():
            return book(state, command)
        case _:
            assert_never(command)


def list_instructor(
    state: Instructor, command: ListInstructor, context: Context
) -> Sequence[InstructorListed]:
    listing = command.listing
    if context.agency != listing.agency:
        raise Refused("not-yours:partner", status=403)
    refuse_fields(command.fields)
    if foreign := [field for field in command.fields if field not in listing.fields]:
        raise Refused("partner-field:instructor", field="fields", status=422, foreign=foreign)
    today = wita_day(context.now)
    certificates = {"methodology": command.methodology, "competency": command.competency}
    for name, certificate in certificates.items():
        if certificate.valid_until < today:
            raise Refused(
                "certificate-expired",
                field=f"{name}.valid_until",
                status=422,
                valid_until=str(certificate.valid_until),
            )
    return [
        InstructorListed(
            partner=listing.partner,
            agency=listing.agency,
            fields=command.fields,
            methodology=command.methodology,
            competency=command.competency,
        )
    ]


def book(state: Instructor, command: BookVisit) -> Sequence[VisitBooked | VisitRefused]:
    if _key(command.support, command.offer) in state.visits:
        return []
    if state.partner is None or state.engaged(starts_on=command.starts_on, ends_on=command.ends_on):
        return [VisitRefused(support=command.support, offer=command.offer)]
    return [
        VisitBooked(
            support=command.support,
            offer=command.offer,
            starts_on=command.starts_on,
            ends_on=command.ends_on,
        )
    ]


def _key(support: str, offer: int) -> str:
    return f"{support}.{offer}"


def evolve(state: Instructor, event: InstructorEvent) -> Instructor:
    match event:
        case InstructorListed():
            return state.model_copy(update=dict(event))
        case VisitBooked():
            visit = Booked(starts_on=event.starts_on, ends_on=event.ends_on)
            key = _key(event.support, event.offer)
            return state.model_copy(update={"visits": {**state.visits, key: visit}})
        case VisitRefused():
            return state
        case _:
            assert_never(event)


DECIDER = Decider(kind="instructor", initial=Instructor(), decide=decide, evolve=evolve)


def instructor_stream(id: str) -> StreamRef[Instructor, InstructorCommand]:
    """Name the stream of one instructor."""
    return DECIDER.stream(id)
