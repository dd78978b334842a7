"""One realistic, invented event of every type, from which its golden record is made.

A new event needs a line here; then `python -m tests.contract.make_golden` makes its record.
"""

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import shake_256
from typing import Literal

from shared.events import delivery, equipment, partners, registration
from shared.events.base import Event
from shared.events.values import Demand, Item, Reason
from tests.contract.vectors import APPLICATION, BLK, INTAKE, MINISTRY, NETWORK, PROGRAMME, PROPOSAL


@dataclass(frozen=True)
class Sample:
    """An event, the stream it belongs to, and what kind of cause led to it."""

    subject: str
    event: Event
    sequence: int = 1
    by: Literal["request", "event", "timer"] = "request"


_OTHER = "application/3f1b0c44-8a5e-8f19-b6d2-71c09e4a5d38"
_INSTRUCTOR = "instructor/01890a5f-4d2b-7e90-8c17-b3a65f0d9e21"
_CONSIGNMENT = "consignment/018b6a90-3c5d-7f12-9e84-2d7b0a1c6f53"
_SUPPORT = "support/5a0e7c31-94bd-8d26-a1f8-6c3e9b7d2045"
_PERSON = "01890a60-7b1c-7d33-9f52-e4c8a06b1d97"
_MAKASSAR = "urn:sinergi:bpvp-makassar"
_WELDER = Item(item="mesin-las-smaw", quantity=8)
_HELMET = Item(item="helm-las", quantity=16)
_ENTRY = registration.EntryRules(min_education="smp", max_age=35)
_REGISTERED = datetime(2023, 7, 3, 1, 42, 7, 250_000, tzinfo=UTC)
_PLACE = {"priority": True, "score": 171, "registered_at": _REGISTERED}
_GOOD = Reason(rule="in-quota", en="Ranked within the quota of 16.", id="Masuk kuota 16 tempat.")
_WAIT = Reason(rule="full", en="Ranked 19 of 24 for 16 seats.", id="Peringkat 19 dari 24.")
_REASON = "Demand covers one class; the second set follows next year."


def _id(subject: str) -> str:
    return subject.partition("/")[2]


def _sealed(what: str) -> str:
    """As long and as unreadable as the real thing; there is nobody behind it."""
    return urlsafe_b64encode(shake_256(what.encode()).digest(220)).rstrip(b"=").decode()


