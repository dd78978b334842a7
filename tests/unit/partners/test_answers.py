"""Answers show rows as they are stored: every field, in the same order, nulls too."""

import orjson
import pytest

from services.partners.domain.support.offer import Offer
from services.partners.domain.support.state import Support
from services.partners.projections import REFERRED, SUPPORT_BY_FIELD
from services.partners.routes.answers import OfferRow, ReferredRow, SupportRow
from shared.events.base import Event
from shared.events.registration.enrolment import ApplicantReferred
from shared.eventsourcing.projections import Part
from shared.web.responses import Page
from tests.unit.given import envelope
from tests.unit.partners import test_visit as visits
from tests.unit.partners.offers import ALL, ALL_ACCEPTED, ALL_FULFILLED
from tests.unit.partners.samples import REQUESTED

HEAD = {"key", "stream", "sequence"}


def row(key: str, stream: str, part: Part | None) -> bytes:
    """A page of one row, as it was before it had a model."""
    stored = orjson.loads(orjson.dumps(part, option=orjson.OPT_SORT_KEYS))
    return orjson.dumps({"items": [{"key": key, "stream": stream, "sequence": 4, **stored}]})


@pytest.mark.parametrize(
    "events",
    [
        (REQUESTED,),
        (REQUESTED, ALL, ALL_ACCEPTED, ALL_FULFILLED),
        (visits.ASKED, visits.OFFERED, visits.ACCEPTED, visits.SECURED, visits.GIVEN),
    ],
)
def test_a_request_is_shown_as_it_is_stored(events: tuple[Event, ...]) -> None:
    part: Part | None = None
    for event in events:
        assert isinstance(event, SUPPORT_BY_FIELD.on)
        part = SUPPORT_BY_FIELD.fold(part, envelope("support/p1"), event)
    before = row("las/p1", "support/p1", part)
    after = Page[SupportRow].model_validate_json(before).model_dump_json(exclude_unset=True)
    assert orjson.loads(after) == orjson.loads(before)
    (shown,), (stored,) = orjson.loads(after)["items"], orjson.loads(before)["items"]
    assert list(shown) == list(stored)
    for number, offer in stored["offers"].items():
        assert list(shown["offers"][number]) == list(offer)


def test_its_model_has_the_fields_of_the_state() -> None:
    assert set(SupportRow.model_fields) == HEAD | set(Support.model_fields)
    assert set(OfferRow.model_fields) == set(Offer.model_fields)


def test_a_referred_applicant_is_shown_byte_for_byte() -> None:
    event = ApplicantReferred(
        intake="i1", kejuruan="las", kecamatan="64.01.04", person="person-1", education="smk",
        support="s1", offer=2, partner="makassar", rank=17,
    )  # fmt: skip
    before = row("s1/a1", "application/a1", REFERRED.fold(None, envelope("application/a1"), event))
    after = Page[ReferredRow].model_validate_json(before).model_dump_json(exclude_none=True)
    assert after.encode() == before
