from datetime import date
from typing import Any

import orjson
import pytest

from services.registration.application.retention import erasable, rules_of
from services.registration.projections.retention import FILES
from shared.events.registration.enrolment import ApplicantErased
from shared.events.registration.instructor import (
    InstructorAppointed,
    InstructorDischarged,
    InstructorErased,
)
from shared.events.registration.owner import RegistrationEvent
from shared.eventsourcing.projections import Part
from shared.kernel.ports import Row
from shared.kernel.settings import BadSetting
from tests.unit.given import envelope
from tests.unit.registration.applicants import DECLINED, FINISHED, PLACE, REGISTERED
from tests.unit.registration.samples import COMPETENCY, METHODOLOGY

RULES = rules_of("declined=365, completed=1825,discharged=10")
APPOINTED = InstructorAppointed(
    person="person-1",
    sealed="c2VhbGVk",
    fields=("las",),
    methodology=METHODOLOGY,
    competency=COMPETENCY,
)
ERASED = ApplicantErased(**PLACE, person="person-1")


class Rows:
    """As much of a store as a view's rows need."""

    def __init__(self, **streams: list[RegistrationEvent]) -> None:
        self._rows: dict[str, Part | None] = {}
        for name, events in streams.items():
            subject = name.replace("_", "/")
            part: Part | None = None
            for number, event in enumerate(events, 1):
                assert isinstance(event, FILES.on)
                part = FILES.fold(part, envelope(subject, sequence=number), event)
            self._rows[f"{subject} {subject}"] = part

    async def scan(self, table: str, prefix: str = "", after: str = "") -> list[Any]:
        return [
            Row(table, key, 1, None if part is None else orjson.dumps(part))
            for key, part in sorted(self._rows.items())
            if key > after
        ]


async def due(today: date, **streams: list[RegistrationEvent]) -> list[tuple[str, dict[str, Any]]]:
    found = await erasable(Rows(**streams), RULES, today)  # type: ignore[arg-type]
    return [(person, item.model_dump(mode="json")) for person, item in found]


async def test_a_declined_person_is_kept_for_as_long_as_the_rule_says() -> None:
    files = {"application_a1": [REGISTERED, DECLINED]}
    assert await due(date(2023, 7, 5), **files) == []
    ((person, item),) = await due(date(2023, 7, 6), **files)
    assert person == "person-1"
    assert (item["whom"], item["kept_until"]) == ({"application": "a1"}, "2023-07-05")
    assert item["files"] == [
        {
            "file": "application/a1",
            "ended": "declined",
            "ended_on": "2022-07-05",
            "keep_days": 365,
            "keep_until": "2023-07-05",
        }
    ]


@pytest.mark.parametrize(
    "other",
    [
        {"application_a2": [REGISTERED]},
        {"application_a2": [REGISTERED, FINISHED]},
        {"instructor_i1": [APPOINTED]},
    ],
)
async def test_a_file_that_is_kept_keeps_the_person(
    other: dict[str, list[RegistrationEvent]],
) -> None:
    files = {"application_a1": [REGISTERED, DECLINED], **other}
    assert await due(date(2023, 7, 6), **files) == []


async def test_the_longest_rule_counts() -> None:
    files = {
        "application_a1": [REGISTERED, DECLINED],
        "application_a2": [REGISTERED, FINISHED],
        "instructor_i1": [APPOINTED, InstructorDischarged(fields=("las",))],
    }
    ((_, item),) = await due(date(2030, 1, 1), **files)
    assert item["kept_until"] == "2027-07-04"
    assert len(item["files"]) == 3


async def test_who_was_erased_is_listed_no_more() -> None:
    gone = InstructorErased(person="person-1")
    files: dict[str, list[RegistrationEvent]] = {
        "application_a1": [REGISTERED, DECLINED, ERASED],
        "instructor_i1": [APPOINTED, gone],
    }
    assert await due(date(2030, 1, 1), **files) == []


async def test_without_a_rule_everything_is_kept() -> None:
    files = Rows(application_a1=[REGISTERED, DECLINED])
    assert await erasable(files, rules_of(""), date(2099, 1, 1)) == []  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["declned=365", "declined", "declined=-1", "declined=1y", "=5"])
def test_a_wrong_setting_says_what_can_be_written(text: str) -> None:
    with pytest.raises(BadSetting, match="SINERGI_RETENTION_DAYS: write END=DAYS"):
        rules_of(text)
