"""Support (dukungan): a centre in need asks the partners of a field; several may offer.

The request is open until accepted offers cover it or its time is over; each accepted offer is
fulfilled by the partner that made it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from shared.events.base import Code, Event, Id, Positive, Text, Value
from shared.events.partners import (
    OfferAccepted,
    OfferDays,
    OfferDeclined,
    SupportExpired,
    SupportFulfilled,
    SupportOffered,
    SupportRequested,
)
from shared.events.values import (
    Agency,
    Item,
    Items,
    Kejuruan,
    SupportKind,
    end_of_day,
    first_beyond,
    lacking,
    tally,
    wita_day,
)
from shared.stream import (
    Command,
    Context,
    Decider,
    Refused,
    State,
    Timeout,
    refuse_empty,
    refuse_repeated,
    unexpected,
)

from .partner import PartnerOutline


class OpenSupport(Command):
    """Ask the partners of a field for what a proposal was not granted."""

    kind: SupportKind
    kejuruan: Kejuruan
    items: Items
    proposal: Id
    for_agency: Agency
    days: OfferDays


class OfferSupport(Command):
    """Offer to help, with all or part of what is still needed."""

    offering: PartnerOutline
    items: Items
    note: Text | None = None


class AcceptOffer(Command):
    """Accept an offer."""

    offer: Positive


class DeclineOffer(Command):
    """Decline an offer."""

    offer: Positive


class FulfilSupport(Command):
    """Say that what was offered and accepted has been given."""

    offer: Positive


class Offer(Value):
    number: Positive
    partner: Code
    agency: Agency
    items: tuple[Item, ...]
    status: Literal["open", "accepted", "declined", "fulfilled"] = "open"


class Support(State):
    status: Literal["open", "covered", "fulfilled", "expired"] | None = None
    kind: SupportKind = "equipment"
    kejuruan: str = ""
    items: tuple[Item, ...] = ()
    proposal: str = ""
    for_agency: str = ""
    expires: datetime | None = None
    offers: tuple[Offer, ...] = ()

    def still_needed(self) -> tuple[Item, ...]:
        """What no accepted offer covers."""
        taken = (o.items for o in self.offers if o.status in ("accepted", "fulfilled"))
        return lacking(self.items, tally(item for items in taken for item in items))


def decide(state: Support, command: Command, context: Context) -> Sequence[Event]:
    match command:
        case OpenSupport():
            return open_support(state, command, context)
        case OfferSupport():
            return offer(state, command, context)
        case AcceptOffer():
            return accept(state, command, context)
        case DeclineOffer():
            return decline(state, command, context)
        case FulfilSupport():
            return fulfil(state, command, context)
        case Timeout():
            return time_out(state, command, context)
        case _:
            raise unexpected(command)


def open_support(state: Support, command: OpenSupport, context: Context) -> Sequence[Event]:
    if state.status is not None:
        return []
    return [
        SupportRequested(
            kind=command.kind,
            kejuruan=command.kejuruan,
            for_agency=command.for_agency,
            proposal=command.proposal,
            items=command.items,
            expires=end_of_day(wita_day(context.now) + timedelta(days=command.days)),
        )
    ]


def offer(state: Support, command: OfferSupport, context: Context) -> Sequence[Event]:
    offering = command.offering
    _still_open(state, context)
    if context.agency != offering.agency:
        raise _not_yours("partner that offers", "mitra yang menawarkan")
    if state.kejuruan not in offering.fields:
        raise Refused(
            "partner-field",
            f"This partner does not serve {state.kejuruan}, but {', '.join(offering.fields)}.",
            f"Mitra ini tidak melayani {state.kejuruan}, melainkan {', '.join(offering.fields)}.",
            field="partner",
        )
    if any(o.partner == offering.partner and o.status == "open" for o in state.offers):
        raise Refused(
            "already-offered",
            "This partner already has an open offer here. Wait for the answer to it.",
            "Mitra ini masih memiliki penawaran terbuka. Tunggu jawabannya.",
        )
    refuse_empty(command.items, "items")
    refuse_repeated((item.item for item in command.items), "items")
    needed = tally(state.still_needed())
    beyond = first_beyond(command.items, needed)
    if beyond is not None:
        most = needed.get(command.items[beyond].item, 0)
        raise Refused(
            "more-than-needed",
            f"Only {most} of this item are still needed. Offer no more than that.",
            f"Hanya {most} dari peralatan ini yang masih dibutuhkan. Jangan menawarkan lebih.",
            field=f"items.{beyond}.quantity",
            status=422,
        )
    return [
        SupportOffered(
            offer=len(state.offers) + 1,
            kejuruan=state.kejuruan,
            partner=offering.partner,
            agency=offering.agency,
            items=command.items,
            note=command.note,
        )
    ]


def accept(state: Support, command: AcceptOffer, context: Context) -> Sequence[Event]:
    _still_open(state, context)
    if context.agency != state.for_agency:
        raise _not_yours("centre that asked", "balai yang meminta")
    found = _offer(state, command.offer, "open")
    if first_beyond(found.items, tally(state.still_needed())) is not None:
        raise Refused(
            "more-than-needed",
            "Other accepted offers cover part of this one. Decline it and ask for a smaller one.",
            "Penawaran lain yang diterima sudah mencakup sebagian. Tolak penawaran ini dan minta "
            "penawaran yang lebih kecil.",
        )
    return [
        OfferAccepted(
            offer=found.number,
            kejuruan=state.kejuruan,
            partner=found.partner,
            items=found.items,
        )
    ]


def decline(state: Support, command: DeclineOffer, context: Context) -> Sequence[Event]:
    _exists(state)
    if context.agency != state.for_agency:
        raise _not_yours("centre that asked", "balai yang meminta")
    found = _offer(state, command.offer, "open")
    return [OfferDeclined(offer=found.number, kejuruan=state.kejuruan, partner=found.partner)]


def fulfil(state: Support, command: FulfilSupport, context: Context) -> Sequence[Event]:
    _exists(state)
    found = _offer(state, command.offer, "accepted")
    if context.agency != found.agency:
        raise _not_yours("partner that offered", "mitra yang menawarkan")
    return [
        SupportFulfilled(
            offer=found.number,
            kind=state.kind,
            kejuruan=state.kejuruan,
            partner=found.partner,
            for_agency=state.for_agency,
            proposal=state.proposal,
            items=found.items,
        )
    ]


def time_out(state: Support, command: Timeout, context: Context) -> Sequence[Event]:
    if due(state) != command.due or context.now < command.due:
        return []
    return [
        SupportExpired(
            kind=state.kind,
            kejuruan=state.kejuruan,
            for_agency=state.for_agency,
            proposal=state.proposal,
            missing=state.still_needed(),
        )
    ]


def due(state: Support) -> datetime | None:
    """The end of the time for offers, while something is still needed."""
    return state.expires if state.status == "open" else None


def _exists(state: Support) -> None:
    if state.status is None:
        raise Refused(
            "not-found",
            "There is no such request for support.",
            "Permintaan dukungan ini tidak ada.",
            status=404,
        )


_CLOSED = {
    "covered": ("accepted offers cover it", "penawaran yang diterima sudah mencukupi"),
    "fulfilled": ("it is fulfilled", "sudah dipenuhi"),
    "expired": ("its time is over", "waktunya sudah habis"),
}


def _still_open(state: Support, context: Context) -> None:
    _exists(state)
    over = state.expires is not None and context.now >= state.expires
    status = "expired" if over and state.status == "open" else state.status
    if status in _CLOSED:
        en, id_ = _CLOSED[status]
        raise Refused(
            "request-closed",
            f"This request for support is closed: {en}.",
            f"Permintaan dukungan ini sudah ditutup: {id_}.",
        )


_WORDS = {
    "open": ("open", "terbuka"),
    "accepted": ("accepted", "diterima"),
    "declined": ("declined", "ditolak"),
    "fulfilled": ("fulfilled", "dipenuhi"),
}


def _offer(state: Support, number: int, status: Literal["open", "accepted"]) -> Offer:
    found = next((o for o in state.offers if o.number == number), None)
    if found is None:
        raise Refused(
            "unknown-offer",
            f"There is no offer {number}.",
            f"Penawaran {number} tidak ada.",
            field="offer",
            status=422,
        )
    if found.status != status:
        (is_en, is_id), (must_en, must_id) = _WORDS[found.status], _WORDS[status]
        raise Refused(
            "illegal-step",
            f"Offer {number} is {is_en}; for this step it must be {must_en}.",
            f"Penawaran {number} {is_id}; untuk langkah ini harus {must_id}.",
            field="offer",
        )
    return found


def _not_yours(en: str, id_: str) -> Refused:
    return Refused(
        "not-yours", f"Only the {en} can do this.", f"Hanya {id_} yang dapat melakukan ini.",
        status=403,
    )  # fmt: skip


def evolve(state: Support, event: Event) -> Support:
    match event:
        case SupportRequested():
            return Support(
                status="open",
                kind=event.kind,
                kejuruan=event.kejuruan,
                items=event.items,
                proposal=event.proposal,
                for_agency=event.for_agency,
                expires=event.expires,
            )
        case SupportOffered():
            offered = Offer(
                number=event.offer, partner=event.partner, agency=event.agency, items=event.items
            )
            return state.model_copy(update={"offers": (*state.offers, offered)})
        case OfferAccepted():
            accepted = _with_offer(state, event.offer, "accepted")
            covered = state.status == "open" and not accepted.still_needed()
            return accepted.model_copy(update={"status": "covered"}) if covered else accepted
        case OfferDeclined():
            return _with_offer(state, event.offer, "declined")
        case SupportFulfilled():
            fulfilled = _with_offer(state, event.offer, "fulfilled")
            pending = any(o.status == "accepted" for o in fulfilled.offers)
            if state.status == "covered" and not pending:
                return fulfilled.model_copy(update={"status": "fulfilled"})
            return fulfilled
        case SupportExpired():
            return state.model_copy(update={"status": "expired"})
        case _:
            return state


def _with_offer(
    state: Support, number: int, status: Literal["accepted", "declined", "fulfilled"]
) -> Support:
    offers = tuple(
        o.model_copy(update={"status": status}) if o.number == number else o for o in state.offers
    )
    return state.model_copy(update={"offers": offers})


DECIDER = Decider(kind="support", initial=Support(), decide=decide, evolve=evolve, due=due)
