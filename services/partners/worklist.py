"""What waits for whom in the network: which events open a task, and which end it."""

from typing import Any

from shared.events.partners.agreement import AgreementEnded, AgreementProposed, AgreementSigned
from shared.events.partners.alignment import (
    AlignmentAgreed,
    AlignmentDropped,
    AlignmentOpened,
    AlignmentRevised,
    ProgrammeAligned,
)
from shared.events.partners.support import (
    OfferAccepted,
    OfferDeclined,
    OfferFailed,
    OfferWithdrawn,
    SupportExpired,
    SupportFulfilled,
    SupportOffered,
    SupportRequested,
    SupportWithdrawn,
)
from shared.events.values import end_of_day
from shared.web.authentication import Role
from shared.web.worklist import Task


def _offer(event: Any) -> str:
    return str(event.offer)


def _not_by_partner(event: Any) -> bool:
    return isinstance(event, AgreementProposed) and event.proposed_by == event.partner_agency


def _not_by_centre(event: Any) -> bool:
    return isinstance(event, AgreementProposed) and event.proposed_by == event.centre


TASKS: tuple[Task, ...] = (
    Task(
        "offer-support",
        Role.BPVP_OFFICER,
        "POST /v1/support/{id}/offers",
        (SupportRequested,),
        (SupportFulfilled, SupportWithdrawn, SupportExpired),
        deadline=lambda event: event.expires,
    ),
    Task(
        "fulfil-offer",
        Role.BPVP_OFFICER,
        "POST /v1/support/{id}/fulfilment",
        (OfferAccepted,),
        (SupportFulfilled, OfferFailed),
        agency=lambda event: event.agency,
        item=_offer,
    ),
    Task(
        "answer-offer",
        Role.BLK_OFFICER,
        "POST /v1/support/{id}/acceptance",
        (SupportOffered,),
        (OfferAccepted, OfferDeclined, OfferWithdrawn),
        item=_offer,
    ),
    Task(
        "sign-agreement-partner",
        Role.BPVP_OFFICER,
        "POST /v1/agreements/{id}/signature",
        (AgreementProposed,),
        (AgreementSigned, AgreementEnded),
        deadline=lambda event: end_of_day(event.ends_on),
        agency=lambda event: event.partner_agency,
        unless=_not_by_partner,
    ),
    Task(
        "sign-agreement-centre",
        Role.BLK_OFFICER,
        "POST /v1/agreements/{id}/signature",
        (AgreementProposed,),
        (AgreementSigned, AgreementEnded),
        deadline=lambda event: end_of_day(event.ends_on),
        agency=lambda event: event.centre,
        unless=_not_by_centre,
    ),
    Task(
        "agree-alignment-centre",
        Role.BPVP_OFFICER,
        "POST /v1/alignments/{id}/agreement",
        (AlignmentOpened, AlignmentRevised),
        (ProgrammeAligned, AlignmentDropped),
    ),
    Task(
        "agree-alignment-region",
        Role.BLK_OFFICER,
        "POST /v1/alignments/{id}/agreement",
        (AlignmentAgreed,),
        (ProgrammeAligned, AlignmentRevised, AlignmentDropped),
    ),
)
