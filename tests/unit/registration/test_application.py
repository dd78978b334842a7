from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.registration.domain.application.aggregate import DECIDER
from services.registration.domain.application.file_check import (
    DOCUMENTS,
    AttachDocument,
    CorrectApplication,
    DeclineApplication,
    RequestCorrection,
    ScoreApplicant,
    VerifyApplication,
)
from services.registration.domain.application.seat import (
    ConfirmSeat,
    NoteCertificate,
    NotePromotion,
    NoteSelection,
    WithdrawApplication,
)
from shared.events.base import Event
from shared.events.registration.application import (
    ApplicantRegistered,
    ApplicationCorrected,
    ApplicationDeclined,
    ApplicationWithdrawn,
    DocumentAttached,
    ScheduleChanged,
)
from shared.events.registration.enrolment import (
    ApplicantCertified,
    ApplicantPromoted,
    ApplicantWaitlisted,
    SeatLost,
    SeatOffered,
)
from shared.events.registration.intake import IntakeCancelled, IntakeCompleted, IntakeRescheduled
from shared.events.registration.referral import ReferralOpened
from shared.events.registration.seats import OffersLapsed, SeatGranted, SeatRefused
from shared.events.registration.training import ParticipantAssessed
from shared.events.values import Document
from shared.eventsourcing.decider import Input
from tests.unit.given import NOW, given
from tests.unit.registration.applicants import (
    ANSWER_BY,
    ASKED,
    CANCELLED,
    CLAIM_BY,
    CLAIMED,
    CONFIRMED,
    DECLINED,
    ENDED,
    FINISHED,
    HISTORIES,
    INTAKE,
    LOST,
    RANKING,
    REGISTERED,
    SCORED,
    SITI,
    TO_MEND,
    VERIFIED,
    WITHDRAWN,
    place,
    register,
)

PAPER = Document(kind="ijazah", sha256="ab" * 32, media_type="application/pdf")
ATTACH = AttachDocument(**dict(PAPER))
TICK = timedelta(microseconds=1)


class TestRegistering:
    def test_an_eligible_person(self) -> None:
        outcome = given(DECIDER).when(register()).then_types(ApplicantRegistered)
        event = outcome.events[0]
        assert isinstance(event, ApplicantRegistered)
        assert event.model_copy(update={"eligibility": REGISTERED.eligibility}) == REGISTERED
        assert all(rule.passed for rule in event.eligibility.rules)
        assert all(rule.passed for rule in event.eligibility.priority)
        assert outcome.state.status == "registered"

    def test_at_the_office_or_with_an_account(self) -> None:
        outcome = given(DECIDER).when(register(registered_by="officer"))
        assert (outcome.state.registered_by, outcome.state.account) == ("officer", None)
        assert given(DECIDER).when(register(account="0af3")).state.account == "0af3"

    def test_the_birth_date_is_not_in_the_event(self) -> None:
        (event,) = given(DECIDER).when(register()).events
        assert b"2002" not in event.data()
        assert b"birth" not in event.data()

    @pytest.mark.parametrize(
        ("changes", "rules"),
        [
            ({"birth_date": date(1986, 7, 5)}, ["max-age"]),
            ({"education": "smp"}, ["education"]),
            ({"in_school": True}, ["not-in-school"]),
            ({"in_training": True}, ["not-in-training"]),
            ({"in_training": True, "education": "sd"}, ["not-in-training", "education"]),
        ],
    )
    def test_who_is_not_eligible_is_declined_with_each_reason(
        self, changes: dict[str, Any], rules: list[str]
    ) -> None:
        outcome = given(DECIDER).when(register(**changes))
        outcome.then_types(ApplicantRegistered, ApplicationDeclined)
        assert [reason.rule for reason in outcome.state.reasons] == rules
        assert outcome.state.status == "declined"

    def test_a_training_this_year_costs_the_priority_and_nothing_else(self) -> None:
        outcome = given(DECIDER).when(register(trained_this_year=True))
        outcome.then_types(ApplicantRegistered)
        assert not outcome.state.priority
        failed = [rule.rule for rule in outcome.state.eligibility.priority if not rule.passed]
        assert failed == ["no-training-this-year"]

    def test_a_person_applies_once_even_after_being_declined(self) -> None:
        for history in HISTORIES.values():
            given(DECIDER, *history).when(register()).refused("already-applied")

    @pytest.mark.parametrize(
        ("birth_date", "now", "accepted"),
        [
            (date(2005, 7, 5), NOW, True),
            (date(2005, 7, 6), NOW, False),
            # 17 in Paser at midnight there, while in UTC it is still the day before.
            (date(2005, 7, 6), datetime(2022, 7, 5, 15, 59, 59, tzinfo=UTC), False),
            (date(2005, 7, 6), datetime(2022, 7, 5, 16, 0, tzinfo=UTC), True),
        ],
    )
    def test_seventeen_on_the_day_in_paser(
        self, birth_date: date, now: datetime, accepted: bool
    ) -> None:
        outcome = given(DECIDER).when(register(birth_date=birth_date), now=now)
        if accepted:
            outcome.then_types(ApplicantRegistered)
        else:
            outcome.refused("min-age", "birth_date", 422)

    def test_another_regency(self) -> None:
        given(DECIDER).when(register(ktp_region="64.09.01")).refused("ktp-paser", "ktp_region", 422)

    def test_a_birth_date_in_the_future(self) -> None:
        given(DECIDER).when(register(birth_date=date(2022, 7, 6))).refused(
            "birth-date", "birth_date", 422
        )

    def test_the_window_holds_its_first_and_last_second(self) -> None:
        first = datetime(2022, 6, 5, 16, 0, tzinfo=UTC)
        last = datetime(2022, 7, 8, 15, 59, 59, 999_999, tzinfo=UTC)
        given(DECIDER).when(register(), now=first).then_types(ApplicantRegistered)
        given(DECIDER).when(register(), now=last).then_types(ApplicantRegistered)
        given(DECIDER).when(register(), now=first - TICK).refused("registration-not-open", "intake")
        given(DECIDER).when(register(), now=last + TICK).refused("registration-closed", "intake")

    def test_a_window_that_was_closed_early(self) -> None:
        closed = INTAKE.model_copy(update={"open": False})
        given(DECIDER).when(register(opened=closed)).refused("registration-closed", "intake")


