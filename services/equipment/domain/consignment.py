"""Consignment: granted goods on their way from the ministry into a workshop.

Allocated, shipped, delivered, handed over by two people of the two agencies (BAST), commissioned;
only what arrived in order counts. Equipment that a partner lends is commissioned at once: its own
stream (`receive`), so that a workshop need not care where its equipment comes from.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

from shared.events.base import Code, Event, Id, Positive, Text, Value
from shared.events.equipment import (
    Deliveries,
    EquipmentAllocated,
    EquipmentCommissioned,
    EquipmentDelivered,
    EquipmentShipped,
    HandoverSigned,
)
from shared.events.values import (
    Agency,
    Item,
    Items,
    Kejuruan,
    Origin,
    first_beyond,
    tally,
)
from shared.stream import (
    Command,
    Context,
    Decider,
    Refused,
    State,
    refuse_empty,
    refuse_repeated,
    unexpected,
)

from .proposal import Granted


class AllocateEquipment(Command):
    """Set aside what a proposal was granted, kept as it is, for a workshop."""

    proposal: Id
    workshop: Text
    granted: Granted


class ShipEquipment(Command):
    """Send allocated goods; several shipments are possible."""

    items: Items


class DeliverEquipment(Command):
    """Record what arrived, in order or damaged; several deliveries are possible."""

    items: Deliveries


class SignHandover(Command):
    """Sign the hand-over (BAST) for one's own agency."""

    bast: Text | None = None


class CommissionEquipment(Command):
    """Put the goods into service."""


class ReceiveSupport(Command):
    """A partner has given equipment."""

    kejuruan: Kejuruan
    receiver: Agency
    items: Items
    partner: Code
    proposal: Id
    offer: Positive


class Signature(Value):
    agency: str
    signer: str


class Consignment(State):
    status: (
        Literal["allocated", "shipped", "delivered", "signed", "handed-over", "commissioned"] | None
    ) = None
    origin: Origin = "grant"
    proposal: str = ""
    kejuruan: str = ""
    workshop: str | None = None
    giver: str | None = None
    receiver: str = ""
    partner: str | None = None
    allocated: Mapping[str, int] = {}
    shipped: Mapping[str, int] = {}
    delivered: Mapping[str, int] = {}
    good: Mapping[str, int] = {}
    damaged: Mapping[str, int] = {}
    bast: str | None = None
    signatures: tuple[Signature, ...] = ()

    def in_order(self) -> tuple[Item, ...]:
        return tuple(Item(item=item, quantity=count) for item, count in self.good.items() if count)


def decide(state: Consignment, command: Command, context: Context) -> Sequence[Event]:
    if isinstance(command, AllocateEquipment):
        return allocate(state, command, context)
    if isinstance(command, ReceiveSupport):
        return receive(state, command)
    if state.status is None:
        raise Refused(
            "not-found", "There is no such consignment.", "Kiriman ini tidak ada.", status=404
        )
    if state.status == "commissioned":
        raise Refused(
            "already-commissioned",
            "This equipment is in service; the consignment is closed.",
            "Peralatan ini sudah dioperasikan; kiriman sudah selesai.",
        )
    match command:
        case ShipEquipment():
            return ship(state, command)
        case DeliverEquipment():
            return deliver(state, command)
        case SignHandover():
            return sign(state, command, context)
        case CommissionEquipment():
            return commission(state, context)
        case _:
            raise unexpected(command)


def allocate(state: Consignment, command: AllocateEquipment, context: Context) -> Sequence[Event]:
    if state.status is not None:
        raise Refused(
            "already-allocated",
            "This consignment is already allocated.",
            "Kiriman ini sudah dialokasikan.",
        )
    granted = command.granted
    if context.agency == granted.receiver:
        raise Refused(
            "not-the-giver",
            "Who receives the equipment can't allocate it; the ministry does.",
            "Penerima peralatan tidak dapat mengalokasikannya; kementerian yang melakukannya.",
            status=403,
        )
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


def ship(state: Consignment, command: ShipEquipment) -> Sequence[Event]:
    _nothing_signed(state)
    refuse_empty(command.items, "items")
    refuse_repeated((item.item for item in command.items), "items")
    left = {item: count - state.shipped.get(item, 0) for item, count in state.allocated.items()}
    beyond = first_beyond(command.items, left)
    if beyond is not None:
        most = left.get(command.items[beyond].item, 0)
        raise Refused(
            "more-than-allocated",
            f"Only {most} of this item are allocated and not yet shipped.",
            f"Hanya {most} dari peralatan ini yang dialokasikan dan belum dikirim.",
            field=f"items.{beyond}.quantity",
            status=422,
        )
    return [EquipmentShipped(kejuruan=state.kejuruan, items=command.items)]


def deliver(state: Consignment, command: DeliverEquipment) -> Sequence[Event]:
    _nothing_signed(state)
    refuse_empty(command.items, "items")
    refuse_repeated((item.item for item in command.items), "items")
    for index, item in enumerate(command.items):
        arrived = item.good + item.damaged
        most = state.shipped.get(item.item, 0) - state.delivered.get(item.item, 0)
        if arrived > most:
            raise Refused(
                "more-than-shipped",
                f"Only {most} of this item are on their way; {arrived} can't have arrived. "
                "Count again.",
                f"Hanya {most} dari peralatan ini yang sedang dikirim; tidak mungkin tiba "
                f"{arrived}. Hitung kembali.",
                field=f"items.{index}.{'good' if item.good > most else 'damaged'}",
                status=422,
            )
        if arrived == 0:
            raise Refused(
                "nothing-arrived",
                "Nothing of this item arrived. Leave the line out.",
                "Tidak ada yang tiba dari peralatan ini. Hapus baris ini.",
                field=f"items.{index}.good",
                status=422,
            )
    return [EquipmentDelivered(kejuruan=state.kejuruan, items=command.items)]


