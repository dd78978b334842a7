"""Tasks of the network: the events that open each, and those that end it."""

from datetime import datetime

from shared.events.base import Event
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


def _expires(event: SupportRequested) -> datetime:
    return event.expires


def _offering_agency(event: OfferAccepted) -> str:
    return event.agency


def _offer(
    event: (
        SupportOffered
        | OfferAccepted
        | OfferDeclined
        | OfferWithdrawn
        | OfferFailed
        | SupportFulfilled
    ),
) -> str:
    return str(event.offer)


def _last_day(event: AgreementProposed) -> datetime:
    return end_of_day(event.ends_on)


def _partner(event: AgreementProposed) -> str:
    return event.partner_agency


def _centre(event: AgreementProposed) -> str:
    return event.centre


def _not_by_partner(event: Event) -> bool:
    return isinstance(event, AgreementProposed) and event.proposed_by == event.partner_agency


def _not_by_centre(event: Event) -> bool:
    return isinstance(event, AgreementProposed) and event.proposed_by == event.centre


TASKS: tuple[Task, ...] = (
    Task(
        name="offer-support",
        role=Role.BPVP_OFFICER,
        command="POST /v1/support/{id}/offers",
        opens=(SupportRequested,),
        closes=(SupportFulfilled, SupportWithdrawn, SupportExpired),
        deadline=_expires,
    ),
    Task(
        name="fulfil-offer",
        role=Role.BPVP_OFFICER,
        command="POST /v1/support/{id}/fulfilment",
        opens=(OfferAccepted,),
        closes=(SupportFulfilled, OfferFailed),
        agency=_offering_agency,
        item=_offer,
    ),
    Task(
        name="answer-offer",
        role=Role.BLK_OFFICER,
        command="POST /v1/support/{id}/acceptance",
        opens=(SupportOffered,),
        closes=(OfferAccepted, OfferDeclined, OfferWithdrawn),
        item=_offer,
    ),
    Task(
        name="sign-agreement-partner",
        role=Role.BPVP_OFFICER,
        command="POST /v1/agreements/{id}/signature",
        opens=(AgreementProposed,),
        closes=(AgreementSigned, AgreementEnded),
        deadline=_last_day,
        agency=_partner,
        unless=_not_by_partner,
    ),
    Task(
        name="sign-agreement-centre",
        role=Role.BLK_OFFICER,
        command="POST /v1/agreements/{id}/signature",
        opens=(AgreementProposed,),
        closes=(AgreementSigned, AgreementEnded),
        deadline=_last_day,
        agency=_centre,
        unless=_not_by_centre,
    ),
    Task(
        name="agree-alignment-centre",
        role=Role.BPVP_OFFICER,
        command="POST /v1/alignments/{id}/agreement",
        opens=(AlignmentOpened, AlignmentRevised),
        closes=(ProgrammeAligned, AlignmentDropped),
    ),
    Task(
        name="agree-alignment-region",
        role=Role.BLK_OFFICER,
        command="POST /v1/alignments/{id}/agreement",
        opens=(AlignmentAgreed,),
        closes=(ProgrammeAligned, AlignmentRevised, AlignmentDropped),
    ),
)
