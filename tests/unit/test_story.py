"""The coordination itself, with nothing but the domain and its reactions: no store, no log."""

from datetime import date

from services.equipment.domain import asset
from services.equipment.domain.consignment import aggregate as consignment
from services.equipment.domain.proposal import aggregate as proposal
from services.equipment.domain.proposal.checklist import POINTS
from services.partners.domain import agreement, alignment, instructor, partner
from services.partners.domain.support import answer, fulfilment, offering, request
from services.registration.domain import certificate, placement, programme, training
from services.registration.domain import instructor as teacher
from services.registration.domain.application import file_check as papers
from services.registration.domain.application import referral as willingness
from services.registration.domain.application import seat as enrolment
from services.registration.domain.intake import seats, start
from services.registration.domain.intake import state as intake_plan
from shared.events.equipment.values import Check, Decision, Delivered, ProposedItem
from shared.events.partners.partner import PartnerRegistered
from shared.events.partners.support import SupportRequested
from shared.events.partners.values import Visit
from shared.events.registration.enrolment import ApplicantCertified, ApplicantReferred
from shared.events.registration.intake import IntakeCompleted, IntakeStarted
from shared.events.registration.placement import FollowUpOpened, GraduatePlaced
from shared.events.registration.programme import ProgrammePublished
from shared.events.registration.workshop import WorkshopReady
from shared.events.values import Certificate, Document, EntryRules, Item, ProgrammeContent
from shared.eventsourcing.decider import Command
from tests.unit.given import BLK, MAKASSAR, MINISTRY
from tests.unit.registration.applicants import SITI
from tests.unit.world import World

_MACHINES = Item(item="smaw-machine", quantity=8)
_HELMETS = Item(item="helmet", quantity=16)
_VALID = Certificate(number="1", valid_until=date(2025, 1, 1))
_STARTS, _ENDS = date(2022, 7, 21), date(2022, 8, 23)
_CONTENT = ProgrammeContent(
    title="Plate Welder SMAW 3G UP/PF",
    kejuruan="las",
    skkni="SKKNI 98-2018",
    hours=16,
    local_potential="Bengkel alat berat mencari juru las.",
    tna_reference="TNA-2022",
    entry=EntryRules(min_education="sma", max_age=35),
    equipment=(_MACHINES, _HELMETS),
)
_PAPER = Document(kind="receipt", sha256="0" * 64, media_type="application/pdf")


def _network(world: World) -> None:
    """Makassar joins, both sides sign, and agree on the programme."""
    world.do(
        "partners",
        "partner/makassar",
        partner.RegisterPartner(
            **dict(
                PartnerRegistered(
                    unit="BPVP Makassar",
                    city="Makassar",
                    agency=MAKASSAR,
                    fields=("las",),
                    capacity=64,
                    timezone="WITA",
                )
            )
        ),
        agency="urn:sinergi:bpvp-network",
    )
    propose = agreement.ProposeAgreement(
        offering=world.state("partners", "partner/makassar").outline("makassar"),
        centre=BLK,
        partner="makassar",
        kinds=("equipment", "instructor", "seats"),
        fields=("las",),
        starts_on=date(2022, 1, 1),
        ends_on=date(2024, 12, 31),
        number="560/1",
    )
    world.do("partners", "agreement/g1", propose)
    world.do("partners", "agreement/g1", agreement.SignAgreement(), agency=MAKASSAR)
    need = alignment.OpenAlignment(labour_market="Pabrik sawit mencari juru las.", content=_CONTENT)
    world.do("partners", "alignment/p1", need)
    for agency, fields in ((MAKASSAR, ("las",)), (BLK, None)):
        voice = alignment.Voice(agency=agency, fields=fields)
        agree = alignment.AgreeAlignment(voice=voice, draft=1)
        world.do("partners", "alignment/p1", agree, agency=agency)


def _help(world: World, request: str, items: tuple[Item, ...], visit: Visit | None = None) -> None:
    """Makassar offers, the centre accepts; the offer of equipment or seats is given at once."""
    found = world.state("partners", f"support/{request}")
    listed = world.state("partners", f"instructor/{visit.instructor}").teacher() if visit else None
    command = offering.OfferSupport(
        offering=world.state("partners", "partner/makassar").outline("makassar"),
        agreement=world.state("partners", "agreement/g1").outline("g1"),
        items=items,
        visit=visit,
        teacher=listed,
    )
    stream, number = f"support/{request}", len(found.offers) + 1
    world.do("partners", stream, command, agency=MAKASSAR)
    world.do("partners", stream, answer.AcceptOffer(offer=number))
    give = fulfilment.FulfilSupport(offer=number, evidence=_PAPER)
    world.do("partners", stream, give, agency=MAKASSAR)


