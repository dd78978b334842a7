import pytest

from services.partners.reactions import OFFER_DAYS, REACTIONS
from services.partners.views import VIEWS
from shared.events.base import Event
from shared.events.equipment import ProposalApproved, ProposalRejected
from shared.reactions import Do
from shared.views import Part
from tests.unit.given import BLK, MINISTRY, envelope

from .samples import NEEDED, OPEN, REQUESTED
from .test_support import ALL, ALL_ACCEPTED, ALL_FULFILLED

(REQUEST_SUPPORT,) = REACTIONS
REJECTED = ProposalRejected(proposer=BLK, kejuruan="las", missing=NEEDED, decisions=())
IN_PART = ProposalApproved(
    proposer=BLK, kejuruan="las", items=NEEDED, missing=NEEDED, partial=True, decisions=()
)


@pytest.mark.parametrize("event", [REJECTED, IN_PART])
def test_partners_are_asked_for_what_was_not_granted(event: Event) -> None:
    assert OPEN.days == OFFER_DAYS
    assert list(REQUEST_SUPPORT.do(envelope("proposal/p1", MINISTRY), event)) == [
        Do("support/p1", OPEN)
    ]


def test_and_not_asked_when_all_was() -> None:
    in_full = IN_PART.model_copy(update={"missing": (), "partial": False})
    assert list(REQUEST_SUPPORT.do(envelope("proposal/p1", MINISTRY), in_full)) == []


def test_a_request_has_one_row_under_its_field() -> None:
    (by_field,) = VIEWS
    part: Part | None = None
    statuses = []
    for event in (REQUESTED, ALL, ALL_ACCEPTED, ALL_FULFILLED):
        assert list(by_field.keys(envelope("support/p1"), event)) == ["las/p1"]
        part = by_field.fold(part, envelope("support/p1"), event)
        assert part is not None
        statuses.append(part["status"])
    assert statuses == ["open", "open", "covered", "fulfilled"]
