"""What the network of the ministry's centres (BPVP) publishes: members, agreements, support.

A partner's instructor is known here by a number of the partner's own, never by name.
"""

from typing import Annotated, Literal

from pydantic import Field

from shared.events.base import Code, Count, Event, Id, Instant, Positive, Text, Value
from shared.events.values import (
    Agency,
    Attestation,
    Certificate,
    Day,
    Document,
    Item,
    Kejuruan,
    ProgrammeContent,
    Prose,
    SupportKind,
)

OfferDays = Annotated[int, Field(strict=True, ge=1, le=366, description="days for offers")]
Zone = Literal["WIB", "WITA", "WIT"]


class Visit(Value):
    """A partner's instructor and the days on which they would come."""

    instructor: Annotated[Id, Field(description="`<partner>.<number>`, as the partner lists them")]
    starts_on: Day
    ends_on: Day


class Teacher(Value):
    """What another centre needs to know of a visiting instructor."""

    fields: tuple[Kejuruan, ...]
    methodology: Certificate
    competency: Certificate


# -- partner --------------------------------------------------------------------------------------


class PartnerRegistered(Event):
    """A centre joined the network, with the fields (kejuruan) in which it can help."""

    unit: Text
    city: Text
    agency: Agency
    fields: tuple[Kejuruan, ...]
    capacity: Count
    timezone: Zone


class PartnerUpdated(Event):
    """What the centre can help with has changed."""

    fields: tuple[Kejuruan, ...]
    capacity: Count


class SpareEquipmentListed(Event):
    """What the centre could lend now; this replaces an earlier list."""

    items: tuple[Item, ...]


# -- instructor: one of a partner's, with a calendar ----------------------------------------------


class InstructorListed(Event):
    """A partner's instructor may be asked for; a later listing replaces this."""

    partner: Code
    agency: Agency
    fields: tuple[Kejuruan, ...]
    methodology: Certificate
    competency: Certificate


class VisitBooked(Event):
    """The instructor's days belong to this accepted offer."""

    support: Id
    offer: Positive
    starts_on: Day
    ends_on: Day


class VisitRefused(Event):
    """The instructor is elsewhere on some of these days."""

    support: Id
    offer: Positive


# -- agreement ------------------------------------------------------------------------------------


class AgreementProposed(Event):
    """One side proposes an agreement (perjanjian kerja sama) to the other, signed by proposing."""

    partner: Code
    partner_agency: Agency
    centre: Agency
    proposed_by: Agency
    kinds: tuple[SupportKind, ...]
    fields: tuple[Kejuruan, ...]
    starts_on: Day
    ends_on: Day
    number: Text
    attestation: Attestation | None = None


class AgreementSigned(Event):
    """The other side signed: support of its scope may be given in its period."""

    partner: Code
    agency: Agency
    signer: Text
    attestation: Attestation | None = None


class AgreementEnded(Event):
    """The agreement's time is over, it was refused, or one side ended it."""

    partner: Code
    cause: Literal["expired", "refused", "terminated"]
    reason: Prose | None = None


# -- support --------------------------------------------------------------------------------------


class SupportRequested(Event):
    """The partners of a field are asked to help (permintaan dukungan).

    Of instructors, seats and curricula `items` says how many: one line whose item is the kind.
    """

    kind: SupportKind
    kejuruan: Kejuruan
    for_agency: Agency
    items: tuple[Item, ...]
    expires: Instant
    proposal: Id | None = None
    intake: Id | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    note: Prose | None = None


class SupportOffered(Event):
    """A partner offers to help (penawaran), under an agreement."""

    offer: Positive
    kind: SupportKind
    kejuruan: Kejuruan
    partner: Code
    agency: Agency
    agreement: Id
    items: tuple[Item, ...]
    visit: Visit | None = None
    teacher: Teacher | None = None
    curriculum: Document | None = None
    note: Text | None = None
    attestation: Attestation | None = None


class OfferAccepted(Event):
    """The centre in need accepts an offer, all of it or a part; the others stay open."""

    offer: Positive
    kind: SupportKind
    kejuruan: Kejuruan
    partner: Code
    agency: Agency
    for_agency: Agency
    items: tuple[Item, ...]
    intake: Id | None = None
    visit: Visit | None = None
    attestation: Attestation | None = None


class OfferDeclined(Event):
    """The centre in need does not take an offer up."""

    offer: Positive
    kejuruan: Kejuruan
    partner: Code


class OfferWithdrawn(Event):
    """The partner takes its open offer back."""

    offer: Positive
    kejuruan: Kejuruan
    partner: Code


class OfferSecured(Event):
    """The offered instructor's days are booked: the visit can take place."""

    offer: Positive
    kejuruan: Kejuruan
    partner: Code


class OfferFailed(Event):
    """The offered instructor is elsewhere by now: what was accepted is needed again."""

    offer: Positive
    kejuruan: Kejuruan
    partner: Code


class SupportFulfilled(Event):
    """A partner has given what was accepted of its offer; `evidence` shows it."""

    offer: Positive
    kind: SupportKind
    kejuruan: Kejuruan
    partner: Code
    for_agency: Agency
    items: tuple[Item, ...]
    evidence: Document
    proposal: Id | None = None
    intake: Id | None = None
    visit: Visit | None = None
    teacher: Teacher | None = None
    curriculum: Document | None = None


class SupportWithdrawn(Event):
    """The centre no longer needs what no accepted offer covers."""

    kind: SupportKind
    kejuruan: Kejuruan
    for_agency: Agency
    reason: Prose


class SupportExpired(Event):
    """The time for offers is over; `missing` is what no accepted offer covers."""

    kind: SupportKind
    kejuruan: Kejuruan
    for_agency: Agency
    missing: tuple[Item, ...]
    proposal: Id | None = None
    intake: Id | None = None


# -- alignment ------------------------------------------------------------------------------------


class AlignmentOpened(Event):
    """A need (local potential, labour market) is put to the region and the centres of the field."""

    kejuruan: Kejuruan
    region: Agency
    labour_market: Prose
    content: ProgrammeContent
    programme: Annotated[Id, Field(description="whose next version it becomes")] | None = None
    attestation: Attestation | None = None


class AlignmentCommented(Event):
    """The region or a centre says what it thinks of the draft."""

    kejuruan: Kejuruan
    agency: Agency
    comment: Prose
    attestation: Attestation | None = None


class AlignmentRevised(Event):
    """The draft has changed; who agreed to the earlier one is asked again."""

    kejuruan: Kejuruan
    region: Agency
    content: ProgrammeContent
    draft: Positive
    attestation: Attestation | None = None


class AlignmentAgreed(Event):
    """The region or a centre of the field agrees to this draft."""

    kejuruan: Kejuruan
    agency: Agency
    draft: Positive
    attestation: Attestation | None = None


class ProgrammeAligned(Event):
    """Region and centre agree on the same draft: the programme may be published."""

    kejuruan: Kejuruan
    region: Agency
    agencies: tuple[Agency, ...]
    content: ProgrammeContent
    programme: Id | None = None


class AlignmentDropped(Event):
    """The region no longer pursues the need."""

    kejuruan: Kejuruan
    region: Agency
    reason: Prose


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
