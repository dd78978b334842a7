"""The goods of a consignment: how many of each item have come how far, as its events tell."""

from collections.abc import Mapping, Sequence
from typing import Literal

from shared.events.base import Event, Value
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
from shared.events.equipment.values import Asset
from shared.events.values import Item, Origin, tally
from shared.eventsourcing.decider import State
from shared.eventsourcing.refusal import Refused

Counts = Mapping[str, int]


class Signature(Value):
    agency: str
    signer: str


class Consignment(State):
    """How many of each item have come how far; `signatures` are those of the open round."""

    status: (
        Literal[
            "allocated", "shipped", "delivered", "returned", "signed", "handed-over", "commissioned"
        ]
        | None
    ) = None
    origin: Origin = "grant"
    proposal: str | None = None
    kejuruan: str = ""
    workshop: str | None = None
    giver: str | None = None
    receiver: str = ""
    partner: str | None = None
    allocated: Counts = {}
    shipped: Counts = {}
    good: Counts = {}
    damaged: Counts = {}
    missing: Counts = {}
    returned: Counts = {}
    handed_over: Counts = {}
    commissioned: Counts = {}
    bast: str | None = None
    signatures: tuple[Signature, ...] = ()
    basts: tuple[str, ...] = ()
    assets: tuple[Asset, ...] = ()

    def to_ship(self) -> Counts:
        """Allocated and not yet shipped, or to be replaced because it was lost or sent back."""
        return _left(self.allocated, self.shipped, more=(self.missing, self.returned))

    def on_their_way(self) -> Counts:
        return _left(self.shipped, self.good, self.damaged, self.missing)

    def to_return(self) -> Counts:
        return _left(self.damaged, self.returned)

    def to_hand_over(self) -> Counts:
        """What the open round, or the next one, is about: in order and not yet handed over."""
        return _left(self.good, self.handed_over)

    def to_commission(self) -> Counts:
        return _left(self.handed_over, self.commissioned)

    def unnumbered(self) -> Counts:
        """Units in order that have no asset number yet."""
        return _left(self.good, numbered(self.assets))

    def refuse_asset(self, item: str, agency: str) -> None:
        """Refused unless a unit of the item waits for its asset number from this agency."""
        if self.status is None:
            raise not_found()
        refuse_stranger(self, agency)
        if not self.unnumbered().get(item, 0):
            raise Refused("no-unit-left", field="item", status=422)


def numbered(assets: Sequence[Asset]) -> Counts:
    """How many asset numbers each item has."""
    counts: dict[str, int] = {}
    for asset in assets:
        counts[asset.item] = counts.get(asset.item, 0) + 1
    return counts


def as_items(counts: Counts) -> tuple[Item, ...]:
    return tuple(Item(item=item, quantity=count) for item, count in counts.items() if count > 0)


def not_found() -> Refused:
    return Refused("not-found:consignment", status=404)


def refuse_stranger(state: Consignment, agency: str) -> None:
    """Refused unless the agency gives or receives."""
    if agency not in (state.giver, state.receiver):
        raise Refused("not-a-party", status=403)


def _left(counts: Counts, *gone: Counts, more: Sequence[Counts] = ()) -> Counts:
    return {
        item: count
        + sum(other.get(item, 0) for other in more)
        - sum(other.get(item, 0) for other in gone)
        for item, count in counts.items()
    }


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
            return delivered(state, event)
        case EquipmentReturned():
            returned = tally(event.items, state.returned)
            return state.model_copy(update={"status": "returned", "returned": returned})
        case HandoverSigned():
            return signed(state, event)
        case AssetAttached():
            return state.model_copy(update={"assets": (*state.assets, event.asset)})
        case AssetRejected():
            return state
        case EquipmentCommissioned(origin="support"):
            counts = tally(event.items)
            return Consignment(
                status="commissioned",
                origin=event.origin,
                proposal=event.proposal,
                kejuruan=event.kejuruan,
                receiver=event.receiver,
                partner=event.partner,
                good=counts,
                handed_over=counts,
                commissioned=counts,
            )
        case EquipmentCommissioned():
            commissioned = tally(event.items, state.commissioned)
            return state.model_copy(update={"status": "commissioned", "commissioned": commissioned})
        case _:
            return state


def delivered(state: Consignment, event: EquipmentDelivered) -> Consignment:
    good, damaged, missing = dict(state.good), dict(state.damaged), dict(state.missing)
    for item in event.items:
        for counts, count in ((good, item.good), (damaged, item.damaged), (missing, item.missing)):
            counts[item.item] = counts.get(item.item, 0) + count
    return state.model_copy(
        update={"status": "delivered", "good": good, "damaged": damaged, "missing": missing}
    )


def signed(state: Consignment, event: HandoverSigned) -> Consignment:
    if not event.complete:
        signature = Signature(agency=event.agency, signer=event.signer)
        return state.model_copy(
            update={
                "status": "signed",
                "bast": event.bast,
                "signatures": (*state.signatures, signature),
            }
        )
    return state.model_copy(
        update={
            "status": "handed-over",
            "bast": None,
            "signatures": (),
            "basts": (*state.basts, event.bast) if event.bast else state.basts,
            "handed_over": tally(event.items, state.handed_over),
        }
    )