def _class(world: World, quota: int = 1) -> None:
    """The class opens with a visiting instructor; its window closes with three applicants."""
    plan = intake_plan.PlanIntake(
        programme="p1",
        published=world.state("registration", "programme/p1").outline(),
        quota=quota,
        funding="APBN",
        registration_opens=date(2022, 6, 6),
        registration_closes=date(2022, 7, 8),
        starts_on=_STARTS,
        ends_on=_ENDS,
    )
    world.do("registration", "intake/i1", plan)
    published = world.state("registration", "programme/p1").outline()
    world.do("registration", "intake/i1", intake_plan.OpenIntake(published=published))
    _visitor(world)
    for name, written in (("a1", 90), ("a2", 80), ("a3", 70)):
        stream = f"application/{name}"
        register = papers.RegisterApplicant(
            **dict(SITI),
            intake="i1",
            opened=world.state("registration", "intake/i1").outline(),
            person=f"person-{name}",
            sealed="c2VhbGVk",
        )
        world.do("registration", stream, register)
        world.do("registration", stream, papers.VerifyApplication())
        marks = papers.ScoreApplicant(written=written, interview=70)
        world.do("registration", stream, marks)
    close = intake_plan.CloseRegistration(reason="Tes dimajukan.")
    world.do("registration", "intake/i1", close)


def _visitor(world: World) -> None:
    listing = instructor.ListInstructor(
        listing=world.state("partners", "partner/makassar").outline("makassar"),
        fields=("las",),
        methodology=_VALID,
        competency=_VALID,
    )
    world.do("partners", "instructor/makassar.1", listing, agency=MAKASSAR)
    one = (Item(item="instructor", quantity=1),)
    ask = request.AskSupport(
        kind="instructor", kejuruan="las", items=one, for_agency=BLK, days=14, intake="i1"
    )
    world.do("partners", "support/v1", ask)
    visit = Visit(instructor="makassar.1", starts_on=_STARTS, ends_on=_ENDS)
    _help(world, "v1", one, visit)
    book = teacher.BookInstructor(intake="i1", kejuruan="las", starts_on=_STARTS, ends_on=_ENDS)
    world.do("registration", "instructor/v1.1", book)
    assert world.state("registration", "intake/i1").instructors == ("v1.1",)


def _status(world: World, name: str) -> str:
    return str(world.state("registration", f"application/{name}").status)


def _granted(world: World) -> None:
    """Six of eight machines are granted; all arrive, are handed over, numbered, commissioned."""
    lines = tuple(
        ProposedItem(item=item.item, name=item.item, quantity=item.quantity, unit_price=1)
        for item in (_MACHINES, _HELMETS)
    )
    ask = proposal.DraftProposal(kejuruan="las", items=lines, justification="Bengkel kosong.")
    submit = proposal.SubmitProposal(kejuruan="las", review_days=5, warning_days=3)
    checks = tuple(Check(point=point, met=True) for point in POINTS)
    decisions = (
        Decision(item="smaw-machine", approved_quantity=6, reason="Anggaran."),
        Decision(item="helmet", approved_quantity=16),
    )
    asked: tuple[tuple[Command, str], ...] = (
        (ask, BLK),
        (submit, BLK),
        (proposal.StartReview(), MINISTRY),
        (proposal.RecordChecklist(checks=checks), MINISTRY),
        (proposal.DecideProposal(decisions=decisions), MINISTRY),
    )
    for command, agency in asked:
        world.do("equipment", "proposal/e1", command, agency=agency)
    granted = world.state("equipment", "proposal/e1").grant()
    arrived = (Delivered(item="smaw-machine", good=6), Delivered(item="helmet", good=16))
    sent: tuple[tuple[Command, str], ...] = (
        (
            consignment.AllocateEquipment(proposal="e1", workshop="Bengkel", granted=granted),
            MINISTRY,
        ),
        (consignment.ShipEquipment(items=granted.items), MINISTRY),
        (consignment.DeliverEquipment(items=arrived), BLK),
        (consignment.SignHandover(), MINISTRY),
        (consignment.SignHandover(), BLK),
    )
    for command, agency in sent:
        world.do("equipment", "consignment/e1", command, agency=agency, actor=agency)
    for item, count in (("smaw-machine", 6), ("helmet", 16)):
        for unit in range(count):
            take = asset.RegisterAsset(consignment="e1", item=item)
            world.do("equipment", f"asset/{item}.{unit}", take)
    world.do("equipment", "consignment/e1", consignment.CommissionEquipment())


