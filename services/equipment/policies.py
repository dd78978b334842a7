"""Policies of the equipment service: the commands that follow from its own and others' events."""

from services.equipment.domain.asset import ReleaseAsset, asset_stream
from services.equipment.domain.consignment.aggregate import NoteAsset, consignment_stream
from services.equipment.domain.proposal.aggregate import proposal_stream
from shared.events.equipment.asset import AssetRegistered
from shared.events.equipment.consignment import AssetRejected, EquipmentAllocated
from shared.events.equipment.values import Asset
from shared.events.partners.support import SupportFulfilled
from shared.eventsourcing.policies import AnyPolicy, Dispatch, Dispatches, policy
from shared.signing.cloudevents import Envelope


@policy
def receive_support(envelope: Envelope, event: SupportFulfilled) -> Dispatches:
    """Make each fulfilled offer of equipment a consignment, `<support>.<offer>`."""
    if event.kind == "equipment":
        yield Dispatch(consignment_stream(f"{_id(envelope)}.{event.offer}"), event)


@policy
def note_asset(envelope: Envelope, event: AssetRegistered) -> Dispatches:
    """Bring a number that is taken to its consignment, which may have no unit left for it."""
    asset = Asset(item=event.item, number=_id(envelope))
    yield Dispatch(consignment_stream(event.consignment), NoteAsset(asset=asset))


@policy
def release_asset(envelope: Envelope, event: AssetRejected) -> Dispatches:
    """Free a number for which the consignment has no unit."""
    yield Dispatch(asset_stream(event.asset.number), ReleaseAsset(consignment=_id(envelope)))


@policy
def note_allocated(envelope: Envelope, event: EquipmentAllocated) -> Dispatches:
    """Tell the proposal that its goods are set aside."""
    yield Dispatch(proposal_stream(event.proposal), event)


def _id(envelope: Envelope) -> str:
    return envelope.subject.partition("/")[2]


POLICIES: tuple[AnyPolicy, ...] = (
    receive_support,
    note_asset,
    note_allocated,
    release_asset,
)
