from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.registration.domain.application import (
    DECIDER,
    ConfirmSeat,
    DeclineApplication,
    NoteSeat,
    NoteSelection,
    ScoreApplicant,
    VerifyApplication,
)
from shared.events.base import Event
from shared.events.registration import (
    ApplicantRegistered,
    ApplicantScored,
    ApplicantWaitlisted,
    ApplicationDeclined,
    ApplicationVerified,
    EntryRules,
    SeatClaimed,
    SeatConfirmed,
    SeatLost,
    SeatOffered,
)
from shared.events.values import Reason
from shared.stream import Command, Timeout
from tests.unit.given import NOW, given

from .samples import REGISTERED, place, register

WHY = Reason(rule="selected", en="First.", id="Pertama.")
VERIFIED = ApplicationVerified(intake="i1")
SCORED = ApplicantScored(intake="i1", priority=True, written=81, interview=70, registered_at=NOW)
OFFERED = SeatOffered(intake="i1", rank=1, why=WHY)
WAITLISTED = ApplicantWaitlisted(intake="i1", rank=17, why=WHY)
CLAIMED = SeatClaimed(intake="i1")
CONFIRMED = SeatConfirmed(intake="i1")
LOST = SeatLost(intake="i1", reason="full")
DECLINED = ApplicationDeclined(
    intake="i1",
    kejuruan="las",
    kecamatan="64.01.04",
    reasons=(Reason(rule="papers-missing", en="Papers are missing.", id="Berkas belum lengkap."),),
)
HISTORIES: dict[str, list[Event]] = {
    "registered": [REGISTERED],
    "declined": [REGISTERED, DECLINED],
    "verified": [REGISTERED, VERIFIED],
    "scored": [REGISTERED, VERIFIED, SCORED],
    "offered": [REGISTERED, VERIFIED, SCORED, OFFERED],
    "waitlisted": [REGISTERED, VERIFIED, SCORED, WAITLISTED],
    "claimed": [REGISTERED, VERIFIED, SCORED, OFFERED, CLAIMED],
    "confirmed": [REGISTERED, VERIFIED, SCORED, OFFERED, CLAIMED, CONFIRMED],
    "lost": [REGISTERED, VERIFIED, SCORED, OFFERED, CLAIMED, LOST],
}


class TestRegistering:
    def test_an_eligible_person(self) -> None:
        outcome = given(DECIDER).when(register()).then_types(ApplicantRegistered)
        event = outcome.events[0]
        assert isinstance(event, ApplicantRegistered)
        assert event.model_copy(update={"eligibility": REGISTERED.eligibility}) == REGISTERED
        assert all(rule.passed for rule in event.eligibility.rules)
        assert outcome.state.status == "registered"

    def test_at_the_office(self) -> None:
        outcome = given(DECIDER).when(register(registered_by="officer"))
        assert outcome.state.registered_by == "officer"

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
            (
                {"in_training": True, "education": "sd", "entry": EntryRules(min_education="sma")},
                ["not-in-training", "education"],
            ),
        ],
    )
    def test_who_is_not_eligible_is_declined_with_each_reason(
        self, changes: dict[str, Any], rules: list[str]
    ) -> None:
        outcome = given(DECIDER).when(register(**changes))
        outcome.then_types(ApplicantRegistered, ApplicationDeclined)
        assert [reason.rule for reason in outcome.state.reasons] == rules
        assert outcome.state.status == "declined"

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
        tick = timedelta(microseconds=1)
        given(DECIDER).when(register(), now=first).then_types(ApplicantRegistered)
        given(DECIDER).when(register(), now=last).then_types(ApplicantRegistered)
        given(DECIDER).when(register(), now=first - tick).refused("registration-not-open", "intake")
        given(DECIDER).when(register(), now=last + tick).refused("registration-closed", "intake")


STEPS: list[tuple[Command, dict[str, list[Event]]]] = [
    (VerifyApplication(), {"registered": [VERIFIED]}),
    (
        DeclineApplication(reason="papers-missing"),
        {"registered": [DECLINED], "verified": [DECLINED]},
    ),
    (ScoreApplicant(written=81, interview=70), {"verified": [SCORED]}),
    (ConfirmSeat(), {"offered": [CLAIMED]}),
]
NOTES: list[tuple[Command, dict[str, list[Event]]]] = [
    (NoteSeat(), {"claimed": [CONFIRMED]}),
    (NoteSeat(lost="full"), {"claimed": [LOST]}),
]


@pytest.mark.parametrize("status", HISTORIES)
@pytest.mark.parametrize(("command", "allowed"), STEPS)
def test_each_step_only_in_its_turn(
    status: str, command: Command, allowed: dict[str, list[Event]]
) -> None:
    outcome = given(DECIDER, *HISTORIES[status]).when(command)
    if status in allowed:
        outcome.then(*allowed[status])
    else:
        outcome.refused("illegal-step")


@pytest.mark.parametrize("status", HISTORIES)
@pytest.mark.parametrize(("command", "allowed"), NOTES)
def test_what_others_report_is_noted_in_its_turn_and_else_nothing(
    status: str, command: Command, allowed: dict[str, list[Event]]
) -> None:
    given(DECIDER, *HISTORIES[status]).when(command).then(*allowed.get(status, []))


@pytest.mark.parametrize(("command", "_"), STEPS)
def test_no_step_without_an_application(command: Command, _: object) -> None:
    given(DECIDER).when(command).refused("not-found", status=404)


def test_the_statuses_follow() -> None:
    for status, history in HISTORIES.items():
        assert given(DECIDER, *history).state.status == status


@pytest.mark.parametrize(("offered", "event"), [(True, SeatOffered), (False, ApplicantWaitlisted)])
def test_the_selection_is_noted_with_its_reason(offered: bool, event: type[Event]) -> None:
    command = NoteSelection(place=place("a", 3), offered=offered, quota=16, candidates=20)
    outcome = given(DECIDER, *HISTORIES["scored"]).when(command).then_types(event)
    assert outcome.state.rank == 3
    assert "of 20 for 16 seats" in outcome.state.why.en
    for status in HISTORIES.keys() - {"scored"}:
        given(DECIDER, *HISTORIES[status]).when(command).then_nothing()


def test_an_officers_own_words_are_sealed() -> None:
    command = DeclineApplication(reason="other", sealed="d29yZHM=")
    (event,) = given(DECIDER, REGISTERED).when(command).events
    assert isinstance(event, ApplicationDeclined)
    assert event.sealed == "d29yZHM="


def test_a_foreign_command_is_an_illegal_step() -> None:
    given(DECIDER, REGISTERED).when(Timeout(due=NOW)).refused("illegal-step")
