from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.registration.domain.application.aggregate import DECIDER
from services.registration.domain.application.file_check import (
    DOCUMENTS,
    CorrectApplication,
    RequestCorrection,
)
from shared.events.registration.application import (
    ApplicantRegistered,
    ApplicationCorrected,
    ApplicationDeclined,
    DocumentAttached,
)
from tests.unit.given import NOW, given
from tests.unit.registration.applicants import (
    ATTACH,
    HISTORIES,
    INTAKE,
    PAPER,
    REGISTERED,
    SITI,
    TICK,
    TO_MEND,
    register,
)


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