def sign(state: Consignment, command: SignHandover, context: Context) -> Sequence[Event]:
    if not state.in_order():
        raise Refused(
            "not-delivered",
            "Nothing has arrived in order yet, so there is nothing to hand over. Record the "
            "delivery first.",
            "Belum ada peralatan yang tiba dalam keadaan baik, jadi belum ada yang "
            "diserahterimakan. Catat penerimaan lebih dahulu.",
        )
    if context.agency not in (state.giver, state.receiver):
        raise Refused(
            "not-a-party",
            "Only the agency that gives and the one that receives sign the hand-over.",
            "Hanya instansi pemberi dan penerima yang menandatangani serah terima.",
            status=403,
        )
    if context.agency in {signature.agency for signature in state.signatures}:
        raise Refused(
            "already-signed",
            "Your agency has already signed this hand-over.",
            "Instansi Anda sudah menandatangani serah terima ini.",
        )
    if context.actor in {signature.signer for signature in state.signatures}:
        raise Refused(
            "same-signer",
            "The two signatures must be of two different people.",
            "Kedua tanda tangan harus dari dua orang yang berbeda.",
        )
    if command.bast and state.bast and command.bast != state.bast:
        raise Refused(
            "bast-differs",
            "The other side signed a BAST with another number. Check the number.",
            "Pihak lain menandatangani BAST dengan nomor lain. Periksa nomornya.",
            field="bast",
        )
    return [
        HandoverSigned(
            agency=context.agency,
            signer=context.actor,
            bast=command.bast or state.bast,
            items=state.in_order(),
        )
    ]


def commission(state: Consignment, context: Context) -> Sequence[Event]:
    if state.status != "handed-over":
        raise Refused(
            "not-handed-over",
            "Both agencies must sign the hand-over (BAST) before the equipment goes into service.",
            "Kedua instansi harus menandatangani serah terima (BAST) sebelum peralatan "
            "dioperasikan.",
        )
    if context.agency not in (state.giver, state.receiver):
        raise Refused(
            "not-a-party",
            "Only the agency that gives and the one that receives can do this.",
            "Hanya instansi pemberi dan penerima yang dapat melakukan ini.",
            status=403,
        )
    return [
        EquipmentCommissioned(
            kejuruan=state.kejuruan,
            receiver=state.receiver,
            items=state.in_order(),
            origin="grant",
            proposal=state.proposal,
        )
    ]


def receive(state: Consignment, command: ReceiveSupport) -> Sequence[Event]:
    if state.status is not None:
        return []
    return [
        EquipmentCommissioned(
            kejuruan=command.kejuruan,
            receiver=command.receiver,
            items=command.items,
            origin="support",
            proposal=command.proposal,
            partner=command.partner,
        )
    ]


def _nothing_signed(state: Consignment) -> None:
    if state.signatures:
        raise Refused(
            "being-handed-over",
            "The hand-over is being signed; goods can't be added to it any more.",
            "Serah terima sedang ditandatangani; peralatan tidak dapat ditambahkan lagi.",
        )


def evolve(state: Consignment, event: Event) -> Consignment:
    match event:
        case EquipmentAllocated():
            return Consignment(
                status="allocated",
                proposal=event.proposal,
                kejuruan=event.kejuruan,
                workshop=event.workshop,
                giver=event.giver,
                receiver=event.receiver,
                allocated=tally(event.items),
            )
        case EquipmentShipped():
            shipped = tally(event.items, state.shipped)
            return state.model_copy(update={"status": "shipped", "shipped": shipped})
        case EquipmentDelivered():
            good, damaged, delivered = dict(state.good), dict(state.damaged), dict(state.delivered)
            for item in event.items:
                name = item.item
                good[name] = good.get(name, 0) + item.good
                damaged[name] = damaged.get(name, 0) + item.damaged
                delivered[name] = delivered.get(name, 0) + item.good + item.damaged
            return state.model_copy(
                update={
                    "status": "delivered",
                    "good": good,
                    "damaged": damaged,
                    "delivered": delivered,
                }
            )
        case HandoverSigned():
            signature = Signature(agency=event.agency, signer=event.signer)
            return state.model_copy(
                update={
                    "status": "handed-over" if state.signatures else "signed",
                    "bast": event.bast,
                    "signatures": (*state.signatures, signature),
                }
            )
        case EquipmentCommissioned():
            return state.model_copy(
                update={
                    "status": "commissioned",
                    "origin": event.origin,
                    "proposal": event.proposal,
                    "kejuruan": event.kejuruan,
                    "receiver": event.receiver,
                    "partner": event.partner,
                    "good": tally(event.items),
                }
            )
        case _:
            return state


DECIDER = Decider(kind="consignment", initial=Consignment(), decide=decide, evolve=evolve)
