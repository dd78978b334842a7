"""Fulfilment: the days of an instructor are booked, and the partner gives what was accepted."""

from collections.abc import Sequence
from typing import Annotated, assert_never

from services.partners.domain.support.answer import decline_open
from services.partners.domain.support.offer import Status
from services.partners.domain.support.state import (
    Support,
    evolve,
    refuse_missing,
    refuse_other_partner,
)
from shared.events.described import described
from shared.events.partners.instructor import VisitBooked, VisitRefused
from shared.events.partners.support import (
    OfferDeclined,
    OfferFailed,
    OfferSecured,
    SupportFulfilled,
)
from shared.events.partners.values import OfferNumber
from shared.events.values import Document
from shared.eventsourcing.decider import Command, Context


class FulfilSupport(Command):
    """Report that the accepted part of an offer has been given; `evidence` shows it."""

    offer: OfferNumber
    evidence: Annotated[Document, described(en="the paper that shows it", id="bukti penyerahannya")]


def fulfil(
    state: Support, command: FulfilSupport, context: Context
) -> Sequence[SupportFulfilled | OfferDeclined]:
    refuse_missing(state)
    ready: Status = "secured" if state.kind == "instructor" else "accepted"
    found = state.offer(command.offer, ready)
    refuse_other_partner(found, context)
    given = SupportFulfilled(
        offer=found.number,
        kind=state.kind,
        kejuruan=state.kejuruan,
        partner=found.partner,
        for_agency=state.for_agency,
        items=found.items,
        evidence=command.evidence,
        proposal=state.proposal,
        intake=state.intake,
        visit=found.visit,
        teacher=found.teacher,
        curriculum=found.curriculum,
    )
    last = evolve(state, given).status == "fulfilled"
    return [given, *(decline_open(state) if last else ())]


def note_visit(
    state: Support, event: VisitBooked | VisitRefused
) -> Sequence[OfferSecured | OfferFailed]:
    """Secure the accepted offer of an instructor, or let it fail, by what the instructor's own
    calendar says of the days."""
    found = state.offers.get(str(event.offer))
    if found is None or found.status != "accepted":
        return []
    match event:
        case VisitBooked():
            return [
                OfferSecured(offer=found.number, kejuruan=state.kejuruan, partner=found.partner)
            ]
        case VisitRefused():
            return [OfferFailed(offer=found.number, kejuruan=state.kejuruan, partner=found.partner)]
        case _:
            assert_never(event)
