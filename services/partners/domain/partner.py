"""Partner: a centre of the ministry (BPVP) that is a member of the network."""

from collections.abc import Sequence
from typing import Annotated, assert_never

from shared.events.base import Code, Count, Text, Value
from shared.events.described import described
from shared.events.partners.partner import PartnerRegistered, PartnerUpdated, SpareEquipmentListed
from shared.events.partners.values import Zone
from shared.events.values import Agency, Fields, Item, Items, Kejuruan
from shared.eventsourcing.decider import Command, Context, Decider, State, StreamRef
from shared.eventsourcing.refusal import Refused, refuse_repeated


class RegisterPartner(Command):
    """Register a centre with the fields in which it can help; its officers act for `agency`.

    `capacity` is the number of trainees that it can lodge and teach at a time.
    """

    unit: Annotated[
        Text, described(en="the centre's name", id="nama balai", example="BPVP Makassar")
    ]
    city: Annotated[Text, described(en="the city it is in", id="kota", example="Makassar")]
    agency: Annotated[
        Agency,
        described(
            en="the agency that its officers act for",
            id="instansi yang diwakili petugasnya",
            example="urn:sinergi:bpvp-makassar",
        ),
    ]
    fields: Annotated[
        Fields,
        described(
            en="the fields in which it can help", id="kejuruan yang dapat dibantu", example=["las"]
        ),
    ]
    capacity: Annotated[
        Count,
        described(
            en="the trainees that it can take at a time",
            id="peserta yang dapat ditampung sekaligus",
            unit="1",
            example=64,
        ),
    ]
    timezone: Annotated[
        Zone, described(en="the time zone of its city", id="zona waktu kotanya", example="WITA")
    ] = "WIB"


class UpdatePartner(Command):
    """Change the fields in which the centre can help, and its capacity."""

    fields: Annotated[
        Fields,
        described(
            en="the fields in which it can help", id="kejuruan yang dapat dibantu", example=["las"]
        ),
    ]
    capacity: Annotated[
        Count,
        described(
            en="the trainees that it can take at a time",
            id="peserta yang dapat ditampung sekaligus",
            unit="1",
            example=64,
        ),
    ]


class ListSpareEquipment(Command):
    """List the equipment that the centre could lend now; this replaces an earlier list."""

    items: Annotated[
        Items,
        described(
            en="the equipment it could lend; none when the list is empty",
            id="peralatan yang dapat dipinjamkan; kosong bila tidak ada",
        ),
    ]


PartnerCommand = RegisterPartner | UpdatePartner | ListSpareEquipment
PartnerEvent = PartnerRegistered | PartnerUpdated | SpareEquipmentListed


class PartnerOutline(Value):
    """The part of a partner that an offer keeps."""

    partner: Code
    agency: Agency
    fields: tuple[Kejuruan, ...]


class Partner(State):
    """A centre of the network; `agency` is None until it is registered."""

    unit: Annotated[
        str | None, described(en="the centre's name", id="nama balai", example="BPVP Makassar")
    ] = None
    city: Annotated[
        str | None, described(en="the city it is in", id="kota", example="Makassar")
    ] = None
    agency: Annotated[
        str | None,
        described(
            en="the agency that its officers act for",
            id="instansi yang diwakili petugasnya",
            example="urn:sinergi:bpvp-makassar",
        ),
    ] = None
    fields: Annotated[
        tuple[str, ...],
        described(
            en="the fields in which it can help", id="kejuruan yang dapat dibantu", example=["las"]
        ),
    ] = ()
    capacity: Annotated[
        int,
        described(
            en="the trainees that it can take at a time",
            id="peserta yang dapat ditampung sekaligus",
            unit="1",
            example=64,
        ),
    ] = 0
    timezone: Annotated[
        Zone, described(en="the time zone of its city", id="zona waktu kotanya", example="WITA")
    ] = "WIB"
    spare: Annotated[
        tuple[Item, ...],
        described(en="the equipment it could lend", id="peralatan yang dapat dipinjamkan"),
    ] = ()

    def outline(self, partner: str) -> PartnerOutline:
        """Return the snapshot for an offer; `partner` is this stream's id. Raises Refused."""
        if self.agency is None:
            raise Refused("unknown-partner", field="partner", status=422)
        return PartnerOutline(partner=partner, agency=self.agency, fields=self.fields)


def decide(state: Partner, command: PartnerCommand, context: Context) -> Sequence[PartnerEvent]:
    match command:
        case RegisterPartner():
            return register(state, command)
        case UpdatePartner():
            return update(state, command, context)
        case ListSpareEquipment():
            return list_spare(state, command, context)
        case _:
            assert_never(command)


def register(state: Partner, command: RegisterPartner) -> Sequence[PartnerRegistered]:
    if state.unit is not None:
        raise Refused("already-registered")
    refuse_fields(command.fields)
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


def update(state: Partner, command: UpdatePartner, context: Context) -> Sequence[PartnerUpdated]:
    _own(state, context)
    refuse_fields(command.fields)
    if (command.fields, command.capacity) == (state.fields, state.capacity):
        raise Refused("unchanged:partner")
    return [PartnerUpdated(fields=command.fields, capacity=command.capacity)]


def list_spare(
    state: Partner, command: ListSpareEquipment, context: Context
) -> Sequence[SpareEquipmentListed]:
    _own(state, context)
    refuse_repeated((item.item for item in command.items), "items")
    if command.items == state.spare:
        raise Refused("unchanged:listed")
    return [SpareEquipmentListed(items=command.items)]


def refuse_fields(fields: Sequence[str]) -> None:
    """Raise Refused unless there is at least one field, and each is named once."""
    if not fields or len(set(fields)) < len(fields):
        raise Refused("fields", field="fields", status=422)


def _own(state: Partner, context: Context) -> None:
    if state.agency is None:
        raise Refused("not-found:partner", status=404)
    if context.agency != state.agency:
        raise Refused("not-yours:partner", status=403)


def evolve(state: Partner, event: PartnerEvent) -> Partner:
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
        case PartnerUpdated():
            return state.model_copy(update={"fields": event.fields, "capacity": event.capacity})
        case SpareEquipmentListed():
            return state.model_copy(update={"spare": event.items})
        case _:
            assert_never(event)


DECIDER = Decider(kind="partner", initial=Partner(), decide=decide, evolve=evolve)


def partner_stream(id: str) -> StreamRef[Partner, PartnerCommand]:
    """Name the stream of one partner."""
    return DECIDER.stream(id)
