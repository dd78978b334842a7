"""Workshop (bengkel) of one field: what stands in it, what of it works, and which intakes wait.

Its equipment is shared by the field's intakes, not used up. An officer reports what is broken,
repaired or gone; everything else follows other streams.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, assert_never

from shared.events.base import Code, Id
from shared.events.described import PIECES, described
from shared.events.registration.workshop import (
    EquipmentBroken,
    EquipmentRepaired,
    EquipmentWithdrawn,
    IntakeAwaited,
    IntakeServed,
    WorkshopEquipped,
    WorkshopReady,
    WorkshopUnready,
)
from shared.events.values import Item, Items, Kejuruan, Origin, first_beyond, lacking, tally
from shared.eventsourcing.decider import Command, Context, Decider, State, StreamRef
from shared.eventsourcing.refusal import Refused, refuse_empty, refuse_repeated


class EquipWorkshop(Command):
    """Commissioned equipment stands in the workshop; each consignment counts once."""

    kejuruan: Kejuruan
    items: Items
    origin: Origin
    consignment: Id


class AwaitWorkshop(Command):
    """An intake was opened and needs this in the workshop."""

    kejuruan: Kejuruan
    intake: Id
    needs: Items


class ServeIntake(Command):
    """An intake no longer needs the workshop."""

    intake: Id


class ReportBroken(Command):
    """Report equipment that does not work."""

    items: Annotated[
        Items, described(en="the equipment that does not work", id="peralatan yang rusak")
    ]


class ReportRepaired(Command):
    """Report that broken equipment works again."""

    items: Annotated[
        Items, described(en="the equipment that works again", id="peralatan yang sudah diperbaiki")
    ]


class WithdrawEquipment(Command):
    """Take equipment out of the workshop for good; what is broken goes first."""

    items: Annotated[
        Items, described(en="the equipment that leaves", id="peralatan yang dikeluarkan")
    ]
    reason: Annotated[
        Code, described(en="why, by a code", id="alasan, berupa kode", example="written-off")
    ]


Counts = Annotated[Mapping[str, int], described(unit=PIECES, example={"mesin-las-smaw": 4})]
Needs = Annotated[
    Mapping[str, tuple[Item, ...]],
    described(
        example={
            "0197a3c2-5b1e-7d43-9f6a-2c8e4b7d1f05": [{"item": "mesin-las-smaw", "quantity": 4}]
        }
    ),
]


class Workshop(State):
    """The equipment in the workshop of one field, and the intakes that need it."""

    kejuruan: Kejuruan | None = None
    equipment: Annotated[
        Counts,
        described(
            en="how many of each kind stand in it, broken ones too",
            id="jumlah tiap jenis peralatan di bengkel, termasuk yang rusak",
        ),
    ] = {}
    broken: Annotated[
        Counts,
        described(
            en="how many of each kind do not work", id="jumlah tiap jenis peralatan yang rusak",
            example={"mesin-las-smaw": 1},
        ),
    ] = {}  # fmt: skip
    consignments: Annotated[
        tuple[Id, ...],
        described(
            en="the consignments that it was equipped from",
            id="pengiriman yang mengisi bengkel ini",
        ),
    ] = ()
    waiting: Annotated[
        Needs,
        described(
            en="what each intake needs that waits for equipment, by the intake's id",
            id="kebutuhan tiap angkatan yang masih menunggu peralatan, menurut id angkatan",
        ),
    ] = {}
    ready: Annotated[
        Needs,
        described(
            en="what each intake needs for which all is there, by the intake's id",
            id="kebutuhan tiap angkatan yang peralatannya sudah lengkap, menurut id angkatan",
        ),
    ] = {}

    def working(self) -> dict[str, int]:
        """Return how many of each kind work; none when more are broken than there are."""
        return {item: max(n - self.broken.get(item, 0), 0) for item, n in self.equipment.items()}


WorkshopCommand = (
    EquipWorkshop | AwaitWorkshop | ServeIntake | ReportBroken | ReportRepaired | WithdrawEquipment
)
WorkshopEvent = (
    WorkshopEquipped
    | IntakeAwaited
    | IntakeServed
    | WorkshopReady
    | WorkshopUnready
    | EquipmentBroken
    | EquipmentRepaired
    | EquipmentWithdrawn
)


def decide(state: Workshop, command: WorkshopCommand, context: Context) -> Sequence[WorkshopEvent]:
    match command:
        case EquipWorkshop():
            return equip(state, command)
        case AwaitWorkshop():
            return await_workshop(state, command)
        case ServeIntake():
            return serve(state, command)
    if state.kejuruan is None:
        raise Refused("not-found:workshop", status=404)
    match command:
        case ReportBroken():
            _within(command.items, state.working(), "more-than-there-is:working")
            broken = EquipmentBroken(kejuruan=state.kejuruan, items=command.items)
            return [broken, *_changed(evolve(state, broken))]
        case ReportRepaired():
            _within(command.items, state.broken, "more-than-there-is:broken")
            repaired = EquipmentRepaired(kejuruan=state.kejuruan, items=command.items)
            return [repaired, *_changed(evolve(state, repaired))]
        case WithdrawEquipment():
            _within(command.items, state.equipment, "more-than-there-is:equipment")
            withdrawn = EquipmentWithdrawn(
                kejuruan=state.kejuruan, items=command.items, reason=command.reason
            )
            return [withdrawn, *_changed(evolve(state, withdrawn))]
        case _:
            assert_never(command)


def _within(items: Items, most: Mapping[str, int], code: str) -> None:
    refuse_empty(items, "items")
    refuse_repeated((item.item for item in items), "items")
    beyond = first_beyond(items, most)
    if beyond is not None:
        count = most.get(items[beyond].item, 0)
        raise Refused(code, field=f"items.{beyond}.quantity", status=422, most=count)


def equip(state: Workshop, command: EquipWorkshop) -> Sequence[WorkshopEvent]:
    if command.consignment in state.consignments:
        return []
    equipped = WorkshopEquipped(
        kejuruan=command.kejuruan,
        items=command.items,
        origin=command.origin,
        consignment=command.consignment,
    )
    return [equipped, *_changed(evolve(state, equipped))]


def await_workshop(state: Workshop, command: AwaitWorkshop) -> Sequence[WorkshopEvent]:
    if command.intake in state.waiting or command.intake in state.ready:
        return []
    awaited = IntakeAwaited(kejuruan=command.kejuruan, intake=command.intake, needs=command.needs)
    return [awaited, *_changed(evolve(state, awaited))]


def serve(state: Workshop, command: ServeIntake) -> Sequence[WorkshopEvent]:
    if state.kejuruan is None or (
        command.intake not in state.waiting and command.intake not in state.ready
    ):
        return []
    return [IntakeServed(kejuruan=state.kejuruan, intake=command.intake)]


def _changed(state: Workshop) -> Sequence[WorkshopEvent]:
    """Return which intakes are now covered, and which no longer are."""
    if state.kejuruan is None:
        return []
    have = state.working()
    covered = [i for i, needs in state.waiting.items() if not lacking(needs, have)]
    lost = {i: lack for i, needs in state.ready.items() if (lack := lacking(needs, have))}
    events: list[WorkshopEvent] = []
    if covered:
        events.append(WorkshopReady(kejuruan=state.kejuruan, intakes=tuple(covered)))
    if lost:
        worst: dict[str, int] = {}
        for lack in lost.values():
            for item in lack:
                worst[item.item] = max(worst.get(item.item, 0), item.quantity)
        missing = tuple(Item(item=item, quantity=n) for item, n in worst.items())
        events.append(
            WorkshopUnready(kejuruan=state.kejuruan, intakes=tuple(lost), missing=missing)
        )
    return events


def _less(counts: Mapping[str, int], items: Sequence[Item]) -> dict[str, int]:
    gone = tally(items)
    return {item: n - gone.get(item, 0) for item, n in counts.items() if n > gone.get(item, 0)}


def evolve(state: Workshop, event: WorkshopEvent) -> Workshop:
    match event:
        case WorkshopEquipped():
            return state.model_copy(
                update={
                    "kejuruan": event.kejuruan,
                    "equipment": tally(event.items, state.equipment),
                    "consignments": (*state.consignments, event.consignment),
                }
            )
        case EquipmentBroken():
            return state.model_copy(update={"broken": tally(event.items, state.broken)})
        case EquipmentRepaired():
            return state.model_copy(update={"broken": _less(state.broken, event.items)})
        case EquipmentWithdrawn():
            return state.model_copy(
                update={
                    "equipment": _less(state.equipment, event.items),
                    "broken": _less(state.broken, event.items),
                }
            )
        case IntakeAwaited():
            return state.model_copy(
                update={
                    "kejuruan": event.kejuruan,
                    "waiting": {**state.waiting, event.intake: event.needs},
                }
            )
        case IntakeServed():
            return state.model_copy(
                update={
                    "waiting": _but(state.waiting, (event.intake,)),
                    "ready": _but(state.ready, (event.intake,)),
                }
            )
        case WorkshopReady():
            moved = {i: state.waiting[i] for i in event.intakes if i in state.waiting}
            return state.model_copy(
                update={
                    "waiting": _but(state.waiting, event.intakes),
                    "ready": {**state.ready, **moved},
                }
            )
        case WorkshopUnready():
            moved = {i: state.ready[i] for i in event.intakes if i in state.ready}
            return state.model_copy(
                update={
                    "ready": _but(state.ready, event.intakes),
                    "waiting": {**state.waiting, **moved},
                }
            )
        case _:
            assert_never(event)


def _but(
    intakes: Mapping[str, tuple[Item, ...]], gone: Sequence[str]
) -> dict[str, tuple[Item, ...]]:
    return {intake: needs for intake, needs in intakes.items() if intake not in gone}


DECIDER = Decider(kind="workshop", initial=Workshop(), decide=decide, evolve=evolve)


def workshop_stream(id: str) -> StreamRef[Workshop, WorkshopCommand]:
    """Name the stream of one workshop."""
    return DECIDER.stream(id)
