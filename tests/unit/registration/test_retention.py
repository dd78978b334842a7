from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest

from services.registration.application import retention
from services.registration.application.retention import erasable, rules_of
from services.registration.projections.retention import FILES, PROJECTIONS
from shared.adapters.sqlite_store import SqliteStore
from shared.events.registration.enrolment import ApplicantErased
from shared.events.registration.instructor import (
    InstructorAppointed,
    InstructorDischarged,
    InstructorErased,
)
from shared.events.registration.owner import RegistrationEvent
from shared.eventsourcing.projections import Parts
from shared.kernel.settings import BadSetting
from tests.unit.given import envelope
from tests.unit.registration.applicants import DECLINED, FINISHED, PLACE, REGISTERED, WITHDRAWN
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


Streams = dict[str, list[RegistrationEvent]]


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(tmp_path / "store.sqlite")
    await store.open()
    yield store
    await store.close()


async def fold(store: SqliteStore, streams: Streams) -> None:
    for subject, events in streams.items():
        parts = Parts(store, PROJECTIONS)
        run = [(envelope(subject, sequence=n), event) for n, event in enumerate(events, 1)]
        await parts.load(run)
        for place, event in run:
            parts.fold(place, event)
        await store.put(parts.rows())


async def due(store: SqliteStore, today: date, streams: Streams) -> list[dict[str, Any]]:
    await fold(store, streams)
    found, after = await erasable(store, RULES, today, 10)
    assert after is None
    return [item.model_dump(mode="json") for item in found]


async def test_a_declined_person_is_kept_for_as_long_as_the_rule_says(store: SqliteStore) -> None:
    files: Streams = {"application/a1": [REGISTERED, DECLINED]}
    assert await due(store, date(2023, 7, 5), files) == []
    (item,) = await due(store, date(2023, 7, 6), files)
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
        {"application/a2": [REGISTERED]},
        {"application/a2": [REGISTERED, FINISHED]},
        {"instructor/i1": [APPOINTED]},
    ],
)
async def test_a_file_that_is_kept_keeps_the_person(store: SqliteStore, other: Streams) -> None:
    files: Streams = {"application/a1": [REGISTERED, DECLINED], **other}
    assert await due(store, date(2023, 7, 6), files) == []


async def test_the_longest_rule_counts(store: SqliteStore) -> None:
    files: Streams = {
        "application/a1": [REGISTERED, DECLINED],
        "application/a2": [REGISTERED, FINISHED],
        "instructor/i1": [APPOINTED, InstructorDischarged(fields=("las",))],
    }
    (item,) = await due(store, date(2030, 1, 1), files)
    assert item["kept_until"] == "2027-07-04"
    assert len(item["files"]) == 3


async def test_who_was_erased_is_listed_no_more(store: SqliteStore) -> None:
    gone = InstructorErased(person="person-1")
    files: Streams = {
        "application/a1": [REGISTERED, DECLINED, ERASED],
        "instructor/i1": [APPOINTED, gone],
    }
    assert await due(store, date(2030, 1, 1), files) == []


async def test_without_a_rule_everything_is_kept(store: SqliteStore) -> None:
    await fold(store, {"application/a1": [REGISTERED, DECLINED]})
    assert await erasable(store, rules_of(""), date(2099, 1, 1), 10) == ([], None)


async def test_pages_list_each_person_once_and_pass_over_who_is_kept(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "_LOOK", 4)
    expected = set()
    for number in range(12):
        person = f"person-{number:02}"
        mine = REGISTERED.model_copy(update={"person": person})
        ends = [DECLINED, FINISHED, WITHDRAWN][: 1 + number % 3]
        files: Streams = {f"application/{number}-{n}": [mine, end] for n, end in enumerate(ends)}
        if number % 4 == 0:
            files[f"application/{number}-running"] = [mine]
        elif number % 3 < 2:
            expected.add((person, "2027-07-04" if number % 3 else "2023-07-05"))
        await fold(store, files)
    found, after = [], ""
    for _ in range(40):
        page, next_ = await erasable(store, RULES, date(2030, 1, 1), 2, after)
        assert len(page) <= 2
        found += page
        if next_ is None:
            break
        assert next_ > after
        after = next_
    else:
        pytest.fail("no page is the last")
    said = []
    for item in found:
        part = orjson.loads(
            (await store.get(FILES.table, [f"{item.files[0].file} {item.files[0].file}"]))
            .popitem()[1]
            .body
            or b""
        )
        said.append((part["person"], item.kept_until))
    # Who withdrew has no rule, and is kept.
    assert sorted(said) == sorted(expected)


@pytest.mark.parametrize("text", ["declned=365", "declined", "declined=-1", "declined=1y", "=5"])
def test_a_wrong_setting_says_what_can_be_written(text: str) -> None:
    with pytest.raises(BadSetting, match="SINERGI_RETENTION_DAYS: write END=DAYS"):
        rules_of(text)