def correct(**changes: Any) -> CorrectApplication:
    return CorrectApplication(opened=INTAKE, sealed="YW5ldw==", **{**dict(SITI), **changes})


class TestCorrecting:
    @pytest.mark.parametrize("status", ["registered", "correction"])
    def test_the_data_are_replaced_and_weighed_anew(self, status: str) -> None:
        command = correct(ktp_region="64.01.06", employed=True, corrected_by="officer")
        outcome = given(DECIDER, *HISTORIES[status]).when(command)
        outcome.then_types(ApplicationCorrected)
        state = outcome.state
        assert (state.status, state.kecamatan, state.sealed) == (
            "registered",
            "64.01.06",
            "YW5ldw==",
        )
        assert not state.priority
        assert not state.points

    def test_a_rule_that_fails_now_ends_the_application_in_the_same_commit(self) -> None:
        outcome = given(DECIDER, REGISTERED).when(correct(education="smp", in_school=True))
        outcome.then_types(ApplicationCorrected, ApplicationDeclined)
        assert [r.rule for r in outcome.state.reasons] == ["not-in-school", "education"]

    def test_what_may_not_be_stored_is_refused(self) -> None:
        given(DECIDER, REGISTERED).when(correct(ktp_region="64.09.01")).refused(
            "ktp-paser", "ktp_region", 422
        )

    def test_ages_are_those_of_the_day_of_registering(self) -> None:
        later = NOW + timedelta(days=20)
        young = correct(birth_date=date(2005, 7, 6))
        given(DECIDER, REGISTERED).when(young, now=later).refused("min-age", "birth_date", 422)
        old = correct(birth_date=date(1986, 7, 6))
        given(DECIDER, REGISTERED).when(old, now=later).then_types(ApplicationCorrected)

    def test_only_until_the_file_check(self) -> None:
        for status in HISTORIES.keys() - {"registered", "correction"}:
            given(DECIDER, *HISTORIES[status]).when(correct()).refused("illegal-step")


