"""What the ministry's equipment service does on events, its own and other agencies'."""

from services.equipment.domain.asset import ReleaseAsset, asset_stream
from services.equipment.domain.consignment.aggregate import (
    NoteAsset,
    ReceiveSupport,
    consignment_stream,
)
from services.equipment.domain.proposal.aggregate import NoteAllocated, proposal_stream
from shared.events.equipment.asset import AssetRegistered
from shared.events.equipment.consignment import AssetRejected, EquipmentAllocated
from shared.events.equipment.values import Asset
from shared.events.partners.support import SupportFulfilled
from shared.eventsourcing.policies import AnyPolicy, Dispatch, Dispatches, policy
from shared.signing.cloudevents import Envelope

_OWN = "equipment.events"


@policy
def receive_support(envelope: Envelope, event: SupportFulfilled) -> Dispatches:
    """What a partner gave counts towards the workshop: a consignment for each fulfilled offer."""
    if event.kind == "equipment":
        yield Dispatch(
            consignment_stream(f"{_id(envelope)}.{event.offer}"),
            ReceiveSupport(
                kejuruan=event.kejuruan,
                receiver=event.for_agency,
                items=event.items,
                partner=event.partner,
                proposal=event.proposal,
                offer=event.offer,
            ),
        )


@policy
def note_asset(envelope: Envelope, event: AssetRegistered) -> Dispatches:
    """A number that is taken goes to its consignment, which may have no unit left for it."""
    asset = Asset(item=event.item, number=_id(envelope))
    yield Dispatch(consignment_stream(event.consignment), NoteAsset(asset=asset))


@policy
def release_asset(envelope: Envelope, event: AssetRejected) -> Dispatches:
    yield Dispatch(asset_stream(event.asset.number), ReleaseAsset(consignment=_id(envelope)))


@policy
def note_allocated(envelope: Envelope, event: EquipmentAllocated) -> Dispatches:
    yield Dispatch(proposal_stream(event.proposal), NoteAllocated())


def _id(envelope: Envelope) -> str:
    return envelope.subject.partition("/")[2]


POLICIES: tuple[AnyPolicy, ...] = (
    receive_support,
    note_asset,
    note_allocated,
    release_asset,
)
