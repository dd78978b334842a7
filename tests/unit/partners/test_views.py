"""A request's row follows it to each of its ends."""

import pytest

from services.partners.projections import REFERRED, SUPPORT_BY_FIELD
from shared.events.base import Event
from shared.events.registration.enrolment import ApplicantErased
from shared.eventsourcing.projections import Part
from tests.unit.given import envelope
from tests.unit.partners import test_visit as visits
from tests.unit.partners.offers import ALL, ALL_ACCEPTED, ALL_FULFILLED, NOT_NEEDED, expired
from tests.unit.partners.samples import NEEDED, REQUESTED


@pytest.mark.parametrize(
    ("events", "status"),
    [
        ((REQUESTED, ALL, ALL_ACCEPTED, ALL_FULFILLED), "fulfilled"),
        ((REQUESTED, NOT_NEEDED), "withdrawn"),
        ((REQUESTED, expired(*NEEDED)), "expired"),
        ((visits.ASKED, visits.OFFERED, visits.ACCEPTED, visits.FAILED), "open"),
        ((visits.ASKED, visits.OFFERED, visits.ACCEPTED, visits.SECURED), "covered"),
    ],
)
def test_a_row_shows_how_the_request_stands(events: tuple[Event, ...], status: str) -> None:
    part: Part | None = None
    for event in events:
        assert isinstance(event, SUPPORT_BY_FIELD.on)
        assert list(SUPPORT_BY_FIELD.keys(envelope("support/p1"), event)) == ["las/p1"]
        part = SUPPORT_BY_FIELD.fold(part, envelope("support/p1"), event)
    assert part is not None
    assert part["status"] == status


def test_who_was_erased_is_no_longer_among_the_referred() -> None:
    place = {"intake": "i1", "kejuruan": "las", "kecamatan": "64.01.04", "person": "person-1"}
    found = envelope("application/a1")
    erased = ApplicantErased(**place, support="s1")
    assert list(REFERRED.keys(found, erased)) == ["s1/a1"]
    assert REFERRED.fold({"person": "person-1"}, found, erased) is None
    assert list(REFERRED.keys(found, ApplicantErased(**place))) == []