_REGISTRATION = (
    Sample(
        PROGRAMME,
        registration.ProgrammePublished(
            title="Plate welder SMAW 3G UP/PF",
            kejuruan="las",
            skkni="SKKNI 98-2018",
            hours=480,
            local_potential="Workshops of the palm oil mills and the coal terminals hire welders.",
            tna_reference="TNA-2023-07",
            entry=_ENTRY,
            equipment=(_WELDER, _HELMET),
            instructors=1,
        ),
    ),
    Sample(
        _INSTRUCTOR,
        registration.InstructorAppointed(
            person=_PERSON,
            sealed=_sealed("instructor"),
            fields=("las",),
            methodology=registration.Certificate(
                number="MET.000.004213 2021", valid_until=date(2024, 11, 30)
            ),
            competency=registration.Certificate(
                number="C 24029 7212 4 0001874 2022", valid_until=date(2025, 3, 31)
            ),
        ),
    ),
    Sample(
        INTAKE,
        registration.IntakeOpened(
            programme=_id(PROGRAMME),
            title="Plate welder SMAW 3G UP/PF",
            kejuruan="las",
            entry=_ENTRY,
            equipment=(_WELDER, _HELMET),
            instructors=1,
            quota=16,
            funding="APBN",
            registration_opens=date(2023, 6, 30),
            registration_closes=date(2023, 7, 8),
            starts_on=date(2023, 7, 21),
            ends_on=date(2023, 9, 29),
        ),
    ),
    Sample(
        INTAKE,
        registration.InstructorAssigned(instructor=_id(_INSTRUCTOR), kejuruan="las"),
        sequence=2,
    ),
    Sample(
        INTAKE,
        registration.CandidateEntered(
            candidate=registration.Candidate(
                application=_id(APPLICATION),
                priority=True,
                written=83,
                interview=88,
                registered_at=_REGISTERED,
            )
        ),
        sequence=3,
        by="event",
    ),
    Sample(
        INTAKE,
        registration.SelectionMade(
            programme=_id(PROGRAMME),
            kejuruan="las",
            quota=16,
            candidates=24,
            offered=(registration.Place(application=_id(APPLICATION), rank=1, **_PLACE),),
            waitlisted=(registration.Place(application=_id(_OTHER), rank=19, **_PLACE),),
        ),
        sequence=27,
    ),
    Sample(
        INTAKE,
        registration.IntakeOversubscribed(
            programme=_id(PROGRAMME), kejuruan="las", quota=16, candidates=24, waiting=8
        ),
        sequence=28,
    ),
    Sample(
        INTAKE,
        registration.SeatGranted(application=_id(APPLICATION)),
        sequence=29,
        by="event",
    ),
    Sample(
        INTAKE,
        registration.SeatRefused(application=_id(_OTHER), reason="not-offered"),
        sequence=30,
        by="event",
    ),
    Sample(
        INTAKE,
        registration.StartBlocked(kejuruan="las", missing=("workshop",)),
        sequence=46,
    ),
    Sample(
        INTAKE,
        registration.IntakeWorkshopReady(kejuruan="las"),
        sequence=47,
        by="event",
    ),
    Sample(
        INTAKE,
        registration.IntakeStarted(
            programme=_id(PROGRAMME),
            kejuruan="las",
            instructors=(_id(_INSTRUCTOR),),
            participants=(_id(APPLICATION),),
        ),
        sequence=48,
        by="event",
    ),
    Sample(
        APPLICATION,
        registration.ApplicantRegistered(
            intake=_id(INTAKE),
            programme=_id(PROGRAMME),
            kejuruan="las",
            person=_PERSON,
            sealed=_sealed("applicant"),
            kecamatan="64.01.04",
            sex="female",
            age_band="under-21",
            education="smk",
            priority=True,
            eligibility=registration.Eligibility(
                version=1,
                rules=(
                    registration.RuleResult(
                        rule="residence",
                        en="The KTP is of Kabupaten Paser.",
                        id="KTP dari Kabupaten Paser.",
                        passed=True,
                    ),
                    registration.RuleResult(
                        rule="age",
                        en="At least 17 on the day of registering.",
                        id="Berusia paling rendah 17 tahun pada hari mendaftar.",
                        passed=True,
                    ),
                ),
            ),
            registered_at=_REGISTERED,
            registered_by="officer",
        ),
    ),
    Sample(
        _OTHER,
        registration.ApplicationDeclined(
            intake=_id(INTAKE),
            kejuruan="las",
            kecamatan="64.01.07",
            reasons=(
                Reason(
                    rule="max-age",
                    en="Older than the 35 years that this programme admits.",
                    id="Melebihi batas usia 35 tahun untuk program ini.",
                ),
            ),
            sealed=_sealed("declined"),
        ),
        sequence=2,
    ),
    Sample(APPLICATION, registration.ApplicationVerified(intake=_id(INTAKE)), sequence=2),
    Sample(
        APPLICATION,
        registration.ApplicantScored(
            intake=_id(INTAKE), priority=True, written=83, interview=88, registered_at=_REGISTERED
        ),
        sequence=3,
    ),
    Sample(
        APPLICATION,
        registration.SeatOffered(intake=_id(INTAKE), rank=1, why=_GOOD),
        sequence=4,
        by="event",
    ),
    Sample(
        _OTHER,
        registration.ApplicantWaitlisted(intake=_id(INTAKE), rank=19, why=_WAIT),
        sequence=4,
        by="event",
    ),
    Sample(APPLICATION, registration.SeatClaimed(intake=_id(INTAKE)), sequence=5),
    Sample(
        APPLICATION,
        registration.SeatConfirmed(intake=_id(INTAKE)),
        sequence=6,
        by="event",
    ),
    Sample(
        _OTHER,
        registration.SeatLost(intake=_id(INTAKE), reason="full"),
        sequence=6,
        by="event",
    ),
    Sample(
        "workshop/las",
        registration.WorkshopEquipped(
            kejuruan="las",
            items=(_WELDER,),
            origin="grant",
            consignment=_id(_CONSIGNMENT),
        ),
        sequence=2,
        by="event",
    ),
    Sample(
        "workshop/las",
        registration.IntakeAwaited(kejuruan="las", intake=_id(INTAKE), needs=(_WELDER, _HELMET)),
        by="event",
    ),
    Sample(
        "workshop/las",
        registration.WorkshopReady(kejuruan="las", intakes=(_id(INTAKE),)),
        sequence=4,
        by="event",
    ),
)

