"""Reactions of classes, instructors, workshops, programmes and trainings to other streams."""

from datetime import date
from typing import Any

from services.registration.domain.instructor import (
    AppointVisitor,
    RebookInstructor,
    ReleaseInstructor,
    instructor_stream,
)
from services.registration.domain.intake.aggregate import intake_stream
from services.registration.domain.intake.seats import EnterCandidate, LendSeats
from services.registration.domain.intake.start import (
    NoteInstructor,
    NoteInstructorLost,
)
from services.registration.domain.intake.state import ListApplicant
from services.registration.domain.placement import OpenFollowUp, placement_stream
from services.registration.domain.programme import NoteAligned, programme_stream
from services.registration.domain.training import BeginTraining, NoteLeft, training_stream
from services.registration.domain.workshop import (
    AwaitWorkshop,
    EquipWorkshop,
    ServeIntake,
    workshop_stream,
)
from services.registration.policies import (
    POLICIES,
    instructors,
    intakes,
    programmes,
    trainings,
    workshops,
)
from shared.events.base import Event
from shared.events.equipment.consignment import EquipmentCommissioned
from shared.events.partners.alignment import ProgrammeAligned
from shared.events.partners.support import OfferAccepted, SupportFulfilled
from shared.events.partners.values import Teacher, Visit
from shared.events.registration.application import ApplicantScored, ApplicationWithdrawn
from shared.events.registration.enrolment import TrainingFinished
from shared.events.registration.instructor import InstructorBooked, InstructorReleased
from shared.events.registration.intake import (
    InstructorUnassigned,
    IntakeCancelled,
    IntakeCompleted,
    IntakeRescheduled,
)
from shared.events.registration.training import TrainingCompleted
from shared.events.registration.workshop import WorkshopReady, WorkshopUnready
from shared.events.values import Document, Item
from shared.eventsourcing.policies import AnyDispatch, Dispatch
from tests.unit.given import BLK, MAKASSAR, envelope
from tests.unit.registration.samples import (
    COMPETENCY,
    CONTENT,
    MACHINES,
    METHODOLOGY,
    candidate,
    opened,
)
from tests.unit.registration.test_seats import STARTED

OURS = (
    *programmes.POLICIES,
    *instructors.POLICIES,
    *intakes.POLICIES,
    *workshops.POLICIES,
    *trainings.POLICIES,
)
DAYS = {"starts_on": date(2022, 8, 1), "ends_on": date(2022, 9, 1)}
ELSEWHERE = "urn:sinergi:blk-kutim"
PERSON = {"intake": "i1", "kejuruan": "las", "kecamatan": "64.01.04", "person": "person-1"}
CANCELLED = IntakeCancelled(kejuruan="las", reason="x", instructors=("n1",), applications=())
COMPLETED = IntakeCompleted(
    programme="p1", kejuruan="las", instructors=("n1",), unseated=("a7",), passed=3, failed=1
)


def on(subject: str, event: Event) -> list[AnyDispatch]:
    return [
        do
        for reaction in OURS
        if type(event) in reaction.on
        for do in reaction.react(envelope(subject), event)
    ]


def test_names_are_unique() -> None:
    assert len({reaction.name for reaction in POLICIES}) == len(POLICIES)
    assert {reaction.name for reaction in OURS} <= {reaction.name for reaction in POLICIES}


def test_commissioned_equipment_equips_our_workshop_only() -> None:
    event = EquipmentCommissioned(kejuruan="las", receiver=BLK, items=MACHINES, origin="grant")
    command = EquipWorkshop(kejuruan="las", items=MACHINES, origin="grant", consignment="c1.1")
    assert on("consignment/c1", event) == [Dispatch(workshop_stream("las"), command)]
    assert on("consignment/c1", event.model_copy(update={"receiver": ELSEWHERE})) == []


def test_an_open_intake_awaits_its_workshop() -> None:
    command = AwaitWorkshop(kejuruan="las", intake="i1", needs=MACHINES)
    assert on("intake/i1", opened()) == [Dispatch(workshop_stream("las"), command)]


def test_the_workshop_is_told_to_each_intake() -> None:
    ready = WorkshopReady(kejuruan="las", intakes=("i1", "i2"))
    told = [
        Dispatch(intake_stream("i1"), ready),
        Dispatch(intake_stream("i2"), ready),
    ]
    assert on("workshop/las", ready) == told
    lost = WorkshopUnready(kejuruan="las", intakes=("i1",), missing=MACHINES)
    assert on("workshop/las", lost) == [Dispatch(intake_stream("i1"), lost)]


def test_a_class_that_is_over_frees_instructors_and_workshop() -> None:
    for event, reason in ((CANCELLED, "cancelled"), (COMPLETED, "completed")):
        assert on("intake/i1", event) == [
            Dispatch(instructor_stream("n1"), ReleaseInstructor(intake="i1", reason=reason)),
            Dispatch(workshop_stream("las"), ServeIntake(intake="i1")),
        ]


