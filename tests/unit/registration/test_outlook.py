from datetime import datetime, timedelta
from typing import Any

import pytest

from services.registration.application import outlook as outlooks
from services.registration.domain.application.aggregate import DECIDER
from services.registration.domain.application.state import Application
from services.registration.domain.intake.state import Intake
from shared.events.registration.application import ScheduleChanged
from shared.events.registration.enrolment import ApplicantCertified
from tests.unit.given import NOW, given
from tests.unit.registration.applicants import (
    ANSWER_BY,
    ASKED,
    CLAIM_BY,
    ENDED,
    FINISHED,
    HISTORIES,
    PROMOTED,
    TO_MEND,
)


def outlook(state: Application, now: datetime) -> dict[str, Any]:
    """Return what the applicant sees of the state, as JSON."""
    shown = outlooks.outlook("a1", state, Intake(title="Las"), now)
    return shown.model_dump(mode="json", exclude_none=True)


@pytest.mark.parametrize("status", HISTORIES)
def test_everybody_learns_where_they_stand_and_what_comes_next(status: str) -> None:
    shown = outlook(given(DECIDER, *HISTORIES[status]).state, NOW)
    assert shown["status"] == status
    assert shown["next"]["en"].endswith(".")
    assert shown["next"]["id"].endswith(".")
    assert ("withdrawal" in shown["actions"]) == (status not in ENDED)
    assert not {"person", "sealed", "account", "kecamatan"} & shown.keys()


def test_what_can_be_done_follows_the_standing_and_the_time() -> None:
    offered = given(DECIDER, *HISTORIES["offered"]).state
    shown = outlook(offered, NOW)
    assert shown["actions"] == ["seat", "withdrawal"]
    assert shown["claim_by"] == CLAIM_BY.isoformat()
    assert (shown["rank"], shown["why"]["rule"], shown["why"]["version"]) == (1, "selected", 1)
    assert shown["why"]["params"]["ranking"] == ["score", "registration"]
    assert shown["why"]["en"] == (
        "A seat is offered: rank 1 of 24 for 16 seats, in the priority group, 160 of 200 points."
        " Ranked by sum of test and interview, then time of registration."
    )
    assert shown["why"]["id"] == (
        "Ditawari kursi: peringkat 1 dari 24 untuk 16 kursi, kelompok prioritas, nilai 160 dari"
        " 200. Urutan menurut jumlah nilai tes dan wawancara, lalu waktu pendaftaran."
    )
    assert outlook(offered, CLAIM_BY)["actions"] == ["withdrawal"]
    asked = given(DECIDER, *HISTORIES["waitlisted"], ASKED).state
    assert outlook(asked, NOW)["actions"] == ["referral", "withdrawal"]
    assert outlook(asked, NOW)["referrals"][0]["partner"] == "bpvp-makassar"
    assert "referrals" not in outlook(asked, ANSWER_BY + timedelta(days=1))
    to_mend = outlook(given(DECIDER, *HISTORIES["registered"], TO_MEND).state, NOW)
    assert to_mend["actions"] == ["correction", "documents", "withdrawal"]
    assert to_mend["points"] == ["ijazah"]


def test_how_it_ended_is_told() -> None:
    shown = {s: outlook(given(DECIDER, *h).state, NOW) for s, h in HISTORIES.items()}
    assert shown["declined"]["reasons"] == [
        {
            "rule": "papers-missing",
            "params": {},
            "version": 1,
            "en": "Papers are missing.",
            "id": "Berkas belum lengkap.",
        }
    ]
    assert shown["lost"]["lost"] == "full"
    assert shown["referred"]["partner"] == "bpvp-makassar"
    assert (shown["finished"]["passed"], shown["finished"]["attendance"]) == (True, 95)
    failed = [*HISTORIES["confirmed"], FINISHED.model_copy(update={"passed": False})]
    told = outlook(given(DECIDER, *failed).state, NOW)
    assert told["next"] != shown["finished"]["next"]
    certified = ApplicantCertified(intake="i1", kind="training", certificate="c1")
    told = outlook(given(DECIDER, *HISTORIES["finished"], certified).state, NOW)
    assert told["certificates"] == {"training": "c1"}


def test_other_days_and_a_promotion_are_told() -> None:
    changed = ScheduleChanged(
        intake="i1", starts_on="2022-07-25", ends_on="2022-08-26", reason="Bengkel."
    )
    shown = outlook(given(DECIDER, *HISTORIES["waitlisted"], PROMOTED, changed).state, NOW)
    assert (shown["status"], shown["starts_on"]) == ("offered", "2022-07-25")


def test_there_is_nothing_to_tell_of_no_application() -> None:
    assert outlook(Application(), NOW) == {"application": "a1", "title": "Las"}