def test_from_a_need_to_a_graduate_s_job() -> None:
    world = World()
    _network(world)
    assert [event.alignment for event in world.all_of(ProgrammePublished)] == ["p1"]
    _class(world)

    # One seat: the first is selected, two wait; the first withdraws, and the second moves up.
    world.do("registration", "intake/i1", seats.SelectParticipants())
    assert [_status(world, name) for name in ("a1", "a2", "a3")] == [
        "offered", "waitlisted", "waitlisted",
    ]  # fmt: skip
    world.do("registration", "application/a1", enrolment.ConfirmSeat())
    assert _status(world, "a1") == "confirmed"
    leave = enrolment.WithdrawApplication(reason="found-work")
    world.do("registration", "application/a1", leave)
    assert [_status(world, name) for name in ("a1", "a2")] == ["withdrawn", "offered"]
    world.do("registration", "application/a2", enrolment.ConfirmSeat())

    # Makassar lends a seat to the one who still waits, and is willing.
    (asked,) = [e for e in world.all_of(SupportRequested) if e.kind == "seats"]
    assert asked.intake == "i1"
    _help(world, "i1.seats", (Item(item="seats", quantity=1),))
    world.do("registration", "application/a3", willingness.AnswerReferral(willing=True))
    assert _status(world, "a3") == "referred"
    assert [event.partner for event in world.all_of(ApplicantReferred)] == ["makassar"]

    # The workshop is empty; the grant is not enough, and what Makassar lends is.
    world.do("registration", "intake/i1", start.RequestStart())
    assert world.state("registration", "intake/i1").start_blocked
    _granted(world)
    assert not world.all_of(IntakeStarted)
    missing = world.state("partners", "support/e1").still_needed()
    assert missing == (Item(item="smaw-machine", quantity=2),)
    _help(world, "e1", missing)
    stock = world.state("registration", "workshop/las").equipment
    assert stock == {"smaw-machine": 8, "helmet": 16}
    (started,) = world.all_of(IntakeStarted)
    assert started.participants == ("a2",)
    assert len(world.all_of(WorkshopReady)) == 1

    # Two sessions, one recommends, another decides; then the class is over.
    for session in (1, 2):
        day = date(2022, 7, 4)
        record = training.RecordAttendance(session=session, day=day, hours=8)
        world.do("registration", "training/i1", record)
    recommend = training.RecommendAssessment(application="a2", competent=True)
    world.do("registration", "training/i1", recommend, actor="assessor")
    assess = training.AssessParticipant(intake="i1", application="a2", passed=True)
    world.do("registration", "training/i1", assess, actor="head")
    world.do("registration", "training/i1", training.CompleteTraining())
    assert len(world.all_of(IntakeCompleted)) == 1
    assert _status(world, "a2") == "finished"
    assert not world.state("registration", "instructor/v1.1").bookings

    # The certificate reaches the application; the graduate is followed up and has found a job.
    issue = certificate.IssueCertificate(
        number="2022-las-X",
        application="a2",
        intake="i1",
        title=_CONTENT.title,
        skkni=_CONTENT.skkni,
        kejuruan="las",
        hours=16,
    )
    world.do("registration", "certificate/2022-las-X", issue)
    assert [event.certificate for event in world.all_of(ApplicantCertified)] == ["2022-las-X"]
    assert [event.application for event in world.all_of(FollowUpOpened)] == ["a2"]
    found = placement.RecordPlacement(months=3, outcome="job")
    world.do("registration", "placement/a2", found)
    assert len(world.all_of(GraduatePlaced)) == 1


def test_a_cancelled_class_lets_everybody_go() -> None:
    world = World()
    _network(world)
    _class(world, quota=3)
    world.do("registration", "intake/i1", seats.SelectParticipants())
    world.do("registration", "application/a1", enrolment.ConfirmSeat())
    world.do("registration", "intake/i1", start.CancelIntake(reason="Anggaran dipotong."))
    assert {_status(world, name) for name in ("a1", "a2", "a3")} == {"cancelled"}
    assert not world.state("registration", "instructor/v1.1").bookings
    assert world.state("registration", "trainee/person-a1").intake is None


def test_a_new_version_of_a_programme_leaves_open_classes_as_they_are() -> None:
    world = World()
    _network(world)
    _class(world)
    anew = programme.PublishVersion(**{**dict(_CONTENT), "hours": 24})
    world.do("registration", "programme/p1", anew)
    assert world.state("registration", "intake/i1").hours == 16
    assert world.state("registration", "programme/p1").outline().content.hours == 24
