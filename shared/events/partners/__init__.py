"""Events of the network of the ministry's centres (BPVP): members, agreements, support.

A partner's instructor is known here by a number of the partner's own, never by name."""

from shared.events.base import Event
from shared.events.partners.agreement import AgreementEnded, AgreementProposed, AgreementSigned
from shared.events.partners.alignment import (
    AlignmentAgreed,
    AlignmentCommented,
    AlignmentDropped,
    AlignmentOpened,
    AlignmentRevised,
    ProgrammeAligned,
)
from shared.events.partners.instructor import InstructorListed, VisitBooked, VisitRefused
from shared.events.partners.owner import SERVICE as SERVICE
from shared.events.partners.owner import TOPIC as TOPIC
from shared.events.partners.partner import PartnerRegistered, PartnerUpdated, SpareEquipmentListed
from shared.events.partners.support import (
    OfferAccepted,
    OfferDeclined,
    OfferFailed,
    OfferSecured,
    OfferWithdrawn,
    SupportExpired,
    SupportFulfilled,
    SupportOffered,
    SupportRequested,
    SupportWithdrawn,
)

OWNER = "urn:sinergi:bpvp-network"

EVENTS: tuple[type[Event], ...] = (
    PartnerRegistered,
    PartnerUpdated,
    SpareEquipmentListed,
    InstructorListed,
    VisitBooked,
    VisitRefused,
    AgreementProposed,
    AgreementSigned,
    AgreementEnded,
    SupportRequested,
    SupportOffered,
    OfferAccepted,
    OfferDeclined,
    OfferWithdrawn,
    OfferSecured,
    OfferFailed,
    SupportFulfilled,
    SupportWithdrawn,
    SupportExpired,
    AlignmentOpened,
    AlignmentCommented,
    AlignmentRevised,
    AlignmentAgreed,
    ProgrammeAligned,
    AlignmentDropped,
)
