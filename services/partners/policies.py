"""What the network does on events: other agencies' needs, and its instructors' days."""

from collections.abc import Iterable

from services.partners.domain.instructor import BookVisit
from services.partners.domain.support.aggregate import NoteVisit, OpenSupport
from shared.events.equipment.proposal import ProposalApproved, ProposalRejected
from shared.events.partners.instructor import VisitBooked, VisitRefused
from shared.events.partners.support import OfferAccepted
from shared.events.registration.seats import IntakeOversubscribed
from shared.events.values import Item
from shared.eventsourcing.policies import Do, Reaction
from shared.signing.cloudevents import Envelope

OWN = "partners.events"
# How long partners have to offer what the ministry did not grant, or seats for those who wait.
OFFER_DAYS = 14


def request_support(envelope: Envelope, event: ProposalApproved | ProposalRejected) -> Iterable[Do]:
    """What a proposal was not granted, the partners of its field are asked for."""
    if event.missing:
        proposal = envelope.subject.partition("/")[2]
        yield Do(
            f"support/{proposal}",
            OpenSupport(
                kind="equipment",
                kejuruan=event.kejuruan,
                items=event.missing,
                proposal=proposal,
                for_agency=event.proposer,
                days=OFFER_DAYS,
            ),
        )


def request_seats(envelope: Envelope, event: IntakeOversubscribed) -> Iterable[Do]:
    """Other centres may have seats for those who wait."""
    intake = envelope.subject.partition("/")[2]
    yield Do(
        f"support/{intake}.seats",
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


def book_visit(envelope: Envelope, event: OfferAccepted) -> Iterable[Do]:
    if event.kind == "instructor" and event.visit is not None:
        yield Do(
            f"instructor/{event.visit.instructor}",
            BookVisit(
                support=envelope.subject.partition("/")[2],
                offer=event.offer,
                starts_on=event.visit.starts_on,
                ends_on=event.visit.ends_on,
            ),
        )


def note_visit(envelope: Envelope, event: VisitBooked | VisitRefused) -> Iterable[Do]:
    booked = isinstance(event, VisitBooked)
    yield Do(f"support/{event.support}", NoteVisit(offer=event.offer, booked=booked))


REACTIONS: tuple[Reaction, ...] = (
    Reaction(
        "request-support", "equipment.events", (ProposalApproved, ProposalRejected), request_support
    ),
    Reaction("request-seats", "registration.events", (IntakeOversubscribed,), request_seats),
    Reaction("book-visit", OWN, (OfferAccepted,), book_visit),
    Reaction("note-visit", OWN, (VisitBooked, VisitRefused), note_visit),
)
