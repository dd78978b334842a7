from services.registration.domain.application.aggregate import application_stream
from services.registration.domain.application.referral import (
    NoteReferred,
    NoteUnanswered,
)
from services.registration.domain.application.seat import (
    NoteCertificate,
    NotePromotion,
    NoteSelection,
)
from services.registration.domain.intake.aggregate import intake_stream
from services.registration.domain.intake.seats import ClaimSeat, LeaveIntake
from services.registration.domain.referral import NoteAnswer, OpenReferral, referral_stream
from services.registration.domain.trainee import ReleaseTraining, ReserveTraining, trainee_stream
from services.registration.policies import applications, referrals, trainees
from shared.events.base import Event
from shared.events.registration.certificate import CertificateIssued, CompetencyCertified
from shared.events.registration.intake import IntakeCancelled, IntakeCompleted, IntakeRescheduled
from shared.events.registration.referral import ReferralMade, ReferralOpened, WillingnessNoted
from shared.events.registration.seats import (
    CandidatesPromoted,
    OffersLapsed,
    SeatGranted,
    SeatRefused,
    SeatsLent,
    SelectionMade,
)
from shared.events.registration.trainee import TrainingRefused, TrainingReserved
from shared.events.registration.training import ParticipantAssessed
from shared.eventsourcing.policies import AnyDispatch, Dispatch
from tests.unit.given import envelope
from tests.unit.registration.applicants import (
    ANSWER_BY,
    CANCELLED,
    CLAIM_BY,
    CLAIMED,
    DECLINED,
    FINISHED,
    LOST,
    RANKING,
    REFERRED,
    WILLING,
    WITHDRAWN,
    place,
)

POLICIES = (*applications.POLICIES, *trainees.POLICIES, *referrals.POLICIES)
LOAN = {
    "kejuruan": "las",
    "support": "s1",
    "offer": 1,
    "partner": "bpvp-makassar",
    "seats": 2,
    "waiting": (place("a1", 17), place("a2", 18)),
    "answer_by": ANSWER_BY,
}


def on(subject: str, event: Event) -> list[AnyDispatch]:
    return [
        do
        for reaction in POLICIES
        if type(event) in reaction.on
        for do in reaction.react(envelope(subject), event)
    ]


def test_names_are_unique() -> None:
    assert len({reaction.name for reaction in POLICIES}) == len(POLICIES)


def test_the_selection_is_told_to_everyone_in_it() -> None:
    numbers = {"ranking": RANKING, "quota": 1, "candidates": 3, "claim_by": CLAIM_BY}
    event = SelectionMade(
        programme="p1",
        kejuruan="las",
        offered=(place("a1", 1),),
        waitlisted=(place("a2", 2),),
        reserve=(place("a3", 3),),
        **numbers,
    )
    assert on("intake/i1", event) == [
        Dispatch(
            application_stream("a1"),
            NoteSelection(place=place("a1", 1), given="offered", **numbers),
        ),
        Dispatch(
            application_stream("a2"),
            NoteSelection(place=place("a2", 2), given="waitlisted", **numbers),
        ),
        Dispatch(
            application_stream("a3"),
            NoteSelection(place=place("a3", 3), given="reserve", **numbers),
        ),
    ]


def test_a_promotion_is_told_to_those_who_move_up() -> None:
    numbers = {"ranking": RANKING, "quota": 1, "candidates": 3, "claim_by": CLAIM_BY}
    event = CandidatesPromoted(
        kejuruan="las", offered=(place("a2", 2),), waitlisted=(place("a3", 3),), **numbers
    )
    assert on("intake/i1", event) == [
        Dispatch(
            application_stream("a2"), NotePromotion(place=place("a2", 2), offered=True, **numbers)
        ),
        Dispatch(
            application_stream("a3"), NotePromotion(place=place("a3", 3), offered=False, **numbers)
        ),
    ]


def test_a_class_tells_its_applicants_what_concerns_them() -> None:
    lapsed = OffersLapsed(kejuruan="las", applications=("a1", "a2"))
    assert on("intake/i1", lapsed) == [
        Dispatch(application_stream("a1"), lapsed),
        Dispatch(application_stream("a2"), lapsed),
    ]
    cancelled = IntakeCancelled(
        kejuruan="las", reason="Sepi.", instructors=("n1",), applications=("a1",)
    )
    assert on("intake/i1", cancelled) == [Dispatch(application_stream("a1"), cancelled)]
    days = {"starts_on": "2022-07-25", "ends_on": "2022-08-26", "reason": "Bengkel."}
    moved = IntakeRescheduled(kejuruan="las", instructors=(), applications=("a1",), **days)
    assert on("intake/i1", moved) == [Dispatch(application_stream("a1"), moved)]


