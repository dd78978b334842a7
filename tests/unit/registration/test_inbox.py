from typing import Any

import pytest

from services.registration.agency import BLK_PASER
from services.registration.worklist import TASKS
from shared.events.base import Event
from shared.events.registration import EVENTS
from shared.events.registration.enrolment import ApplicantCertified, TrainingFinished
from shared.events.registration.intake import InstructorUnassigned, IntakeDrafted
from shared.events.values import end_of_day
from shared.kernel.sentences import in_all
from shared.web.authentication import Role
from tests.unit.registration.applicants import FINISHED, HISTORIES

BY_NAME = {waits.name: waits for waits in TASKS}


def test_names_are_unique_and_every_task_can_end() -> None:
    assert len(BY_NAME) == len(TASKS)
    for waits in TASKS:
        assert waits.opens
        assert waits.closes
        assert not set(waits.opens) & set(waits.closes)
        assert set(waits.opens) | set(waits.closes) <= set(EVENTS)
        assert waits.command.startswith("POST /v1/")
        said = in_all(f"task.{waits.name}", {})
        assert all(text.endswith(".") and "task." not in text for text in said.values())


def test_officers_tasks_are_the_centres() -> None:
    """No citizen reads here what waits for others: the inbox is the same for a whole role."""
    assert all(waits.role is Role.BLK_OFFICER for waits in TASKS)
    assert all(waits.agency(None) == BLK_PASER for waits in TASKS)


def open_tasks(*events: Event) -> set[str]:
    """As the inbox folds them: of one application, by name and item."""
    tasks: set[str] = set()
    for event in events:
        for waits in TASKS:
            if type(event) in (*waits.opens, *waits.closes) and not waits.unless(event):
                task = f"{waits.name}{waits.item(event)}"
                (tasks.add if type(event) in waits.opens else tasks.discard)(task)
    return tasks


@pytest.mark.parametrize(
    ("status", "tasks"),
    [
        ("registered", {"check-file"}),
        ("correction", set()),
        ("declined", set()),
        ("verified", {"enter-scores"}),
        ("scored", set()),
        ("offered", set()),
        ("waitlisted", set()),
        ("claimed", set()),
        ("confirmed", set()),
        ("lost", set()),
        ("withdrawn", set()),
        ("cancelled", set()),
        ("referred", set()),
        ("finished", {"issue-certificate"}),
    ],
)
def test_what_waits_follows_the_application(status: str, tasks: set[str]) -> None:
    assert open_tasks(*HISTORIES[status]) == tasks


def test_the_deadline_of_a_draft_is_the_day_it_should_open() -> None:
    facts: dict[str, Any] = {
        "programme": "p1",
        "kejuruan": "las",
        "quota": 16,
        "waiting_list": 16,
        "funding": "APBN",
        "registration_opens": "2022-06-06",
        "registration_closes": "2022-07-08",
        "reregistration_days": 3,
        "starts_on": "2022-07-21",
        "ends_on": "2022-08-23",
    }
    drafted = IntakeDrafted(**facts)
    assert BY_NAME["open-intake"].deadline(drafted) == end_of_day(
        drafted.registration_opens.replace(day=5)
    )


def test_only_gaps_and_our_own_certificates_count() -> None:
    def gone(reason: Any) -> bool:
        event = InstructorUnassigned(instructor="n1", kejuruan="las", reason=reason)
        return bool(BY_NAME["assign-instructor"].unless(event))

    assert not gone("moved")
    assert not gone("replaced")
    assert gone("completed")
    assert gone("cancelled")
    unless = BY_NAME["issue-certificate"].unless
    assert not unless(FINISHED)
    assert unless(TrainingFinished(**{**dict(FINISHED), "passed": False}))
    assert unless(ApplicantCertified(intake="i1", kind="competency", certificate="c1"))
    assert not unless(ApplicantCertified(intake="i1", kind="training", certificate="c1"))
