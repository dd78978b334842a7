from datetime import date

import pytest

from services.partners.domain.instructor import BookVisit, instructor_stream
from services.partners.domain.support.aggregate import support_stream
from services.partners.domain.support.request import OpenSupport
from services.partners.policies import OFFER_DAYS, book_visit, note_visit, request_seats
from services.partners.policies import request_support as ask
from services.partners.projections import REFERRED, SUPPORT_BY_FIELD
from shared.events.base import Event
from shared.events.equipment.proposal import ProposalApproved, ProposalRejected
from shared.events.partners.instructor import VisitBooked, VisitRefused
from shared.events.partners.support import OfferAccepted, SupportOffered, SupportRequested
from shared.events.partners.values import Visit
from shared.events.registration.enrolment import ApplicantReferred
from shared.events.registration.seats import IntakeOversubscribed
from shared.events.values import Item
from shared.eventsourcing.policies import Dispatch
from tests.unit.given import BLK, MAKASSAR, MINISTRY, NOW, envelope

NEEDED = (Item(item="mesin-las", quantity=3),)
REJECTED = ProposalRejected(proposer=BLK, kejuruan="las", missing=NEEDED, decisions=())
IN_PART = ProposalApproved(
    proposer=BLK, kejuruan="las", items=NEEDED, missing=NEEDED, partial=True, decisions=()
)


@pytest.mark.parametrize("event", [REJECTED, IN_PART])
def test_partners_are_asked_for_what_was_not_granted(
    event: ProposalRejected | ProposalApproved,
) -> None:
    command = OpenSupport(
        kind="equipment",
        kejuruan="las",
        items=NEEDED,
        proposal="p1",
        for_agency=BLK,
        days=OFFER_DAYS,
    )
    assert list(ask(envelope("proposal/p1", MINISTRY), event)) == [
        Dispatch(support_stream("p1"), command)
    ]


def test_and_not_asked_when_all_was() -> None:
    in_full = IN_PART.model_copy(update={"missing": (), "partial": False})
    assert list(ask(envelope("proposal/p1", MINISTRY), in_full)) == []


def test_partners_are_asked_for_seats_for_those_who_wait() -> None:
    event = IntakeOversubscribed(
        programme="p1",
        kejuruan="las",
        quota=16,
        candidates=20,
        waiting=4,
        starts_on=date(2022, 7, 21),
        ends_on=date(2022, 8, 23),
    )
    (dispatch,) = request_seats(envelope("intake/i1"), event)
    command = dispatch.command
    assert str(dispatch.stream) == "support/i1.seats"
    assert isinstance(command, OpenSupport)
    assert command.items == (Item(item="seats", quantity=4),)
    assert (command.for_agency, command.intake) == (BLK, "i1")


def accepted(kind: str, visit: Visit | None) -> OfferAccepted:
    return OfferAccepted.model_validate(
        {
            "offer": 2, "kind": kind, "kejuruan": "las", "partner": "makassar",
            "agency": MAKASSAR, "for_agency": BLK,
            "items": [{"item": kind, "quantity": 1}], "visit": visit,
        }
    )  # fmt: skip


def test_an_accepted_instructors_days_are_booked_and_the_request_hears_of_it() -> None:
    visit = Visit(instructor="makassar.1", starts_on=date(2022, 7, 21), ends_on=date(2022, 8, 23))
    booked = BookVisit(support="s1", offer=2, starts_on=visit.starts_on, ends_on=visit.ends_on)
    found = list(book_visit(envelope("support/s1"), accepted("instructor", visit)))
    assert found == [Dispatch(instructor_stream("makassar.1"), booked)]
    assert list(book_visit(envelope("support/s1"), accepted("seats", None))) == []
    events = (
        VisitBooked(support="s1", offer=2, starts_on=visit.starts_on, ends_on=visit.ends_on),
        VisitRefused(support="s1", offer=2),
    )
    noted = [list(note_visit(envelope("instructor/makassar.1"), event)) for event in events]
    assert noted == [[Dispatch(support_stream("s1"), event)] for event in events]


def test_a_request_has_one_row_under_its_field() -> None:
    events: list[Event] = [
        SupportRequested(
            kind="seats", kejuruan="las", for_agency=BLK,
            items=(Item(item="seats", quantity=1),), expires=NOW, intake="i1",
        ),
        SupportOffered(
            offer=2, kind="seats", kejuruan="las", partner="makassar", agency=MAKASSAR,
            agreement="a1", items=(Item(item="seats", quantity=1),),
        ),
        accepted("seats", None),
    ]  # fmt: skip
    part = None
    statuses = []
    for event in events:
        assert isinstance(event, SUPPORT_BY_FIELD.on)
        assert list(SUPPORT_BY_FIELD.keys(envelope("support/s1"), event)) == ["las/s1"]
        part = SUPPORT_BY_FIELD.fold(part, envelope("support/s1"), event)
        assert part is not None
        statuses.append(part["status"])
    assert statuses == ["open", "open", "covered"]


def test_who_was_referred_stands_under_the_request_without_a_name() -> None:
    event = ApplicantReferred(
        intake="i1", kejuruan="las", kecamatan="64.01.04", person="person-1", education="smk",
        support="s1", offer=2, partner="makassar", rank=17,
    )  # fmt: skip
    assert list(REFERRED.keys(envelope("application/a1"), event)) == ["s1/a1"]
    part = REFERRED.fold(None, envelope("application/a1"), event)
    assert part is not None
    assert (part["partner"], part["rank"]) == ("makassar", 17)
