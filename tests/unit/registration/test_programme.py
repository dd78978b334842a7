import pytest

from services.registration.domain.programme import DECIDER, Programme
from shared.events.values import Item
from shared.stream import Refused, Timeout
from tests.unit.given import NOW, given

from .samples import OUTLINE, PUBLISH, PUBLISHED


def test_a_programme_is_published() -> None:
    given(DECIDER).when(PUBLISH).then(PUBLISHED)


def test_it_is_published_once() -> None:
    given(DECIDER, PUBLISHED).when(PUBLISH).refused("already-published")


def test_the_age_limits_are_in_order() -> None:
    command = PUBLISH.model_copy(update={"min_age": 20, "max_age": 19})
    given(DECIDER).when(command).refused("age-limits", "max_age", 422)
    one_year = PUBLISH.model_copy(update={"min_age": 20, "max_age": 20})
    given(DECIDER).when(one_year).then_types(type(PUBLISHED))


def test_equipment_is_listed_once() -> None:
    twice = (*PUBLISH.equipment, Item(item="helmet", quantity=1))
    command = PUBLISH.model_copy(update={"equipment": twice})
    given(DECIDER).when(command).refused("repeated-item", "equipment.2.item", 422)


def test_an_intake_takes_a_snapshot() -> None:
    assert given(DECIDER, PUBLISHED).state.outline() == OUTLINE


def test_there_is_no_snapshot_of_an_unknown_programme() -> None:
    with pytest.raises(Refused) as refused:
        Programme().outline()
    assert (refused.value.rule, refused.value.field) == ("unknown-programme", "programme")


def test_a_foreign_command_is_an_illegal_step() -> None:
    given(DECIDER).when(Timeout(due=NOW)).refused("illegal-step")
