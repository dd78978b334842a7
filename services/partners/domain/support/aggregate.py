"""Support (dukungan): a centre in need asks the partners of a field; several may offer.

The request is open until accepted offers cover it, its time is over, or it is withdrawn; each
accepted offer is fulfilled by the partner that made it. Equipment is asked for item by item; of
instructors, seats and curricula there is one item, whose name is the kind and whose quantity is
the number that is needed.
"""

from collections.abc import Sequence
from typing import assert_never

from services.partners.domain.support.answer import AcceptOffer, DeclineOffer, accept, decline
from services.partners.domain.support.fulfilment import FulfilSupport, fulfil, note_visit
from services.partners.domain.support.offering import (
    OfferSupport,
    WithdrawOffer,
    offer,
    withdraw_offer,
)
from services.partners.domain.support.request import (
    AskSupport,
    OpenSupport,
    WithdrawSupport,
    ask,
    expire,
    open_support,
    withdraw,
)
from services.partners.domain.support.state import Support, SupportEvent, due, evolve
from shared.events.partners.instructor import VisitBooked, VisitRefused
from shared.eventsourcing.decider import Context, Decider, StreamRef, Timeout

SupportCommand = (
    AskSupport
    | OpenSupport
    | OfferSupport
    | AcceptOffer
    | DeclineOffer
    | WithdrawOffer
    | FulfilSupport
    | WithdrawSupport
    | VisitBooked
    | VisitRefused
    | Timeout
)


def decide(state: Support, command: SupportCommand, context: Context) -> Sequence[SupportEvent]:
    match command:
        case AskSupport():
            return ask(state, command, context)
        case OpenSupport():
            return open_support(state, command, context)
        case OfferSupport():
            return offer(state, command, context)
        case AcceptOffer():
            return accept(state, command, context)
        case DeclineOffer():
            return decline(state, command, context)
        case WithdrawOffer():
            return withdraw_offer(state, command, context)
        case FulfilSupport():
            return fulfil(state, command, context)
        case WithdrawSupport():
            return withdraw(state, command, context)
        case VisitBooked() | VisitRefused():
            return note_visit(state, command)
        case Timeout():
            return expire(state, command, context)
        case _:
            assert_never(command)


DECIDER = Decider(kind="support", initial=Support(), decide=decide, evolve=evolve, due=due)


def support_stream(id: str) -> StreamRef[Support, SupportCommand]:
    """Name the stream of one request for support."""
    return DECIDER.stream(id)
