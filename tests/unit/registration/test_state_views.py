"""Views show the state's fields by name, and of persons only what staff and public may see."""

import json
from datetime import UTC, date, datetime
from typing import Any

from pydantic import BaseModel

from services.registration.domain.instructor import Booking, Instructor
from services.registration.domain.intake.seat_ledger import Ledger
from services.registration.domain.intake.state import Intake
from services.registration.domain.training import Assessment, Recommendation, Session, Training
from services.registration.routes.instructor_view import InstructorView
from services.registration.routes.intake_view import IntakeView
from services.registration.routes.training_view import TrainingView
from shared.events.registration.values import Candidate
from shared.events.values import Certificate

NOW = datetime(2026, 8, 1, tzinfo=UTC)
FIRST, LAST = date(2026, 8, 17), date(2026, 9, 25)


def shown(view: BaseModel) -> dict[str, Any]:
    """Return the JSON of an answer, without where the stream stands."""
    answer: dict[str, Any] = json.loads(view.model_dump_json(exclude_none=True))
    assert (answer.pop("stream"), answer.pop("sequence")) == (f"k/{answer.pop('id')}", 4)
    return answer


def told(state: BaseModel, *hidden: str) -> dict[str, Any]:
    found: dict[str, Any] = state.model_dump(mode="json", exclude_none=True, exclude=set(hidden))
    return found


def test_an_intake_counts_its_applicants_and_lists_its_seats() -> None:
    candidate = Candidate(application="a", priority=True, written=9, interview=8, registered_at=NOW)
    state = Intake(
        status="selected",
        programme="p",
        kejuruan="las",
        starts_on=FIRST,
        ends_on=LAST,
        applicants=("a", "b", "c", "d", "e"),
        candidates={"a": candidate},
        ledger=Ledger(
            quota=2,
            waiting_list=1,
            offered={"a": NOW},
            seated=("b",),
            waiting=("c",),
            reserve=("d",),
        ),
    )
    assert shown(IntakeView.of("k", "i1", 4, state)) == {
        **told(state, "ledger"),
        "quota": 2,
        "waiting_list": 1,
        "applicants": 5,
        "candidates": 1,
        "offered": ["a"],
        "seats": ["b"],
        "waiting": ["c"],
        "reserve": ["d"],
    }


def test_a_training_tells_the_hours_taught_and_the_attendance_of_each() -> None:
    state = Training(
        begun=True,
        participants=("a", "b"),
        sessions=(
            Session(day=FIRST, hours=6, absent=()),
            Session(day=LAST, hours=2, absent=("b",)),
        ),
        recommended={"a": Recommendation(competent=True, assessor="someone")},
        assessed={"a": Assessment(passed=True, attendance=100)},
    )
    assert shown(TrainingView.of("k", "i1", 4, state)) == {
        **told(state),
        "taught": 8,
        "attendance": {"a": 100, "b": 75},
    }


def test_an_instructor_is_shown_without_what_leads_to_the_person() -> None:
    certificate = Certificate(number="MET-3214-2024", valid_until=LAST)
    state = Instructor(
        person="p1",
        sealed="kJ2vQw3n8mZyTg==",
        partner="makassar",
        fields=("las",),
        methodology=certificate,
        competency=certificate,
        visits_from=FIRST,
        visits_until=LAST,
        bookings={"i1": Booking(kejuruan="las", starts_on=FIRST, ends_on=LAST)},
    )
    assert shown(InstructorView.of("k", "n1", 4, state)) == told(state, "person", "sealed")
