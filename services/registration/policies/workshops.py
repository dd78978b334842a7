"""What a workshop learns from the ministry's equipment and from the classes that need it."""

from collections.abc import Iterable

from services.registration.agency import BLK_PASER
from services.registration.domain.workshop import AwaitWorkshop, EquipWorkshop, ServeIntake
from services.registration.policies.common import OWN, stream_id
from shared.events.equipment.consignment import EquipmentCommissioned
from shared.events.registration.intake import IntakeCancelled, IntakeCompleted, IntakeOpened
from shared.eventsourcing.policies import Do, Reaction
from shared.signing.cloudevents import Envelope


def equip_workshop(envelope: Envelope, event: EquipmentCommissioned) -> Iterable[Do]:
    """Equipment that another regency's centre received is none of ours."""
    if event.receiver == BLK_PASER:
        yield Do(
            f"workshop/{event.kejuruan}",
            EquipWorkshop(
                kejuruan=event.kejuruan,
                items=event.items,
                origin=event.origin,
                consignment=f"{stream_id(envelope)}.{envelope.sequence}",
            ),
        )


def await_workshop(envelope: Envelope, event: IntakeOpened) -> Iterable[Do]:
    yield Do(
        f"workshop/{event.kejuruan}",
        AwaitWorkshop(kejuruan=event.kejuruan, intake=stream_id(envelope), needs=event.equipment),
    )


def serve_intake(envelope: Envelope, event: IntakeCompleted | IntakeCancelled) -> Iterable[Do]:
    yield Do(f"workshop/{event.kejuruan}", ServeIntake(intake=stream_id(envelope)))


REACTIONS: tuple[Reaction, ...] = (
    Reaction("equip-workshop", "equipment.events", (EquipmentCommissioned,), equip_workshop),
    Reaction("await-workshop", OWN, (IntakeOpened,), await_workshop),
    Reaction("serve-intake", OWN, (IntakeCompleted, IntakeCancelled), serve_intake),
)
