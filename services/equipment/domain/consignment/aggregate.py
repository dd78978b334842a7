"""Consignment: granted goods on their way from the ministry into a workshop.

The goods are allocated, shipped, delivered, handed over by two people of the two agencies (BAST,
berita acara serah terima) and commissioned; only what arrived in order counts. Each step can be
taken in parts: what is lost or damaged may be shipped again, what arrives later has a hand-over of
its own. Equipment that a partner lends (`SupportFulfilled`) is a consignment too, commissioned at
once, so that a workshop gets all its equipment by the same event.
"""

from collections.abc import Sequence
from typing import Annotated, assert_never

from services.equipment.domain.consignment.goods import (
    Consignment,
    ConsignmentEvent,
    as_items,
    evolve,
    not_found,
    numbered,
    refuse_stranger,
)
from services.equipment.domain.proposal.dossier import Granted
from shared.events.base import Id, Text
from shared.events.described import described
from shared.events.equipment.consignment import (
    AssetAttached,
    AssetRejected,
    EquipmentAllocated,
    EquipmentCommissioned,
    EquipmentDelivered,
    EquipmentReturned,
    EquipmentShipped,
    HandoverSigned,
)
from shared.events.equipment.values import Asset, Deliveries
from shared.events.partners.support import SupportFulfilled
from shared.events.values import Items, Prose, first_beyond
from shared.eventsourcing.decider import Command, Context, Decider, StreamRef
from shared.eventsourcing.refusal import Refused, refuse_empty, refuse_repeated


class AllocateEquipment(Command):
    """Set aside for a workshop what the proposal was granted; `granted` is the proposal's own."""

    proposal: Id
    workshop: Text
    granted: Granted


class ShipEquipment(Command):
    """Send allocated goods, or others in place of lost and returned ones."""

    items: Annotated[Items, described(en="the units shipped", id="unit yang dikirim")]


class DeliverEquipment(Command):
    """Record the units of a shipment that arrived in order, arrived damaged, or are missing."""

    items: Annotated[
        Deliveries,
        described(
            en="the units that arrived in order or damaged, or are missing",
            id="unit yang tiba baik, tiba rusak, atau hilang",
        ),
    ]


class ReturnEquipment(Command):
    """Send damaged goods back."""

    items: Annotated[
        Items, described(en="the damaged units sent back", id="unit rusak yang dikembalikan")
    ]
    reason: Annotated[
        Prose, described(en="the damage", id="kerusakannya", example="Rangka bengkok.")
    ]


class SignHandover(Command):
    """Sign the hand-over (BAST) for one's own agency."""

    bast: Annotated[
        Text | None,
        described(
            en="the number of the hand-over document (BAST); the other side may leave it out",
            id="nomor BAST; pihak kedua boleh mengosongkannya",
            example="BAST/12/2026",
        ),
    ] = None


class NoteAsset(Command):
    """An asset number is taken for a unit of this consignment."""

    asset: Asset


class CommissionEquipment(Command):
    """Put what is handed over into service."""


# What can be done with goods that are allocated.
ConsignmentStep = (
    ShipEquipment | DeliverEquipment | ReturnEquipment | SignHandover | CommissionEquipment
)
ConsignmentCommand = AllocateEquipment | SupportFulfilled | NoteAsset | ConsignmentStep


def decide(
    state: Consignment, command: ConsignmentCommand, context: Context
) -> Sequence[ConsignmentEvent]:
    match command:
        case AllocateEquipment():
            return allocate(state, command, context)
        case SupportFulfilled():
            return receive(state, command)
        case NoteAsset():
            return note_asset(state, command)
        case (
            ShipEquipment()
            | DeliverEquipment()
            | ReturnEquipment()
            | SignHandover()
            | CommissionEquipment()
        ):
            return take_step(state, command, context)
        case _:
            assert_never(command)


def take_step(
    state: Consignment, command: ConsignmentStep, context: Context
) -> Sequence[ConsignmentEvent]:
    if state.status is None:
        raise not_found()
    if state.origin == "support":
        raise Refused("already-commissioned:lent")
    match command:
        case ShipEquipment():
            return ship(state, command)
        case DeliverEquipment():
            return deliver(state, command, context)
        case ReturnEquipment():
            return send_back(state, command, context)
        case SignHandover():
            return sign(state, command, context)
        case CommissionEquipment():
            return commission(state, context)
        case _:
            assert_never(command)


def allocate(
    state: Consignment, command: AllocateEquipment, context: Context
) -> Sequence[EquipmentAllocated]:
    if state.status is not None:
        raise Refused("already-allocated")
    granted = command.granted
    if context.agency == granted.receiver:
        raise Refused("not-the-giver", status=403)
    return [
        EquipmentAllocated(
            proposal=command.proposal,
            kejuruan=granted.kejuruan,
            workshop=command.workshop,
            giver=context.agency,
            receiver=granted.receiver,
            items=granted.items,
        )
    ]


