"""Answering: the centre that asked accepts or declines an offer."""

from collections.abc import Sequence
from typing import Annotated

from services.partners.domain.support.state import (
    Support,
    refuse_closed,
    refuse_missing,
    refuse_more_than_needed,
    refuse_other_centre,
)
from shared.events.described import described
from shared.events.partners.support import OfferAccepted, OfferDeclined
from shared.events.partners.values import OfferNumber
from shared.events.values import Items
from shared.eventsourcing.decider import Command, Context


class AcceptOffer(Command):
    """Accept an offer: all of it, or these items of it."""

    offer: OfferNumber
    items: Annotated[
        Items | None,
        described(
            en="the part that is accepted; all of it unless given",
            id="bagian yang diterima; semuanya bila kosong",
        ),
    ] = None


class DeclineOffer(Command):
    """Decline an open offer."""

    offer: OfferNumber


def accept(state: Support, command: AcceptOffer, context: Context) -> Sequence[OfferAccepted]:
    refuse_closed(state, context)
    refuse_other_centre(state, context)
    found = state.offer(command.offer, "open")
    items = found.part(command.items)
    refuse_more_than_needed(state, items)
    return [
        OfferAccepted(
            offer=found.number,
            kind=state.kind,
            kejuruan=state.kejuruan,
            partner=found.partner,
            agency=found.agency,
            for_agency=state.for_agency,
            items=items,
            intake=state.intake,
            visit=found.visit,
        )
    ]


def decline(state: Support, command: DeclineOffer, context: Context) -> Sequence[OfferDeclined]:
    refuse_missing(state)
    refuse_other_centre(state, context)
    found = state.offer(command.offer, "open")
    return [OfferDeclined(offer=found.number, kejuruan=state.kejuruan, partner=found.partner)]


def decline_open(state: Support) -> Sequence[OfferDeclined]:
    """Decline what is still offered to a request that is over."""
    return [
        OfferDeclined(offer=offer.number, kejuruan=state.kejuruan, partner=offer.partner)
        for offer in state.offers.values()
        if offer.status == "open"
    ]
