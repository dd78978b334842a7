"""The goods of a consignment: the count of each item at each step, folded from its events."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal, assert_never

from shared.events.base import SAFE_INTEGER, Value
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

    agency: Annotated[
        str,
        described(
            en="the agency that signed",
            id="instansi yang menandatangani",
            example="urn:sinergi:blk-paser",
        ),
    ]
    signer: Annotated[
        str,
        described(
            en="the pseudonym of the person who signed",
            id="nama samaran penanda tangan",
            example="9f86d081884c7d65",
        ),
    ]


class Consignment(State):
    """The units of each item that have come to each step.

    `signatures` and `bast` are those of the hand-over that one side has signed so far, `basts` the
    numbers of those that both have.
    """

    status: Annotated[
        Literal[
            "allocated", "shipped", "delivered", "returned", "signed", "handed-over", "commissioned"
        ]
        | None,
        described(en="the last step that was taken", id="langkah terakhir", example="delivered"),
    ] = None
    origin: Annotated[
        Origin,
        described(
            en="a ministry's grant or a partner's support",
            id="hibah kementerian atau dukungan mitra",
            example="grant",
        ),
    ] = "grant"
    proposal: Annotated[
        str | None,
        described(
            en="the proposal that it answers",
            id="usulan yang dipenuhi",
            example="0197a3c2-5b1e-7d43-9f6a-2c8e4b7d1f05",
        ),
    ] = None
    kejuruan: Annotated[
        str, described(en="the vocational field (kejuruan)", id="kejuruan", example="las")
    ] = ""
    workshop: Annotated[
        str | None,
        described(
            en="the workshop that gets the goods",
            id="bengkel penerima",
            example="Bengkel las, BLK Paser",
        ),
    ] = None
    giver: Annotated[
        str | None,
        described(
            en="the agency that gives", id="instansi pemberi", example="urn:sinergi:kemenaker"
        ),
    ] = None
    receiver: Annotated[
        str,
        described(
            en="the agency that receives", id="instansi penerima", example="urn:sinergi:blk-paser"
        ),
    ] = ""
    partner: Annotated[
        str | None,
        described(en="the partner that lends", id="mitra yang meminjamkan", example="makassar"),
    ] = None
    allocated: Annotated[
        Counts,
        described(
            en="units set aside, by item",
            id="unit yang dialokasikan, menurut jenis",
            unit="1",
            example={"mesin-las-smaw": 4},
        ),
    ] = {}
    shipped: Annotated[
        Counts,
        described(
            en="units shipped, by item",
            id="unit yang dikirim, menurut jenis",
            unit="1",
            example={"mesin-las-smaw": 4},
        ),
    ] = {}
    good: Annotated[
        Counts,
        described(
            en="units that arrived in order, by item",
            id="unit yang tiba dalam keadaan baik, menurut jenis",
            unit="1",
            example={"mesin-las-smaw": 3},
        ),
    ] = {}
    damaged: Annotated[
        Counts,
        described(
            en="units that arrived damaged, by item",
            id="unit yang tiba rusak, menurut jenis",
            unit="1",
            example={"mesin-las-smaw": 1},
        ),
    ] = {}
    missing: Annotated[
        Counts,
        described(
            en="units that did not arrive, by item",
            id="unit yang hilang, menurut jenis",
            unit="1",
            example={"mesin-las-smaw": 1},
        ),
    ] = {}
    returned: Annotated[
        Counts,
        described(
            en="damaged units sent back, by item",
            id="unit rusak yang dikembalikan, menurut jenis",
            unit="1",
            example={"mesin-las-smaw": 1},
        ),
    ] = {}
    handed_over: Annotated[
        Counts,
        described(
            en="units handed over by both sides, by item",
            id="unit yang sudah diserahterimakan, menurut jenis",
            unit="1",
            example={"mesin-las-smaw": 3},
        ),
    ] = {}
    commissioned: Annotated[
        Counts,
        described(
            en="units in service, by item",
            id="unit yang sudah dipakai, menurut jenis",
            unit="1",
            example={"mesin-las-smaw": 3},
        ),
    ] = {}
    bast: Annotated[
        str | None,
        described(
            en="the number of the hand-over that one side has signed",
            id="nomor BAST yang baru ditandatangani satu pihak",
            example="BAST/12/2026",
        ),
    ] = None
    signatures: Annotated[
        tuple[Signature, ...],
        described(en="the signatures under that hand-over", id="tanda tangan pada BAST itu"),
    ] = ()
    basts: Annotated[
        tuple[str, ...],
        described(
            en="the numbers of the hand-overs that both sides have signed",
            id="nomor BAST yang sudah ditandatangani kedua pihak",
            example=["BAST/12/2026"],
        ),
    ] = ()
    assets: Annotated[
        tuple[Asset, ...],
        described(en="the units with their asset numbers", id="unit dengan nomor asetnya"),
    ] = ()

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
        case _ if state.status is None:
            return state
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
        case EquipmentCommissioned():
            commissioned = tally(event.items, state.commissioned)
            return state.model_copy(update={"status": "commissioned", "commissioned": commissioned})
        case _:
            assert_never(event)


def delivered(state: Consignment, event: EquipmentDelivered) -> Consignment:
    good, damaged, missing = dict(state.good), dict(state.damaged), dict(state.missing)
    for item in event.items:
        for counts, count in ((good, item.good), (damaged, item.damaged), (missing, item.missing)):
            counts[item.item] = min(counts.get(item.item, 0) + count, SAFE_INTEGER)
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