class TestPapers:
    def test_are_attached_once_each_and_answer_what_was_asked_for(self) -> None:
        attached = DocumentAttached(intake="i1", document=PAPER)
        outcome = given(DECIDER, REGISTERED, TO_MEND).when(ATTACH).then(attached)
        assert outcome.state.status == "registered"
        given(DECIDER, REGISTERED, attached).when(ATTACH).refused("already-attached", "sha256")

    def test_are_not_too_many(self) -> None:
        many = [
            DocumentAttached(intake="i1", document=PAPER.model_copy(update={"sha256": f"{n:064x}"}))
            for n in range(DOCUMENTS)
        ]
        given(DECIDER, REGISTERED, *many[1:]).when(ATTACH).then_types(DocumentAttached)
        given(DECIDER, REGISTERED, *many).when(ATTACH).refused("too-many-documents", "kind")

    def test_a_request_names_what_to_mend(self) -> None:
        given(DECIDER, REGISTERED).when(RequestCorrection(points=())).refused(
            "no-points", "points", 422
        )
        outcome = given(DECIDER, REGISTERED).when(RequestCorrection(points=("ijazah", "ijazah")))
        assert outcome.then(TO_MEND).state.points == ("ijazah",)


def at(statuses: Iterable[str], events: list[Event]) -> dict[str, list[Event]]:
    return dict.fromkeys(statuses, events)


STEPS: list[tuple[Input, dict[str, list[Event]]]] = [
    (RequestCorrection(points=("ijazah",)), {"registered": [TO_MEND]}),
    (ATTACH, at(("registered", "correction"), [DocumentAttached(intake="i1", document=PAPER)])),
    (VerifyApplication(), at(("registered", "correction"), [VERIFIED])),
    (
        DeclineApplication(reason="papers-missing"),
        at(("registered", "correction", "verified"), [DECLINED]),
    ),
    (ScoreApplicant(written=81, interview=70), {"verified": [SCORED]}),
    (ConfirmSeat(), {"offered": [CLAIMED]}),
    (
        WithdrawApplication(reason="found-work"),
        at(HISTORIES.keys() - ENDED, [WITHDRAWN]),
    ),
]
NOTES: list[tuple[Input, dict[str, list[Event]]]] = [
    (SeatGranted(application="a1"), {"claimed": [CONFIRMED]}),
    (SeatRefused(application="a1", reason="full"), {"claimed": [LOST]}),
    (
        OffersLapsed(kejuruan="las", applications=("a1",)),
        {"offered": [SeatLost(intake="i1", person="person-1", reason="missed")]},
    ),
    (
        IntakeCompleted(
            programme="p1", kejuruan="las", instructors=(), unseated=("a1",), passed=1, failed=0
        ),
        at(
            HISTORIES.keys() - ENDED - {"claimed", "confirmed"},
            [SeatLost(intake="i1", person="person-1", reason="not-offered")],
        ),
    ),
    (
        IntakeCancelled(
            kejuruan="las",
            reason="Peserta terlalu sedikit.",
            instructors=(),
            applications=("a1",),
        ),
        at(HISTORIES.keys() - ENDED, [CANCELLED]),
    ),
    (
        ReferralOpened(
            intake="i1",
            kejuruan="las",
            support="s1",
            offer=1,
            partner="bpvp-makassar",
            seats=1,
            waiting=(),
            answer_by=ANSWER_BY,
        ),
        at(("waitlisted", "reserve"), [ASKED]),
    ),
    (
        ParticipantAssessed(
            intake="i1",
            application="a1",
            passed=True,
            attendance=95,
            assessor="x",
            decided_by="y",
        ),
        at(("claimed", "confirmed"), [FINISHED]),
    ),
]


@pytest.mark.parametrize("status", HISTORIES)
@pytest.mark.parametrize(("command", "allowed"), STEPS)
def test_each_step_only_in_its_turn(
    status: str, command: Input, allowed: dict[str, list[Event]]
) -> None:
    outcome = given(DECIDER, *HISTORIES[status]).when(command)
    if status in allowed:
        outcome.then(*allowed[status])
    else:
        outcome.refused("illegal-step")


@pytest.mark.parametrize("status", HISTORIES)
@pytest.mark.parametrize(("command", "allowed"), NOTES)
def test_what_others_report_is_noted_in_its_turn_and_else_nothing(
    status: str, command: Input, allowed: dict[str, list[Event]]
) -> None:
    given(DECIDER, *HISTORIES[status]).when(command).then(*allowed.get(status, []))


@pytest.mark.parametrize(("command", "_"), STEPS)
def test_no_step_without_an_application(command: Input, _: object) -> None:
    given(DECIDER).when(command).refused("not-found", status=404)


@pytest.mark.parametrize(("command", "_"), NOTES)
def test_nothing_is_noted_without_an_application(command: Input, _: object) -> None:
    given(DECIDER).when(command).then_nothing()


def test_the_statuses_follow() -> None:
    for status, history in HISTORIES.items():
        assert given(DECIDER, *history).state.status == status


