"""Answers to officers about applications: all that is held, and why, in sentences."""

from typing import Any

import pytest

from services.registration.domain.application.aggregate import DECIDER
from services.registration.domain.application.state import Application
from services.registration.routes.answers import ListedApplication
from services.registration.routes.application_view import ApplicationView
from shared.events.registration.enrolment import ApplicantErased
from tests.unit.given import given
from tests.unit.registration.applicants import ASKED, HISTORIES, PLACE, SITI, WILLING
from tests.unit.registration.test_views import row

ERASED = ApplicantErased(**PLACE, person="person-1")


def held(*events: Any) -> Application:
    state = given(DECIDER, *events).state
    assert isinstance(state, Application)
    return state


def shown(state: Application) -> dict[str, Any]:
    view = ApplicationView.of("application", "a1", 3, state)
    return view.model_dump(mode="json", exclude_none=True)


def without_sentences(reason: dict[str, Any]) -> dict[str, Any]:
    assert reason["en"]
    assert reason["id"]
    assert reason["en"] != reason["id"]
    return {name: each for name, each in reason.items() if name not in ("en", "id")}


@pytest.mark.parametrize("status", HISTORIES)
def test_the_view_is_the_state_with_sentences_and_without_the_person(status: str) -> None:
    state = held(*HISTORIES[status])
    view = shown(state)
    assert view.pop("stream") == "application/a1"
    assert (view.pop("id"), view.pop("sequence")) == ("a1", 3)
    view["reasons"] = [without_sentences(each) for each in view["reasons"]]
    view["eligibility"] |= {
        name: [without_sentences(each) for each in view["eligibility"][name]]
        for name in ("rules", "priority")
    }
    if "why" in view:
        view["why"] = without_sentences(view["why"])
    hidden = {"person", "sealed", "account"}
    assert view == state.model_dump(mode="json", exclude_none=True, exclude=hidden)


def test_the_view_tells_each_answered_question() -> None:
    questions = shown(held(*HISTORIES["waitlisted"], ASKED, WILLING))["questions"]
    assert [each["willing"] for each in questions.values()] == [True]


def test_the_view_of_an_erased_applicant_says_so_and_nothing_of_them() -> None:
    view = shown(held(*HISTORIES["offered"], ERASED))
    assert view["erased"] is True
    assert view["kecamatan"] == SITI.ktp_region
    assert not {"sex", "age_band", "eligibility", "rank", "why"} & view.keys()


@pytest.mark.parametrize("status", HISTORIES)
def test_an_item_of_the_list_has_every_field_of_its_row(status: str) -> None:
    for events in (HISTORIES[status], [*HISTORIES[status], ERASED]):
        place = {"key": "i1/a1", "stream": "application/a1", "sequence": 3}
        item = ListedApplication.model_validate({**place, **row(*events)})
        assert item.model_dump(mode="json", exclude_none=True) == {**place, **row(*events)}