def ship(state: Consignment, command: ShipEquipment) -> Sequence[EquipmentShipped]:
    refuse_empty(command.items, "items")
    refuse_repeated((item.item for item in command.items), "items")
    left = state.to_ship()
    beyond = first_beyond(command.items, left)
    if beyond is not None:
        most = left.get(command.items[beyond].item, 0)
        raise Refused(
            "more-than-allocated", field=f"items.{beyond}.quantity", status=422, most=most
        )
    return [EquipmentShipped(kejuruan=state.kejuruan, items=command.items)]


def deliver(
    state: Consignment, command: DeliverEquipment, context: Context
) -> Sequence[EquipmentDelivered]:
    refuse_stranger(state, context.agency)
    if state.signatures:
        # So that both sign for the same goods.
        raise Refused("being-handed-over")
    refuse_empty(command.items, "items")
    refuse_repeated((item.item for item in command.items), "items")
    on_their_way = state.on_their_way()
    for index, item in enumerate(command.items):
        most = on_their_way.get(item.item, 0)
        count = 0
        for field in ("good", "damaged", "missing"):
            count += getattr(item, field)
            if count > most:
                raise Refused(
                    "more-than-shipped", field=f"items.{index}.{field}", status=422, most=most
                )
        if count == 0:
            raise Refused("nothing-arrived", field=f"items.{index}.good", status=422)
    return [EquipmentDelivered(kejuruan=state.kejuruan, items=command.items)]


def send_back(
    state: Consignment, command: ReturnEquipment, context: Context
) -> Sequence[EquipmentReturned]:
    if context.agency != state.receiver:
        raise Refused("not-the-receiver", status=403)
    refuse_empty(command.items, "items")
    refuse_repeated((item.item for item in command.items), "items")
    left = state.to_return()
    beyond = first_beyond(command.items, left)
    if beyond is not None:
        most = left.get(command.items[beyond].item, 0)
        raise Refused("more-than-damaged", field=f"items.{beyond}.quantity", status=422, most=most)
    return [EquipmentReturned(kejuruan=state.kejuruan, items=command.items, reason=command.reason)]


def sign(state: Consignment, command: SignHandover, context: Context) -> Sequence[HandoverSigned]:
    refuse_stranger(state, context.agency)
    if not (items := as_items(state.to_hand_over())):
        if state.handed_over:
            raise Refused("already-signed:delivery")
        raise Refused("not-delivered")
    if context.agency in {signature.agency for signature in state.signatures}:
        raise Refused("already-signed")
    if context.actor in {signature.signer for signature in state.signatures}:
        raise Refused("same-signer")
    if command.bast and state.bast and command.bast != state.bast:
        raise Refused("bast-differs", field="bast")
    if command.bast in state.basts:
        raise Refused("bast-used", field="bast")
    return [
        HandoverSigned(
            agency=context.agency,
            signer=context.actor,
            bast=command.bast or state.bast,
            items=items,
            complete=bool(state.signatures),
        )
    ]


def note_asset(state: Consignment, command: NoteAsset) -> Sequence[AssetAttached | AssetRejected]:
    if command.asset in state.assets:
        return []
    if state.unnumbered().get(command.asset.item, 0) <= 0:
        return [AssetRejected(asset=command.asset)]
    return [AssetAttached(asset=command.asset)]


def commission(state: Consignment, context: Context) -> Sequence[EquipmentCommissioned]:
    refuse_stranger(state, context.agency)
    if not (items := as_items(state.to_commission())):
        if state.commissioned and not as_items(state.to_hand_over()):
            raise Refused("already-commissioned")
        raise Refused("not-handed-over")
    have = numbered(state.assets)
    lacking = sum(
        max(state.commissioned.get(item.item, 0) + item.quantity - have.get(item.item, 0), 0)
        for item in items
    )
    if lacking:
        raise Refused("assets-missing", lacking=lacking)
    newly: list[Asset] = []
    for item in items:
        of_item = [asset for asset in state.assets if asset.item == item.item]
        start = state.commissioned.get(item.item, 0)
        newly += of_item[start : start + item.quantity]
    return [
        EquipmentCommissioned(
            kejuruan=state.kejuruan,
            receiver=state.receiver,
            items=items,
            origin="grant",
            proposal=state.proposal,
            assets=tuple(newly),
        )
    ]


def receive(state: Consignment, event: SupportFulfilled) -> Sequence[EquipmentCommissioned]:
    if state.status is not None:
        return []
    return [
        EquipmentCommissioned(
            kejuruan=event.kejuruan,
            receiver=event.for_agency,
            items=event.items,
            origin="support",
            proposal=event.proposal,
            partner=event.partner,
        )
    ]


DECIDER = Decider(kind="consignment", initial=Consignment(), decide=decide, evolve=evolve)


def consignment_stream(id: str) -> StreamRef[Consignment, ConsignmentCommand]:
    """Name the stream of one consignment."""
    return DECIDER.stream(id)
