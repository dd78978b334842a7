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
        "Ada permintaan dukungan; tawarkan bantuan.",
        "A centre asks for support; offer to help.",
        (SupportRequested,),
        (SupportFulfilled, SupportWithdrawn, SupportExpired),
        deadline=lambda event: event.expires,
    ),
    Task(
        "fulfil-offer",
        Role.BPVP_OFFICER,
        "POST /v1/support/{id}/fulfilment",
        "Penawaran diterima; berikan dukungannya dan lampirkan buktinya.",
        "The offer is accepted; give the support and show the evidence.",
        (OfferAccepted,),
        (SupportFulfilled, OfferFailed),
        agency=lambda event: event.agency,
        item=_offer,
    ),
    Task(
        "answer-offer",
        Role.BLK_OFFICER,
        "POST /v1/support/{id}/acceptance",
        "Ada penawaran dukungan; terima atau tolak.",
        "A partner offers support; accept or decline it.",
        (SupportOffered,),
        (OfferAccepted, OfferDeclined, OfferWithdrawn),
        item=_offer,
    ),
    Task(
        "sign-agreement-partner",
        Role.BPVP_OFFICER,
        "POST /v1/agreements/{id}/signature",
        "Ada usulan perjanjian; tanda tangani atau tolak.",
        "An agreement is proposed; sign or refuse it.",
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
        "Ada usulan perjanjian; tanda tangani atau tolak.",
        "An agreement is proposed; sign or refuse it.",
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
        "Ada rancangan program; beri tanggapan atau setujui.",
        "A programme is drafted; comment on it or agree to it.",
        (AlignmentOpened, AlignmentRevised),
        (ProgrammeAligned, AlignmentDropped),
    ),
    Task(
        "agree-alignment-region",
        Role.BLK_OFFICER,
        "POST /v1/alignments/{id}/agreement",
        "Balai menyetujui rancangan; setujui atau ubah rancangannya.",
        "A centre agrees to the draft; agree to it, or revise it.",
        (AlignmentAgreed,),
        (ProgrammeAligned, AlignmentRevised, AlignmentDropped),
    ),
)
