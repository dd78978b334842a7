"""Policies of the partners service: the commands that follow from its own and others' events."""

from services.partners.domain.instructor import BookVisit, instructor_stream
from services.partners.domain.support.aggregate import support_stream
from services.partners.domain.support.request import OpenSupport
from shared.events.equipment.proposal import ProposalApproved, ProposalRejected
from shared.events.partners.instructor import VisitBooked, VisitRefused
from shared.events.partners.support import OfferAccepted
from shared.events.registration.seats import IntakeOversubscribed
from shared.events.values import Item
from shared.eventsourcing.policies import AnyPolicy, Dispatch, Dispatches, policy
from shared.signing.cloudevents import Envelope

# How long partners have to offer what the ministry did not grant, or seats for those who wait.
OFFER_DAYS = 14


@policy
def request_support(envelope: Envelope, event: ProposalApproved | ProposalRejected) -> Dispatches:
    """Ask the partners of the field for what a proposal was not granted."""
    if event.missing:
        proposal = envelope.subject.partition("/")[2]
        yield Dispatch(
            support_stream(proposal),
            OpenSupport(
                kind="equipment",
                kejuruan=event.kejuruan,
                items=event.missing,
                proposal=proposal,
                for_agency=event.proposer,
                days=OFFER_DAYS,
            ),
        )


@policy
def request_seats(envelope: Envelope, event: IntakeOversubscribed) -> Dispatches:
    """Ask the partners of the field for seats for those who wait."""
    intake = envelope.subject.partition("/")[2]
    yield Dispatch(
        support_stream(f"{intake}.seats"),
        OpenSupport(
            kind="seats",
            kejuruan=event.kejuruan,
            items=(Item(item="seats", quantity=event.waiting),),
            intake=intake,
            for_agency=envelope.source,
            starts_on=event.starts_on,
            ends_on=event.ends_on,
            days=OFFER_DAYS,
        ),
    )


@policy
def book_visit(envelope: Envelope, event: OfferAccepted) -> Dispatches:
    """Book the days of an instructor whose offer is accepted."""
    if event.kind == "instructor" and event.visit is not None:
        yield Dispatch(
            instructor_stream(event.visit.instructor),
            BookVisit(
                support=envelope.subject.partition("/")[2],
                offer=event.offer,
                starts_on=event.visit.starts_on,
                ends_on=event.visit.ends_on,
            ),
        )


@policy
def note_visit(envelope: Envelope, event: VisitBooked | VisitRefused) -> Dispatches:
    """Tell the request whether the instructor's days are booked."""
    yield Dispatch(support_stream(event.support), event)


POLICIES: tuple[AnyPolicy, ...] = (
    request_support,
    request_seats,
    book_visit,
    note_visit,
)
