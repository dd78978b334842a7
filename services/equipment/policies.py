"""What the ministry's equipment service does on events, its own and other agencies'."""

from collections.abc import Iterable

from services.equipment.domain.asset import ReleaseAsset
from services.equipment.domain.consignment.aggregate import NoteAsset, ReceiveSupport
from services.equipment.domain.proposal.aggregate import NoteAllocated
from shared.events.equipment.asset import AssetRegistered
from shared.events.equipment.consignment import AssetRejected, EquipmentAllocated
from shared.events.equipment.values import Asset
from shared.events.partners.support import SupportFulfilled
from shared.eventsourcing.policies import Do, Reaction
from shared.signing.cloudevents import Envelope

_OWN = "equipment.events"


def receive_support(envelope: Envelope, event: SupportFulfilled) -> Iterable[Do]:
    """What a partner gave counts towards the workshop: a consignment for each fulfilled offer."""
    if event.kind == "equipment":
        yield Do(
            f"consignment/{_id(envelope)}.{event.offer}",
            ReceiveSupport(
                kejuruan=event.kejuruan,
                receiver=event.for_agency,
                items=event.items,
                partner=event.partner,
                proposal=event.proposal,
                offer=event.offer,
            ),
        )


def note_asset(envelope: Envelope, event: AssetRegistered) -> Iterable[Do]:
    """A number that is taken goes to its consignment, which may have no unit left for it."""
    asset = Asset(item=event.item, number=_id(envelope))
    yield Do(f"consignment/{event.consignment}", NoteAsset(asset=asset))


def release_asset(envelope: Envelope, event: AssetRejected) -> Iterable[Do]:
    yield Do(f"asset/{event.asset.number}", ReleaseAsset(consignment=_id(envelope)))


def note_allocated(envelope: Envelope, event: EquipmentAllocated) -> Iterable[Do]:
    yield Do(f"proposal/{event.proposal}", NoteAllocated())


def _id(envelope: Envelope) -> str:
    return envelope.subject.partition("/")[2]


REACTIONS: tuple[Reaction, ...] = (
    Reaction("receive-support", "partners.events", (SupportFulfilled,), receive_support),
    Reaction("note-asset", _OWN, (AssetRegistered,), note_asset),
    Reaction("note-allocated", _OWN, (EquipmentAllocated,), note_allocated),
    Reaction("release-asset", _OWN, (AssetRejected,), release_asset),
)
