"""The goods of a consignment: the count of each item at each step, folded from its events."""

from collections.abc import Mapping, Sequence
from typing import Literal, assert_never

from shared.events.base import Value
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

# The number of units by the code of their item.
Counts = Mapping[str, int]

ConsignmentEvent = (
    EquipmentAllocated
    | EquipmentShipped
    | EquipmentDelivered
    | EquipmentReturned
    | HandoverSigned
    | AssetAttached
    | AssetRejected
    | EquipmentCommissioned
)


class Signature(Value):
    """The agency that signed the hand-over, and the pseudonym of the person who signed for it."""

    agency: str
    signer: str


class Consignment(State):
    """The units of each item that have come to each step.

    `signatures` and `bast` are those of the hand-over that one side has signed so far, `basts` the
    numbers of those that both have.
    """

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
        """Return what is allocated and not yet shipped, or lost or returned and not replaced."""
        return _left(self.allocated, self.shipped, more=(self.missing, self.returned))

    def on_their_way(self) -> Counts:
        """Return what is shipped and has not arrived, nor been found missing."""
        return _left(self.shipped, self.good, self.damaged, self.missing)

    def to_return(self) -> Counts:
        """Return what arrived damaged and is still here."""
        return _left(self.damaged, self.returned)

    def to_hand_over(self) -> Counts:
        """Return what arrived in order and is not yet handed over."""
        return _left(self.good, self.handed_over)

    def to_commission(self) -> Counts:
        """Return what is handed over and not yet in service."""
        return _left(self.handed_over, self.commissioned)

    def unnumbered(self) -> Counts:
        """Return the units that arrived in order and have no asset number yet."""
        return _left(self.good, numbered(self.assets))

    def refuse_asset(self, item: str, agency: str) -> None:
        """Raise Refused unless a unit of the item waits for its asset number from this agency."""
        if self.status is None:
            raise not_found()
        refuse_stranger(self, agency)
        if not self.unnumbered().get(item, 0):
            raise Refused("no-unit-left", field="item", status=422)


def numbered(assets: Sequence[Asset]) -> Counts:
    """Count the asset numbers of each item."""
    counts: dict[str, int] = {}
    for asset in assets:
        counts[asset.item] = counts.get(asset.item, 0) + 1
    return counts


def as_items(counts: Counts) -> tuple[Item, ...]:
    """Return the counts that are not zero as items."""
    return tuple(Item(item=item, quantity=count) for item, count in counts.items() if count > 0)


def not_found() -> Refused:
    """Return the refusal for a stream without events."""
    return Refused("not-found:consignment", status=404)


def refuse_stranger(state: Consignment, agency: str) -> None:
    """Raise Refused unless the agency gives or receives."""
    if agency not in (state.giver, state.receiver):
        raise Refused("not-a-party", status=403)


def _left(counts: Counts, *gone: Counts, more: Sequence[Counts] = ()) -> Counts:
    return {
        item: count
        + sum(other.get(item, 0) for other in more)
        - sum(other.get(item, 0) for other in gone)
        for item, count in counts.items()
    }


def evolve(state: Consignment, event: ConsignmentEvent) -> Consignment:
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
            assert_never(event)


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
