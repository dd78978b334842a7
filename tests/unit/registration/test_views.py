from typing import Any

import pytest

from services.registration.projections.applications import APPLICATIONS, OWN_APPLICATIONS
from shared.events.base import Event
from shared.events.registration.application import (
    ApplicationCorrected,
    DocumentAttached,
    ScheduleChanged,
)
from shared.events.registration.enrolment import ApplicantCertified
from shared.events.registration.values import Eligibility, RuleResult
from shared.events.values import Document
from shared.eventsourcing.projections import Part
from tests.unit.given import envelope
from tests.unit.registration.applicants import (
    FINISHED,
    HISTORIES,
    PROMOTED,
    REGISTERED,
    RESERVE,
    TO_MEND,
)


def row(*events: Event) -> dict[str, Any]:
    part: Part | None = None
    for sequence, event in enumerate(events, start=1):
        place = envelope("application/a1", sequence=sequence)
        if isinstance(event, APPLICATIONS.on):
            assert list(APPLICATIONS.keys(place, event)) == ["i1/a1"]
            part = APPLICATIONS.fold(part, place, event)
    assert part is not None
    return dict(part)


@pytest.mark.parametrize("status", HISTORIES)
def test_an_application_has_one_row_under_its_intake_without_personal_data(status: str) -> None:
    part = row(*HISTORIES[status])
    assert part["status"] == status
    assert (part["programme"], part["kecamatan"], part["period"]) == ("p1", "64.01.04", "2022-07")
    assert not {"person", "sealed", "account"} & part.keys()


def test_a_period_is_a_month_in_paser() -> None:
    late = REGISTERED.registered_at.replace(month=6, day=30, hour=16)
    assert row(REGISTERED.model_copy(update={"registered_at": late}))["period"] == "2022-07"


def test_it_tells_rank_score_and_reasons() -> None:
    assert row(*HISTORIES["offered"])["rank"] == 1
    assert row(*HISTORIES["waitlisted"], PROMOTED)["status"] == "offered"
    assert row(*HISTORIES["waitlisted"])["rank"] == 17
    assert row(*HISTORIES["scored"], RESERVE)["status"] == "reserve"
    assert row(*HISTORIES["scored"])["score"] == 151
    assert row(*HISTORIES["declined"])["reasons"] == ["papers-missing"]
    assert row(*HISTORIES["lost"])["lost"] == "full"
    assert row(*HISTORIES["referred"])["partner"] == "bpvp-makassar"


def test_it_counts_what_figures_need() -> None:
    flags = ("eligible", "accepted", "finished", "certified")
    assert [row(REGISTERED)[flag] for flag in flags] == [True, False, False, False]
    assert row(*HISTORIES["confirmed"])["accepted"] is True
    assert row(*HISTORIES["finished"])["finished"] is True
    assert row(*HISTORIES["finished"])["attendance"] == FINISHED.attendance
    certified = ApplicantCertified(intake="i1", kind="training", certificate="c1")
    assert row(*HISTORIES["finished"], certified)["certified"] is True


def test_a_correction_replaces_the_data_and_a_paper_brings_it_back_to_the_check() -> None:
    failed = RuleResult(rule="education", version=1, passed=False)
    corrected = ApplicationCorrected(
        intake="i1",
        kejuruan="las",
        sealed="YW5ldw==",
        kecamatan="64.01.06",
        sex="female",
        age_band="under-21",
        education="smp",
        priority=False,
        eligibility=Eligibility(version=2, rules=(failed,)),
        corrected_by="applicant",
    )
    part = row(REGISTERED, TO_MEND, corrected)
    assert (part["status"], part["kecamatan"], part["eligible"]) == (
        "registered",
        "64.01.06",
        False,
    )
    paper = Document(kind="ijazah", sha256="ab" * 32, media_type="application/pdf")
    attached = DocumentAttached(intake="i1", document=paper)
    assert row(REGISTERED, TO_MEND, attached)["status"] == "registered"


def test_other_days_are_shown() -> None:
    changed = ScheduleChanged(
        intake="i1", starts_on="2022-07-25", ends_on="2022-08-26", reason="Bengkel."
    )
    part = row(*HISTORIES["confirmed"], changed)
    assert (part["status"], part["starts_on"]) == ("confirmed", "2022-07-25")


def test_an_account_finds_its_own() -> None:
    place = envelope("application/a1")
    assert list(OWN_APPLICATIONS.keys(place, REGISTERED)) == []
    mine = REGISTERED.model_copy(update={"account": "0af3"})
    assert list(OWN_APPLICATIONS.keys(place, mine)) == ["0af3/a1"]
    assert OWN_APPLICATIONS.fold(None, place, mine) == {"intake": "i1"}
