from typing import Any

import pytest

from services.registration.domain.programme import (
    DECIDER,
    NoteAligned,
    Programme,
    ProgrammeOutline,
    PublishProgramme,
    PublishVersion,
    RetireProgramme,
)
from shared.events.registration.programme import ProgrammePublished, ProgrammeRetired
from shared.events.values import EntryRules, Item
from shared.eventsourcing.refusal import Refused
from tests.unit.given import given
from tests.unit.registration.samples import CONTENT

PUBLISHED = ProgrammePublished(number=1, content=CONTENT)
RETIRED = ProgrammeRetired(kejuruan="las", reason="Tidak diminta lagi.")
RETIRE = RetireProgramme(reason="Tidak diminta lagi.")
LONGER = CONTENT.model_copy(update={"hours": 300})


def version(**changes: Any) -> PublishVersion:
    return PublishVersion(**{**dict(CONTENT), **changes})


def test_a_programme_is_published_as_its_first_version() -> None:
    given(DECIDER).when(PublishProgramme(**dict(CONTENT))).then(PUBLISHED)


def test_but_not_twice() -> None:
    given(DECIDER, PUBLISHED).when(PublishProgramme(**dict(CONTENT))).refused("already-published")


@pytest.mark.parametrize(
    ("changes", "rule", "field"),
    [
        (
            {"entry": EntryRules(min_education="sma", min_age=30, max_age=20)},
            "age-limits",
            "entry.max_age",
        ),
        ({"ranking": ("score", "written", "score")}, "repeated-criterion", "ranking"),
        ({"kejuruan": "listrik"}, "other-field", "kejuruan"),
    ],
)
def test_what_a_version_may_not_say(changes: dict[str, Any], rule: str, field: str) -> None:
    given(DECIDER, PUBLISHED).when(version(**changes)).refused(rule, field, 422)


def test_equipment_is_listed_once() -> None:
    twice = (Item(item="helmet", quantity=1), Item(item="helmet", quantity=2))
    outcome = given(DECIDER).when(PublishProgramme(**{**dict(CONTENT), "equipment": twice}))
    assert outcome.refusal is not None
    assert outcome.refusal.status == 422


def test_a_version_follows_the_last_one() -> None:
    second = ProgrammePublished(number=2, content=LONGER)
    given(DECIDER, PUBLISHED).when(version(hours=300)).then(second)


def test_an_unchanged_version_is_refused() -> None:
    given(DECIDER, PUBLISHED).when(version()).refused("unchanged")


def test_no_version_without_a_programme_or_of_a_retired_one() -> None:
    given(DECIDER).when(version()).refused("not-found", None, 404)
    given(DECIDER, PUBLISHED, RETIRED).when(version(hours=1)).refused("programme-retired")


def test_what_was_aligned_becomes_a_version_once() -> None:
    command = NoteAligned(alignment="al1", content=LONGER)
    second = ProgrammePublished(number=2, content=LONGER, alignment="al1")
    given(DECIDER, PUBLISHED).when(command).then(second)
    given(DECIDER, PUBLISHED, second).when(command).then_nothing()
    given(DECIDER, PUBLISHED, RETIRED).when(command).then_nothing()
    first = ProgrammePublished(number=1, content=LONGER, alignment="al1")
    given(DECIDER).when(command).then(first)


def test_retired_once() -> None:
    given(DECIDER, PUBLISHED).when(RETIRE).then(RETIRED)
    given(DECIDER, PUBLISHED, RETIRED).when(RETIRE).refused("programme-retired")
    given(DECIDER).when(RETIRE).refused("not-found", None, 404)


def test_the_outline_is_the_version_of_now() -> None:
    state = given(DECIDER, PUBLISHED, ProgrammePublished(number=2, content=LONGER)).state
    assert state.outline() == ProgrammeOutline(number=2, content=LONGER)


def test_no_outline_of_an_unknown_or_a_retired_programme() -> None:
    with pytest.raises(Refused) as unknown:
        Programme().outline()
    assert (unknown.value.rule, unknown.value.status) == ("unknown-programme", 422)
    with pytest.raises(Refused) as retired:
        given(DECIDER, PUBLISHED, RETIRED).state.outline()
    assert (retired.value.rule, retired.value.status) == ("programme-retired", 409)