@pytest.mark.parametrize(
    ("name", "event", "status", "rule"),
    [
        ("offered", SeatOffered, "offered", "selected"),
        ("waitlisted", ApplicantWaitlisted, "waitlisted", "waiting-list"),
        ("reserve", ApplicantWaitlisted, "reserve", "reserve"),
    ],
)
def test_the_selection_is_noted_with_its_reason(
    name: Any, event: type[Event], status: str, rule: str
) -> None:
    command = NoteSelection(
        place=place("a", 3),
        given=name,
        ranking=RANKING,
        quota=16,
        candidates=20,
        claim_by=CLAIM_BY,
    )
    state = given(DECIDER, *HISTORIES["scored"]).when(command).then_types(event).state
    assert (state.status, state.rank, state.why.rule) == (status, 3, rule)
    assert state.claim_by == (CLAIM_BY if name == "offered" else None)
    for other in HISTORIES.keys() - {"scored"}:
        given(DECIDER, *HISTORIES[other]).when(command).then_nothing()


@pytest.mark.parametrize(
    ("offered", "event", "status", "rule", "from_"),
    [
        (True, ApplicantPromoted, "offered", "promoted", {"scored", "waitlisted", "reserve"}),
        (False, ApplicantWaitlisted, "waitlisted", "waiting-list", {"scored", "reserve"}),
    ],
)
def test_a_free_seat_moves_up_those_who_wait(
    offered: bool, event: type[Event], status: str, rule: str, from_: set[str]
) -> None:
    command = NotePromotion(
        place=place("a", 17),
        offered=offered,
        ranking=RANKING,
        quota=16,
        candidates=20,
        claim_by=CLAIM_BY,
    )
    for before, history in HISTORIES.items():
        outcome = given(DECIDER, *history).when(command)
        if before in from_:
            state = outcome.then_types(event).state
            assert (state.status, state.rank, state.why.rule) == (status, 17, rule)
        else:
            outcome.then_nothing()


def test_a_seat_is_claimed_until_the_last_instant() -> None:
    offered = given(DECIDER, *HISTORIES["offered"])
    offered.when(ConfirmSeat(), now=CLAIM_BY - TICK).then(CLAIMED)
    offered.when(ConfirmSeat(), now=CLAIM_BY).refused("offer-lapsed")


def test_an_officer_can_withdraw_for_the_applicant() -> None:
    command = WithdrawApplication(reason="moved-away", withdrawn_by="officer")
    (event,) = given(DECIDER, *HISTORIES["confirmed"]).when(command).events
    assert isinstance(event, ApplicationWithdrawn)
    assert (event.withdrawn_by, event.reason) == ("officer", "moved-away")


def test_other_days_are_told_while_the_application_lives() -> None:
    command = IntakeRescheduled(
        kejuruan="las",
        starts_on=date(2022, 7, 25),
        ends_on=date(2022, 8, 26),
        reason="Bengkel belum siap.",
        instructors=(),
        applications=("a1",),
    )
    changed = ScheduleChanged(
        intake="i1",
        starts_on=command.starts_on,
        ends_on=command.ends_on,
        reason=command.reason,
    )
    for status, history in HISTORIES.items():
        outcome = given(DECIDER, *history).when(command)
        if status in ENDED:
            outcome.then_nothing()
        else:
            assert outcome.then(changed).state.starts_on == date(2022, 7, 25)
            given(DECIDER, *history, changed).when(command).then_nothing()
    given(DECIDER).when(command).then_nothing()


def test_certificates_are_noted_once_each() -> None:
    command = NoteCertificate(kind="training", certificate="2022-las-7Q")
    certified = ApplicantCertified(intake="i1", kind="training", certificate="2022-las-7Q")
    history = HISTORIES["finished"]
    assert given(DECIDER, *history).when(command).then(certified).state.status == "finished"
    given(DECIDER, *history, certified).when(command).then_nothing()
    other = NoteCertificate(kind="competency", certificate="2022-las-7Q")
    state = given(DECIDER, *history, certified).when(other).then_types(ApplicantCertified).state
    assert set(state.certificates) == {"training", "competency"}
    given(DECIDER).when(command).then_nothing()


def test_an_officers_own_words_are_sealed() -> None:
    command = DeclineApplication(reason="other", sealed="d29yZHM=")
    (event,) = given(DECIDER, REGISTERED).when(command).events
    assert isinstance(event, ApplicationDeclined)
    assert event.sealed == "d29yZHM="
