"""Samples of what the network of the ministry's centres says."""

from datetime import UTC, date, datetime

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
from shared.events.partners.values import Teacher, Visit
from shared.events.values import Item
from tests.contract.sampled import (
    AGREEMENT,
    ALIGNMENT,
    ATTESTATION,
    COMPETENCY,
    CONTENT,
    ENDS,
    MAKASSAR,
    METHODOLOGY,
    STARTS,
    SUPPORT,
    Sample,
    id_of,
    paper,
)
from tests.contract.wire import BLK, INTAKE, PROGRAMME, PROPOSAL

_I, _P, _S = id_of(INTAKE), id_of(PROPOSAL), id_of(SUPPORT)
_LENT = Item(item="mesin-las-smaw", quantity=3)
_TEACHER = "instructor/makassar.17"
_VISIT = Visit(instructor="makassar.17", starts_on=STARTS, ends_on=ENDS)
_TAUGHT = Teacher(fields=("las",), methodology=METHODOLOGY, competency=COMPETENCY)
_OFFER = {"offer": 1, "kejuruan": "las", "partner": "makassar"}

PARTNERS = (
    Sample(
        "partner/makassar",
        PartnerRegistered(
            unit="BPVP Makassar",
            city="Makassar",
            agency=MAKASSAR,
            fields=("las", "listrik"),
            capacity=160,
            timezone="WITA",
        ),
    ),
    Sample(
        "partner/makassar",
        PartnerUpdated(fields=("las", "listrik", "alat-berat"), capacity=176),
        sequence=2,
    ),
    Sample(
        "partner/makassar",
        SpareEquipmentListed(items=(_LENT, Item(item="oven-elektroda", quantity=1))),
        sequence=3,
    ),
)

INSTRUCTORS = (
    Sample(
        _TEACHER,
        InstructorListed(
            partner="makassar",
            agency=MAKASSAR,
            fields=("las",),
            methodology=METHODOLOGY,
            competency=COMPETENCY,
        ),
    ),
    Sample(
        _TEACHER,
        VisitBooked(support=_S, offer=1, starts_on=STARTS, ends_on=ENDS),
        sequence=2,
        by="event",
    ),
    Sample(_TEACHER, VisitRefused(support=_S, offer=2), sequence=3, by="event"),
)

AGREEMENTS = (
    Sample(
        AGREEMENT,
        AgreementProposed(
            partner="makassar",
            partner_agency=MAKASSAR,
            centre=BLK,
            proposed_by=BLK,
            kinds=("equipment", "instructor", "seats"),
            fields=("las",),
            starts_on=date(2023, 1, 2),
            ends_on=date(2025, 12, 31),
            number="560/12/BLK-PSR/2023",
            attestation=ATTESTATION,
        ),
    ),
    Sample(
        AGREEMENT,
        AgreementSigned(
            partner="makassar",
            agency=MAKASSAR,
            signer="head-of-centre",
            attestation=ATTESTATION,
        ),
        sequence=2,
    ),
    Sample(
        AGREEMENT,
        AgreementEnded(
            partner="makassar", cause="terminated", reason="A new agreement takes its place."
        ),
        sequence=3,
    ),
)

SUPPORTS = (
    Sample(
        SUPPORT,
        SupportRequested(
            kind="equipment",
            kejuruan="las",
            for_agency=BLK,
            items=(Item(item="mesin-las-smaw", quantity=4),),
            expires=datetime(2023, 12, 14, 16, 0, tzinfo=UTC),
            proposal=_P,
            intake=_I,
            starts_on=STARTS,
            ends_on=ENDS,
            note="For the class that starts in July.",
        ),
        by="event",
    ),
    Sample(
        SUPPORT,
        SupportOffered(
            **_OFFER,
            kind="instructor",
            agency=MAKASSAR,
            agreement=id_of(AGREEMENT),
            items=(Item(item="instructor", quantity=1),),
            visit=_VISIT,
            teacher=_TAUGHT,
            curriculum=paper("curriculum"),
            note="For all days of the class.",
            attestation=ATTESTATION,
        ),
        sequence=2,
    ),
    Sample(
        SUPPORT,
        OfferAccepted(
            **_OFFER,
            agency="urn:sinergi:bpvp-makassar",
            kind="instructor",
            for_agency=BLK,
            items=(Item(item="instructor", quantity=1),),
            intake=_I,
            visit=_VISIT,
            attestation=ATTESTATION,
        ),
        sequence=4,
    ),
    Sample(
        SUPPORT,
        OfferDeclined(offer=2, kejuruan="las", partner="bandung"),
        sequence=5,
    ),
    Sample(
        SUPPORT,
        OfferWithdrawn(offer=3, kejuruan="las", partner="bekasi"),
        sequence=6,
    ),
    Sample(SUPPORT, OfferSecured(**_OFFER), sequence=7, by="event"),
    Sample(SUPPORT, OfferFailed(**_OFFER), sequence=8, by="event"),
    Sample(
        SUPPORT,
        SupportFulfilled(
            **_OFFER,
            kind="instructor",
            for_agency=BLK,
            items=(Item(item="instructor", quantity=1),),
            evidence=paper("assignment-letter"),
            proposal=_P,
            intake=_I,
            visit=_VISIT,
            teacher=_TAUGHT,
            curriculum=paper("curriculum"),
        ),
        sequence=9,
    ),
    Sample(
        SUPPORT,
        SupportWithdrawn(
            kind="equipment",
            kejuruan="las",
            for_agency=BLK,
            reason="The regency bought the last machine itself.",
        ),
        sequence=10,
    ),
    Sample(
        SUPPORT,
        SupportExpired(
            kind="equipment",
            kejuruan="las",
            for_agency=BLK,
            missing=(Item(item="mesin-las-smaw", quantity=1),),
            proposal=_P,
            intake=_I,
        ),
        sequence=10,
        by="timer",
    ),
)

ALIGNMENTS = (
    Sample(
        ALIGNMENT,
        AlignmentOpened(
            kejuruan="las",
            region=BLK,
            labour_market="Three mills and a coal terminal look for 40 welders a year.",
            content=CONTENT,
            programme=id_of(PROGRAMME),
            attestation=ATTESTATION,
        ),
    ),
    Sample(
        ALIGNMENT,
        AlignmentCommented(
            kejuruan="las",
            agency=MAKASSAR,
            comment="With 240 hours nobody passes 3G: plan for 480.",
            attestation=ATTESTATION,
        ),
        sequence=2,
    ),
    Sample(
        ALIGNMENT,
        AlignmentRevised(
            kejuruan="las", region=BLK, content=CONTENT, draft=2, attestation=ATTESTATION
        ),
        sequence=3,
    ),
    Sample(
        ALIGNMENT,
        AlignmentAgreed(kejuruan="las", agency=MAKASSAR, draft=2, attestation=ATTESTATION),
        sequence=4,
    ),
    Sample(
        ALIGNMENT,
        ProgrammeAligned(
            kejuruan="las",
            region=BLK,
            agencies=(BLK, MAKASSAR),
            content=CONTENT,
            programme=id_of(PROGRAMME),
        ),
        sequence=6,
    ),
    Sample(
        ALIGNMENT,
        AlignmentDropped(
            kejuruan="las", region=BLK, reason="The terminal closes at the end of the year."
        ),
        sequence=4,
    ),
)

SAMPLES = (*PARTNERS, *INSTRUCTORS, *AGREEMENTS, *SUPPORTS, *ALIGNMENTS)