_EQUIPMENT = (
    Sample(
        PROPOSAL,
        equipment.ProposalSubmitted(
            proposer=BLK,
            kejuruan="las",
            items=(
                equipment.ProposedItem(
                    item="mesin-las-smaw",
                    name="Mesin las SMAW 250 A",
                    quantity=12,
                    unit_price=9_850_000,
                ),
                equipment.ProposedItem(
                    item="helm-las", name="Helm las otomatis", quantity=16, unit_price=725_000
                ),
            ),
            total=129_800_000,
            justification="157 people applied in 2023 and one class of 16 learns to weld.",
            demand=(
                Demand(kejuruan="las", kecamatan="64.01.04", applicants=11),
                Demand(kejuruan="las", kecamatan="64.01.06", applicants=7),
            ),
            due=datetime(2023, 11, 14, 16, 0, tzinfo=UTC),
            attestation="reserved",
        ),
    ),
    Sample(PROPOSAL, equipment.ReviewStarted(proposer=BLK, kejuruan="las"), sequence=2),
    Sample(
        PROPOSAL,
        equipment.ProposalApproved(
            proposer=BLK,
            kejuruan="las",
            items=(_WELDER, _HELMET),
            missing=(Item(item="mesin-las-smaw", quantity=4),),
            partial=True,
            decisions=(
                equipment.Decision(item="mesin-las-smaw", approved_quantity=8, reason=_REASON),
                equipment.Decision(item="helm-las", approved_quantity=16),
            ),
        ),
        sequence=3,
    ),
    Sample(
        PROPOSAL,
        equipment.ProposalRejected(
            proposer=BLK,
            kejuruan="las",
            missing=(_WELDER,),
            decisions=(
                equipment.Decision(
                    item="mesin-las-smaw",
                    approved_quantity=0,
                    reason="The building has no three-phase supply yet.",
                ),
            ),
        ),
        sequence=3,
    ),
    Sample(
        PROPOSAL,
        equipment.ReviewOverdue(
            proposer=BLK, kejuruan="las", due=datetime(2023, 11, 14, 16, 0, tzinfo=UTC)
        ),
        sequence=3,
        by="timer",
    ),
    Sample(
        _CONSIGNMENT,
        equipment.EquipmentAllocated(
            proposal=_id(PROPOSAL),
            kejuruan="las",
            workshop="Workshop las, UPTD BLK Tanah Grogot",
            giver=MINISTRY,
            receiver=BLK,
            items=(_WELDER, _HELMET),
        ),
        by="event",
    ),
    Sample(
        _CONSIGNMENT,
        equipment.EquipmentShipped(kejuruan="las", items=(_WELDER, _HELMET)),
        sequence=2,
    ),
    Sample(
        _CONSIGNMENT,
        equipment.EquipmentDelivered(
            kejuruan="las",
            items=(
                equipment.Delivered(item="mesin-las-smaw", good=7, damaged=1),
                equipment.Delivered(item="helm-las", good=16),
            ),
        ),
        sequence=3,
    ),
    Sample(
        _CONSIGNMENT,
        equipment.HandoverSigned(
            agency=BLK,
            signer="head-of-centre",
            bast="BA-01/HIBAH-BMN/12/2023",
            items=(Item(item="mesin-las-smaw", quantity=7), _HELMET),
            attestation="reserved",
        ),
        sequence=4,
    ),
    Sample(
        _CONSIGNMENT,
        equipment.EquipmentCommissioned(
            kejuruan="las",
            receiver=BLK,
            items=(Item(item="mesin-las-smaw", quantity=7), _HELMET),
            origin="support",
            proposal=_id(PROPOSAL),
            partner="makassar",
        ),
        sequence=6,
    ),
)