def test_a_scored_applicant_enters_the_selection() -> None:
    one = candidate("a1", 81)
    facts = {name: value for name, value in dict(one).items() if name != "application"}
    command = EnterCandidate(candidate=one)
    assert on("application/a1", ApplicantScored(intake="i1", **facts)) == [
        Dispatch(intake_stream("i1"), command)
    ]


def test_an_applicant_is_listed() -> None:
    from tests.unit.registration.applicants import REGISTERED

    command = ListApplicant(application="a1")
    assert on("application/a1", REGISTERED) == [Dispatch(intake_stream(REGISTERED.intake), command)]


def test_instructors_come_and_go() -> None:
    booked = InstructorBooked(intake="i1", kejuruan="las", **DAYS)
    noted = NoteInstructor(instructor="n1", **DAYS)
    assert on("instructor/n1", booked) == [Dispatch(intake_stream("i1"), noted)]
    moved = InstructorReleased(intake="i1", kejuruan="las", reason="moved")
    command = NoteInstructorLost(instructor="n1", reason="moved")
    assert on("instructor/n1", moved) == [Dispatch(intake_stream("i1"), command)]
    assert on("instructor/n1", moved.model_copy(update={"reason": "not-needed"})) == []


def test_days_follow_the_class() -> None:
    event = IntakeRescheduled(
        kejuruan="las", reason="x", instructors=("n1", "n2"), applications=(), **DAYS
    )
    command = RebookInstructor(intake="i1", **DAYS)
    assert on("intake/i1", event) == [
        Dispatch(instructor_stream("n1"), command),
        Dispatch(instructor_stream("n2"), command),
    ]


def test_only_days_that_are_not_needed_are_given_back() -> None:
    event = InstructorUnassigned(instructor="n1", kejuruan="las", reason="not-needed")
    command = ReleaseInstructor(intake="i1", reason="not-needed")
    assert on("intake/i1", event) == [Dispatch(instructor_stream("n1"), command)]
    assert on("intake/i1", event.model_copy(update={"reason": "moved"})) == []


def test_a_partners_instructor_is_appointed() -> None:
    teacher = Teacher(fields=("las",), methodology=METHODOLOGY, competency=COMPETENCY)
    event = SupportFulfilled(
        offer=2,
        kind="instructor",
        kejuruan="las",
        partner="semarang",
        for_agency=BLK,
        items=(),
        evidence=Document(kind="letter", sha256="0" * 64, media_type="application/pdf"),
        visit=Visit(instructor="semarang.1", **DAYS),
        teacher=teacher,
    )
    command = AppointVisitor(
        partner="semarang", instructor="semarang.1", support="s1", offer=2, **dict(teacher), **DAYS
    )
    assert on("support/s1", event) == [Dispatch(instructor_stream("s1.2"), command)]
    for other in ({"kind": "equipment"}, {"for_agency": ELSEWHERE}, {"teacher": None}):
        assert on("support/s1", event.model_copy(update=other)) == []


def test_seats_lent_to_us_reach_the_class() -> None:
    event = OfferAccepted(
        offer=1,
        kind="seats",
        kejuruan="las",
        partner="bpvp",
        agency=MAKASSAR,
        for_agency=BLK,
        items=(Item(item="seat", quantity=4),),
        intake="i1",
    )
    command = LendSeats(support="s1", offer=1, partner="bpvp", seats=4)
    assert on("support/s1", event) == [Dispatch(intake_stream("i1"), command)]
    for other in ({"kind": "equipment"}, {"for_agency": ELSEWHERE}, {"intake": None}):
        assert on("support/s1", event.model_copy(update=other)) == []


def test_what_was_aligned_is_published_here() -> None:
    event = ProgrammeAligned(kejuruan="las", region=BLK, agencies=(), content=CONTENT)
    command = NoteAligned(alignment="al1", content=CONTENT)
    assert on("alignment/al1", event) == [Dispatch(programme_stream("al1"), command)]
    known = event.model_copy(update={"programme": "p1"})
    assert on("alignment/al1", known) == [Dispatch(programme_stream("p1"), command)]
    assert on("alignment/al1", event.model_copy(update={"region": ELSEWHERE})) == []


def test_training_begins_and_ends_with_the_class() -> None:
    facts: dict[str, Any] = {name: getattr(STARTED, name) for name in BeginTraining.model_fields}
    assert on("intake/i1", STARTED) == [Dispatch(training_stream("i1"), BeginTraining(**facts))]
    done = TrainingCompleted(programme="p1", kejuruan="las", passed=3, failed=1)
    assert on("training/i1", done) == [Dispatch(intake_stream("i1"), done)]


def test_who_withdraws_leaves_the_training() -> None:
    event = ApplicationWithdrawn(withdrawn_by="applicant", reason="work", **PERSON)
    command = Dispatch(training_stream("i1"), NoteLeft(application="a1"))
    assert command in on("application/a1", event)


def test_only_who_passed_is_followed_up() -> None:
    event = TrainingFinished(passed=True, attendance=90, **PERSON)
    command = OpenFollowUp(application="a1", intake="i1", kejuruan="las", kecamatan="64.01.04")
    assert on("application/a1", event) == [Dispatch(placement_stream("a1"), command)]
    assert on("application/a1", event.model_copy(update={"passed": False})) == []
