from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest

from services.registration.domain.application.aggregate import DECIDER
from services.registration.domain.application.file_check import (
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
from shared.eventsourcing.decider import Input
from tests.unit.given import given
from tests.unit.registration.applicants import (
    ANSWER_BY,
    ASKED,
    ATTACH,
    CANCELLED,
    CLAIM_BY,
    CLAIMED,
    CONFIRMED,
    DECLINED,
    ENDED,
    FINISHED,
    HISTORIES,
    LOST,
    PAPER,
    RANKING,
    REGISTERED,
    SCORED,
    TICK,
    TO_MEND,
    VERIFIED,
    WITHDRAWN,
    place,
)


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
