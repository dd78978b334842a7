"""Workshop (bengkel) of one field: what stands in it and which intakes wait for it.

Its equipment is shared by the field's intakes, not used up. Everything here follows other streams.
"""

from collections.abc import Mapping, Sequence

from shared.events.base import Event, Id
from shared.events.registration import IntakeAwaited, WorkshopEquipped, WorkshopReady
from shared.events.values import Item, Items, Kejuruan, Origin, lacking, tally
from shared.stream import Command, Context, Decider, State, unexpected


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


class Workshop(State):
    kejuruan: str | None = None
    equipment: Mapping[str, int] = {}
    consignments: tuple[str, ...] = ()
    waiting: Mapping[str, tuple[Item, ...]] = {}
    ready: tuple[str, ...] = ()


def decide(state: Workshop, command: Command, context: Context) -> Sequence[Event]:
    match command:
        case EquipWorkshop():
            return equip(state, command)
        case AwaitWorkshop():
            return await_workshop(state, command)
        case _:
            raise unexpected(command)


def equip(state: Workshop, command: EquipWorkshop) -> Sequence[Event]:
    if command.consignment in state.consignments:
        return []
    equipped = WorkshopEquipped(
        kejuruan=command.kejuruan,
        items=command.items,
        origin=command.origin,
        consignment=command.consignment,
    )
    return [equipped, *_readied(evolve(state, equipped))]


def await_workshop(state: Workshop, command: AwaitWorkshop) -> Sequence[Event]:
    if command.intake in state.waiting or command.intake in state.ready:
        return []
    awaited = IntakeAwaited(kejuruan=command.kejuruan, intake=command.intake, needs=command.needs)
    return [awaited, *_readied(evolve(state, awaited))]


def _readied(state: Workshop) -> Sequence[Event]:
    """WorkshopReady for the waiting intakes whose every need is covered, if there are any."""
    covered = [
        intake for intake, needs in state.waiting.items() if not lacking(needs, state.equipment)
    ]
    if not covered or state.kejuruan is None:
        return []
    return [WorkshopReady(kejuruan=state.kejuruan, intakes=tuple(covered))]


def evolve(state: Workshop, event: Event) -> Workshop:
    match event:
        case WorkshopEquipped():
            return state.model_copy(
                update={
                    "kejuruan": event.kejuruan,
                    "equipment": tally(event.items, state.equipment),
                    "consignments": (*state.consignments, event.consignment),
                }
            )
        case IntakeAwaited():
            return state.model_copy(
                update={
                    "kejuruan": event.kejuruan,
                    "waiting": {**state.waiting, event.intake: event.needs},
                }
            )
        case WorkshopReady():
            waiting = {i: needs for i, needs in state.waiting.items() if i not in event.intakes}
            return state.model_copy(
                update={"waiting": waiting, "ready": (*state.ready, *event.intakes)}
            )
        case _:
            return state


DECIDER = Decider(kind="workshop", initial=Workshop(), decide=decide, evolve=evolve)