def test_who_got_no_seat_hears_that_the_class_is_over() -> None:
    over = IntakeCompleted(
        programme="p1", kejuruan="las", instructors=(), unseated=("a1", "a2"), passed=1, failed=0
    )
    assert on("intake/i1", over) == [
        Dispatch(application_stream("a1"), over),
        Dispatch(application_stream("a2"), over),
    ]


def test_a_claim_goes_to_the_person_then_to_the_ledger_and_its_answer_back() -> None:
    assert on("application/a1", CLAIMED) == [
        Dispatch(trainee_stream("person-1"), ReserveTraining(intake="i1", application="a1"))
    ]
    assert on("trainee/person-1", TrainingReserved(intake="i1", application="a1")) == [
        Dispatch(intake_stream("i1"), ClaimSeat(application="a1"))
    ]
    refused = TrainingRefused(intake="i1", application="a1", running="i9")
    assert on("trainee/person-1", refused) == [Dispatch(application_stream("a1"), refused)]
    for answer in (SeatGranted(application="a1"), SeatRefused(application="a1", reason="full")):
        assert on("intake/i1", answer) == [Dispatch(application_stream("a1"), answer)]


def test_whoever_goes_frees_the_place_and_the_person() -> None:
    leave = Dispatch(intake_stream("i1"), LeaveIntake(application="a1"))
    release = Dispatch(trainee_stream("person-1"), ReleaseTraining(application="a1"))
    for event in (WITHDRAWN, REFERRED, LOST):
        assert on("application/a1", event) == [leave, release]
    assert on("application/a1", DECLINED) == [leave]
    assert on("application/a1", CANCELLED) == [release]
    completed = ReleaseTraining(application="a1", completed=True)
    assert on("application/a1", FINISHED) == [Dispatch(trainee_stream("person-1"), completed)]


def test_assessment_and_certificates_reach_the_application() -> None:
    assessed = ParticipantAssessed(
        intake="i1",
        application="a1",
        passed=True,
        attendance=95,
        assessor="x",
        decided_by="y",
    )
    assert on("training/i1", assessed) == [Dispatch(application_stream("a1"), assessed)]
    issued = CertificateIssued(
        number="2022-las-7Q",
        application="a1",
        intake="i1",
        title="Las",
        skkni="C.24",
        kejuruan="las",
        hours=260,
        issued_on="2022-08-23",
    )
    assert on("certificate/2022-las-7Q", issued) == [
        Dispatch(
            application_stream("a1"), NoteCertificate(kind="training", certificate="2022-las-7Q")
        )
    ]
    certified = CompetencyCertified(
        application="a1",
        intake="i1",
        lsp="LSP Las",
        scheme="SMAW 3G",
        number="No. 12/LSP",
        issued_on="2022-09-01",
        valid_until="2025-09-01",
    )
    assert on("certificate/2022-las-7Q", certified) == [
        Dispatch(
            application_stream("a1"), NoteCertificate(kind="competency", certificate="2022-las-7Q")
        )
    ]


def test_lent_seats_are_asked_about_and_given() -> None:
    assert on("intake/i1", SeatsLent(**LOAN)) == [
        Dispatch(referral_stream("i1.s1.1"), OpenReferral(intake="i1", **LOAN))
    ]
    ask = ReferralOpened(intake="i1", **LOAN)
    assert on("referral/i1.s1.1", ask) == [
        Dispatch(application_stream("a1"), ask),
        Dispatch(application_stream("a2"), ask),
    ]
    assert on("application/a1", WILLING) == [
        Dispatch(referral_stream("i1.s1.1"), NoteAnswer(application="a1", willing=True))
    ]
    made = ReferralMade(
        intake="i1",
        kejuruan="las",
        support="s1",
        offer=1,
        partner="bpvp-makassar",
        referred=(place("a1", 17),),
        unused=1,
    )
    referred = NoteReferred(support="s1", offer=1, partner="bpvp-makassar", rank=17)
    assert on("referral/i1.s1.1", made) == [Dispatch(application_stream("a1"), referred)]


def test_silence_comes_back_to_the_applicant() -> None:
    silent = WillingnessNoted(application="a1", willing=False)
    assert on("referral/i1.s1.1", silent) == [
        Dispatch(application_stream("a1"), NoteUnanswered(referral="i1.s1.1"))
    ]
    assert on("referral/i1.s1.1", WillingnessNoted(application="a1", willing=True)) == []
