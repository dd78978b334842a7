"""Partner: a centre of the ministry (BPVP) that is a member of the network."""

from collections.abc import Sequence
from typing import Literal

from shared.events.base import Code, Count, Event, Text, Value
from shared.events.partners import PartnerRegistered
from shared.events.values import Agency, Fields, Kejuruan
from shared.stream import Command, Context, Decider, Refused, State, unexpected


class RegisterPartner(Command):
    """Register a centre with the fields in which it can help; `agency` is whose key it signs by."""

    unit: Text
    city: Text
    agency: Agency
    fields: Fields
    capacity: Count
    timezone: Literal["WIB", "WITA", "WIT"] = "WIB"


class PartnerOutline(Value):
    """What an offer keeps of the partner that makes it."""

    partner: Code
    agency: Agency
    fields: tuple[Kejuruan, ...]


class Partner(State):
    unit: str | None = None
    city: str | None = None
    agency: str | None = None
    fields: tuple[str, ...] = ()
    capacity: int = 0
    timezone: Literal["WIB", "WITA", "WIT"] = "WIB"

    def outline(self, partner: str) -> PartnerOutline:
        """The snapshot for an offer; `partner` is this stream's id. Refused when there is none."""
        if self.agency is None:
            raise Refused(
                "unknown-partner",
                "There is no such partner. Choose a registered one.",
                "Mitra ini tidak ada. Pilih mitra yang sudah terdaftar.",
                field="partner",
                status=422,
            )
        return PartnerOutline(partner=partner, agency=self.agency, fields=self.fields)


def decide(state: Partner, command: Command, context: Context) -> Sequence[Event]:
    match command:
        case RegisterPartner():
            return register(state, command)
        case _:
            raise unexpected(command)


def register(state: Partner, command: RegisterPartner) -> Sequence[Event]:
    if state.unit is not None:
        raise Refused(
            "already-registered",
            "This partner is already registered.",
            "Mitra ini sudah terdaftar.",
        )
    if not command.fields or len(set(command.fields)) < len(command.fields):
        raise Refused(
            "fields",
            "Name at least one field, and each field once.",
            "Sebutkan sedikitnya satu kejuruan, masing-masing satu kali.",
            field="fields",
            status=422,
        )
    return [
        PartnerRegistered(
            unit=command.unit,
            city=command.city,
            agency=command.agency,
            fields=command.fields,
            capacity=command.capacity,
            timezone=command.timezone,
        )
    ]


def evolve(state: Partner, event: Event) -> Partner:
    match event:
        case PartnerRegistered():
            return Partner(
                unit=event.unit,
                city=event.city,
                agency=event.agency,
                fields=event.fields,
                capacity=event.capacity,
                timezone=event.timezone,
            )
        case _:
            return state


DECIDER = Decider(kind="partner", initial=Partner(), decide=decide, evolve=evolve)
