"""Tasks of the equipment aid: the events that open each, and those that end it.

A step that can be taken in parts ends its task with the first part: the consignment itself says
what is left.
"""

from datetime import datetime

from services.equipment.agency import MINISTRY
from shared.events.base import Event
from shared.events.equipment.consignment import (
    EquipmentAllocated,
    EquipmentCommissioned,
    EquipmentDelivered,
    EquipmentReturned,
    EquipmentShipped,
    HandoverSigned,
)
from shared.events.equipment.proposal import (
    ChecklistRecorded,
    ProposalAllocated,
    ProposalApproved,
    ProposalDrafted,
    ProposalRejected,
    ProposalRevised,
    ProposalSubmitted,
    ProposalWithdrawn,
    ReviewStarted,
    RevisionRequested,
)
from shared.web.authentication import Role
from shared.web.worklist import Task

_DECIDED = (ProposalApproved, ProposalRejected, ProposalWithdrawn)


def _ministry(event: Event) -> str:
    return MINISTRY


def _proposer(event: ProposalDrafted | RevisionRequested) -> str:
    return event.proposer


def _due(event: ProposalSubmitted | ProposalRevised) -> datetime:
    return event.due


def _all_came(event: Event) -> bool:
    """Return True for a delivery without missing goods: nothing has to be shipped again."""
    return isinstance(event, EquipmentDelivered) and not any(i.missing for i in event.items)


def _none_damaged(event: Event) -> bool:
    return isinstance(event, EquipmentDelivered) and not any(i.damaged for i in event.items)


def _not_for_the_giver(event: Event) -> bool:
    """Return True when nothing arrived in order, or the receiver signed."""
    return _none_good(event) or _signed(event, MINISTRY) is False


def _not_for_the_receiver(event: Event) -> bool:
    """Return True when nothing arrived in order, or the giver signed."""
    return _none_good(event) or _signed(event, MINISTRY) is True


def _none_good(event: Event) -> bool:
    return isinstance(event, EquipmentDelivered) and not any(i.good for i in event.items)


def _signed(event: Event, agency: str) -> bool | None:
    """Return True for a signature of the agency, False for another's, None for no signature."""
    return event.agency == agency if isinstance(event, HandoverSigned) else None


def _half_signed(event: Event) -> bool:
    return isinstance(event, HandoverSigned) and not event.complete


TASKS: tuple[Task, ...] = (
    Task(
        name="submit-proposal",
        role=Role.BLK_OFFICER,
        command="POST /v1/proposals/{id}/submission",
        opens=(ProposalDrafted,),
        closes=(ProposalSubmitted, ProposalWithdrawn),
        agency=_proposer,
    ),
    Task(
        name="start-review",
        role=Role.MINISTRY_REVIEWER,
        command="POST /v1/proposals/{id}/review",
        opens=(ProposalSubmitted,),
        closes=(ReviewStarted, ProposalWithdrawn),
        deadline=_due,
        agency=_ministry,
    ),
    Task(
        name="record-checklist",
        role=Role.MINISTRY_REVIEWER,
        command="POST /v1/proposals/{id}/checklist",
        opens=(ReviewStarted, ProposalRevised),
        closes=(ChecklistRecorded, RevisionRequested, *_DECIDED),
        agency=_ministry,
    ),
    # Opened by what names the deadline, so that the end is in sight from the first day.
    Task(
        name="decide-proposal",
        role=Role.MINISTRY_REVIEWER,
        command="POST /v1/proposals/{id}/decision",
        opens=(ProposalSubmitted, ProposalRevised),
        closes=(RevisionRequested, *_DECIDED),
        deadline=_due,
        agency=_ministry,
    ),
    Task(
        name="revise-proposal",
        role=Role.BLK_OFFICER,
        command="POST /v1/proposals/{id}/revision",
        opens=(RevisionRequested,),
        closes=(ProposalRevised, ProposalWithdrawn),
        agency=_proposer,
    ),
    Task(
        name="allocate",
        role=Role.MINISTRY_REVIEWER,
        command="POST /v1/consignments",
        opens=(ProposalApproved,),
        closes=(ProposalAllocated,),
        agency=_ministry,
    ),
    Task(
        name="ship",
        role=Role.MINISTRY_REVIEWER,
        command="POST /v1/consignments/{id}/shipments",
        opens=(EquipmentAllocated, EquipmentReturned, EquipmentDelivered),
        closes=(EquipmentShipped,),
        agency=_ministry,
        unless=_all_came,
    ),
    Task(
        name="record-delivery",
        role=Role.BLK_OFFICER,
        command="POST /v1/consignments/{id}/deliveries",
        opens=(EquipmentShipped,),
        closes=(EquipmentDelivered,),
    ),
    Task(
        name="return-damaged",
        role=Role.BLK_OFFICER,
        command="POST /v1/consignments/{id}/returns",
        opens=(EquipmentDelivered,),
        closes=(EquipmentReturned,),
        unless=_none_damaged,
    ),
    Task(
        name="sign-as-giver",
        role=Role.MINISTRY_REVIEWER,
        command="POST /v1/consignments/{id}/signatures",
        opens=(EquipmentDelivered,),
        closes=(HandoverSigned,),
        agency=_ministry,
        unless=_not_for_the_giver,
    ),
    Task(
        name="sign-as-receiver",
        role=Role.BLK_OFFICER,
        command="POST /v1/consignments/{id}/signatures",
        opens=(EquipmentDelivered,),
        closes=(HandoverSigned,),
        unless=_not_for_the_receiver,
    ),
    Task(
        name="attach-assets",
        role=Role.BLK_OFFICER,
        command="POST /v1/consignments/{id}/assets",
        opens=(HandoverSigned,),
        closes=(EquipmentCommissioned,),
        unless=_half_signed,
    ),
    Task(
        name="commission",
        role=Role.BLK_OFFICER,
        command="POST /v1/consignments/{id}/commissioning",
        opens=(HandoverSigned,),
        closes=(EquipmentCommissioned,),
        unless=_half_signed,
    ),
)
