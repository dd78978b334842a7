"""Attested commands: requests that the acting agency signs, and the events that tell of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.events.base import Event
from shared.events.equipment.consignment import HandoverSigned
from shared.events.equipment.proposal import ProposalRevised, ProposalSubmitted
from shared.events.partners.agreement import AgreementProposed, AgreementSigned
from shared.events.partners.alignment import (
    AlignmentAgreed,
    AlignmentCommented,
    AlignmentOpened,
    AlignmentRevised,
)
from shared.events.partners.support import OfferAccepted, SupportOffered


@dataclass(frozen=True, slots=True)
class ActRule:
    """An act and its event: `agency` is the event's field that names who acted.

    `stated` are the body's fields that the event repeats; what the body leaves out, the event does
    not say. `filled` ones the service may fill in where the body leaves them out.
    """

    act: str
    event: type[Event]
    agency: str
    stated: tuple[str, ...] = ()
    filled: tuple[str, ...] = ()


SUBMIT_PROPOSAL = ActRule("submit-proposal", ProposalSubmitted, "proposer")
REVISE_PROPOSAL = ActRule(
    "revise-proposal", ProposalRevised, "proposer", ("items", "justification", "answer")
)
SIGN_HANDOVER = ActRule("sign-handover", HandoverSigned, "agency", filled=("bast",))
PROPOSE_AGREEMENT = ActRule(
    "propose-agreement",
    AgreementProposed,
    "proposed_by",
    ("partner", "kinds", "fields", "starts_on", "ends_on", "number"),
    ("centre",),
)
SIGN_AGREEMENT = ActRule("sign-agreement", AgreementSigned, "agency")
OFFER_SUPPORT = ActRule(
    "offer-support",
    SupportOffered,
    "agency",
    ("partner", "agreement", "items", "visit", "curriculum", "note"),
)
ACCEPT_OFFER = ActRule("accept-offer", OfferAccepted, "for_agency", ("offer",), ("items",))
OPEN_ALIGNMENT = ActRule(
    "open-alignment", AlignmentOpened, "region", ("labour_market", "content", "programme")
)
COMMENT_ALIGNMENT = ActRule("comment-alignment", AlignmentCommented, "agency", ("comment",))
REVISE_ALIGNMENT = ActRule("revise-alignment", AlignmentRevised, "region", ("content",))
AGREE_ALIGNMENT = ActRule("agree-alignment", AlignmentAgreed, "agency", ("draft",))

ACTS: Mapping[type[Event], ActRule] = {
    rule.event: rule
    for rule in (
        SUBMIT_PROPOSAL,
        REVISE_PROPOSAL,
        SIGN_HANDOVER,
        PROPOSE_AGREEMENT,
        SIGN_AGREEMENT,
        OFFER_SUPPORT,
        ACCEPT_OFFER,
        OPEN_ALIGNMENT,
        COMMENT_ALIGNMENT,
        REVISE_ALIGNMENT,
        AGREE_ALIGNMENT,
    )
}
