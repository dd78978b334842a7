"""Policies of workshops: they note the ministry's equipment and the classes that need it."""

from services.registration.agency import BLK_PASER
from services.registration.domain.workshop import (
    AwaitWorkshop,
    EquipWorkshop,
    ServeIntake,
    workshop_stream,
)
from services.registration.policies.common import stream_id
from shared.events.base import is_id
from shared.events.equipment.consignment import EquipmentCommissioned
from shared.events.registration.intake import IntakeCancelled, IntakeCompleted, IntakeOpened
from shared.eventsourcing.policies import AnyPolicy, Dispatch, Dispatches, policy
from shared.signing.cloudevents import Envelope


@policy
def equip_workshop(envelope: Envelope, event: EquipmentCommissioned) -> Dispatches:
    """Equipment that another regency's centre received is none of ours."""
    consignment = f"{stream_id(envelope)}.{envelope.sequence}"
    if event.receiver == BLK_PASER and is_id(consignment):
        yield Dispatch(
            workshop_stream(event.kejuruan),
            EquipWorkshop(
                kejuruan=event.kejuruan,
                items=event.items,
                origin=event.origin,
                consignment=consignment,
            ),
        )


@policy
def await_workshop(envelope: Envelope, event: IntakeOpened) -> Dispatches:
    yield Dispatch(
        workshop_stream(event.kejuruan),
        AwaitWorkshop(kejuruan=event.kejuruan, intake=stream_id(envelope), needs=event.equipment),
    )


@policy
def serve_intake(envelope: Envelope, event: IntakeCompleted | IntakeCancelled) -> Dispatches:
    yield Dispatch(workshop_stream(event.kejuruan), ServeIntake(intake=stream_id(envelope)))


POLICIES: tuple[AnyPolicy, ...] = (
    equip_workshop,
    await_workshop,
    serve_intake,
)