_PARTNERS = (
    Sample(
        "partner/makassar",
        partners.PartnerRegistered(
            unit="BPVP Makassar",
            city="Makassar",
            agency=_MAKASSAR,
            fields=("las", "listrik"),
            capacity=160,
            timezone="WITA",
        ),
    ),
    Sample(
        _SUPPORT,
        partners.SupportRequested(
            kind="equipment",
            kejuruan="las",
            for_agency=BLK,
            proposal=_id(PROPOSAL),
            items=(Item(item="mesin-las-smaw", quantity=4),),
            expires=datetime(2023, 12, 14, 16, 0, tzinfo=UTC),
        ),
        by="event",
    ),
    Sample(
        _SUPPORT,
        partners.SupportOffered(
            offer=1,
            kejuruan="las",
            partner="makassar",
            agency=_MAKASSAR,
            items=(Item(item="mesin-las-smaw", quantity=3),),
            note="On loan until the end of the intake.",
            attestation="reserved",
        ),
        sequence=2,
    ),
    Sample(
        _SUPPORT,
        partners.OfferAccepted(
            offer=1,
            kejuruan="las",
            partner="makassar",
            items=(Item(item="mesin-las-smaw", quantity=3),),
            attestation="reserved",
        ),
        sequence=4,
    ),
    Sample(
        _SUPPORT,
        partners.OfferDeclined(offer=2, kejuruan="las", partner="bandung"),
        sequence=5,
    ),
    Sample(
        _SUPPORT,
        partners.SupportFulfilled(
            offer=1,
            kind="equipment",
            kejuruan="las",
            partner="makassar",
            for_agency=BLK,
            proposal=_id(PROPOSAL),
            items=(Item(item="mesin-las-smaw", quantity=3),),
        ),
        sequence=6,
    ),
    Sample(
        _SUPPORT,
        partners.SupportExpired(
            kind="equipment",
            kejuruan="las",
            for_agency=BLK,
            proposal=_id(PROPOSAL),
            missing=(Item(item="mesin-las-smaw", quantity=1),),
        ),
        sequence=7,
        by="timer",
    ),
)


def _delivery(source: str, subject: str, topic: str, reaction: str) -> tuple[Sample, ...]:
    """What a service says about another agency's stream that it follows."""
    parked = f"parked/{source}/{subject}"
    offsets = {"0": 118, "1": 97, "2": 131}
    return (
        Sample(
            f"consumer/{topic}",
            delivery.ReactionsActivated(
                topic=topic,
                activations=(delivery.Activation(reaction=reaction, version=1, offsets=offsets),),
            ),
            by="event",
        ),
        Sample(
            f"consumer/{topic}",
            delivery.EventsAcknowledged(
                topic=topic, offsets=offsets, reactions={reaction: 1}, parked=1
            ),
            sequence=2,
            by="event",
        ),
        Sample(
            parked,
            delivery.RecordParked(
                source=source,
                subject=subject,
                sequence=3,
                topic=topic,
                partition=2,
                offset=130,
                reason=f"refused: {reaction}",
            ),
            by="event",
        ),
        Sample(
            parked,
            delivery.RecordRedriven(source=source, subject=subject, sequence=3),
            sequence=2,
        ),
        Sample(
            parked,
            delivery.RecordDiscarded(
                source=source,
                subject=subject,
                sequence=3,
                reason="Entered twice by mistake; agreed with the agency on the telephone.",
            ),
            sequence=3,
        ),
    )


SAMPLES: dict[str, tuple[str, Sample]] = {
    f"sinergi.{service}.{sample.event.name}.v{sample.event.version}": (source, sample)
    for service, source, samples in (
        ("registration", BLK, _REGISTRATION),
        ("registration", BLK, _delivery(MINISTRY, _CONSIGNMENT, "equipment.events", "equip")),
        ("equipment", MINISTRY, _EQUIPMENT),
        ("equipment", MINISTRY, _delivery(BLK, APPLICATION, "registration.events", "allocate")),
        ("partners", NETWORK, _PARTNERS),
        ("partners", NETWORK, _delivery(MINISTRY, PROPOSAL, "equipment.events", "ask-support")),
    )
    for sample in samples
}
