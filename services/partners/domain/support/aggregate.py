"""Support (dukungan): a centre in need asks the partners of a field; several may offer.

The request is open until accepted offers cover it, its time is over, or it is withdrawn; each
accepted offer is fulfilled by the partner that made it. Of instructors, seats and curricula one
item says how many: the kind itself.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal

from services.partners.domain.agreement import no_agreement
from services.partners.domain.support.offer import (
    TAKEN,
    Offer,
    OfferSupport,
    Status,
    check_visit,
    expect,
    refuse_beyond,
)
from shared.events.base import Event, Id, Positive
from shared.events.partners.support import (
    OfferAccepted,
    OfferDeclined,
    OfferFailed,
    OfferSecured,
    OfferWithdrawn,
    SupportExpired,
    SupportFulfilled,
    SupportOffered,
    SupportRequested,
    SupportWithdrawn,
)
from shared.events.partners.values import OfferDays
from shared.events.values import (
    Agency,
    Day,
    Document,
    Flag,
    Item,
    Items,
    Kejuruan,
    Prose,
    SupportKind,
    end_of_day,
    lacking,
    tally,
    wita_day,
)
from shared.eventsourcing.decider import Command, Context, Decider, State, StreamRef, Timeout
from shared.eventsourcing.refusal import Refused, refuse_empty, refuse_repeated, unexpected


class OpenSupport(Command):
    """Ask the partners of a field for help."""

    kind: SupportKind
    kejuruan: Kejuruan
    items: Items
    for_agency: Agency
    days: OfferDays
    proposal: Id | None = None
    intake: Id | None = None
    starts_on: Day | None = None
    ends_on: Day | None = None
    note: Prose | None = None


class AskSupport(OpenSupport):
    """The same, by hand: refused where it makes no sense."""


class AcceptOffer(Command):
    """Accept an offer: all of it, or these items of it."""

    offer: Positive
    items: Items | None = None


class DeclineOffer(Command):
    """Decline an offer."""

    offer: Positive


class WithdrawOffer(Command):
    """Take one's own open offer back."""

    offer: Positive


class FulfilSupport(Command):
    """Say that what was accepted has been given, and what shows it."""

    offer: Positive
    evidence: Document


class WithdrawSupport(Command):
    """Need no more than what accepted offers cover."""

    reason: Prose


class NoteVisit(Command):
    """The offered instructor's days are booked, or are not to be had."""

    offer: Positive
    booked: Flag


class Support(State):
    status: Literal["open", "covered", "fulfilled", "expired", "withdrawn"] | None = None
    kind: SupportKind = "equipment"
    kejuruan: str = ""
    items: tuple[Item, ...] = ()
    proposal: str | None = None
    intake: str | None = None
    for_agency: str = ""
    starts_on: Day | None = None
    ends_on: Day | None = None
    note: str | None = None
    expires: datetime | None = None
    offers: dict[str, Offer] = {}

    def still_needed(self) -> tuple[Item, ...]:
        """What no accepted offer covers."""
        taken = (offer.items for offer in self.offers.values() if offer.status in TAKEN)
        return lacking(self.items, tally(item for items in taken for item in items))


def decide(state: Support, command: Command, context: Context) -> Sequence[Event]:
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
        case NoteVisit():
            return note_visit(state, command)
        case Timeout():
            return time_out(state, command, context)
        case _:
            raise unexpected(command)


def ask(state: Support, command: AskSupport, context: Context) -> Sequence[Event]:
    refuse_empty(command.items, "items")
    refuse_repeated((item.item for item in command.items), "items")
    one = [item.item for item in command.items] == [command.kind]
    if command.kind != "equipment" and not one:
        raise Refused("kind-item", field="items", status=422, kind=command.kind)
    if command.starts_on and command.ends_on and command.ends_on < command.starts_on:
        raise Refused("dates:support", field="ends_on", status=422)
    return open_support(state, command, context)


def open_support(state: Support, command: OpenSupport, context: Context) -> Sequence[Event]:
    if state.status is not None:
        return []
    given = {name: value for name, value in command if name != "days"}
    expires = end_of_day(wita_day(context.now) + timedelta(days=command.days))
    return [SupportRequested(expires=expires, **given)]


def offer(state: Support, command: OfferSupport, context: Context) -> Sequence[Event]:
    offering, agreement = command.offering, command.agreement
    _still_open(state, context)
    if context.agency != offering.agency:
        raise Refused("not-yours:offering", status=403)
    if not agreement.covers(
        partner=offering.partner,
        centre=state.for_agency,
        kind=state.kind,
        field=state.kejuruan,
        day=wita_day(context.now),
    ):
        raise no_agreement()
    if state.kejuruan not in offering.fields:
        raise Refused(
            "partner-field:offer", field="partner", kejuruan=state.kejuruan, fields=offering.fields
        )
    if any(o.partner == offering.partner and o.status == "open" for o in state.offers.values()):
        raise Refused("already-offered")
    refuse_empty(command.items, "items")
    refuse_repeated((item.item for item in command.items), "items")
    _no_more_than_needed(state, command.items)
    check_visit(state.kind, state.kejuruan, command)
    return [
        SupportOffered(
            offer=len(state.offers) + 1,
            kind=state.kind,
            kejuruan=state.kejuruan,
            partner=offering.partner,
            agency=offering.agency,
            agreement=agreement.agreement,
            items=command.items,
            visit=command.visit,
            teacher=command.teacher,
            curriculum=command.curriculum,
            note=command.note,
        )
    ]


def _no_more_than_needed(state: Support, items: Sequence[Item]) -> None:
    refuse_beyond(items, tally(state.still_needed()), "more-than-needed")


def accept(state: Support, command: AcceptOffer, context: Context) -> Sequence[Event]:
    _still_open(state, context)
    if context.agency != state.for_agency:
        raise Refused("not-yours:centre", status=403)
    found = _offer(state, command.offer, "open")
    items = found.part(command.items)
    _no_more_than_needed(state, items)
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


def decline(state: Support, command: DeclineOffer, context: Context) -> Sequence[Event]:
    _exists(state)
    if context.agency != state.for_agency:
        raise Refused("not-yours:centre", status=403)
    found = _offer(state, command.offer, "open")
    return [OfferDeclined(offer=found.number, kejuruan=state.kejuruan, partner=found.partner)]


def withdraw_offer(state: Support, command: WithdrawOffer, context: Context) -> Sequence[Event]:
    _exists(state)
    found = _offer(state, command.offer, "open")
    if context.agency != found.agency:
        raise Refused("not-yours:offered", status=403)
    return [OfferWithdrawn(offer=found.number, kejuruan=state.kejuruan, partner=found.partner)]


def fulfil(state: Support, command: FulfilSupport, context: Context) -> Sequence[Event]:
    _exists(state)
    ready: Status = "secured" if state.kind == "instructor" else "accepted"
    found = _offer(state, command.offer, ready)
    if context.agency != found.agency:
        raise Refused("not-yours:offered", status=403)
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
    return [given, *(_declined(state) if last else ())]


def withdraw(state: Support, command: WithdrawSupport, context: Context) -> Sequence[Event]:
    _still_open(state, context)
    if context.agency != state.for_agency:
        raise Refused("not-yours:centre", status=403)
    return [
        SupportWithdrawn(
            kind=state.kind,
            kejuruan=state.kejuruan,
            for_agency=state.for_agency,
            reason=command.reason,
        ),
        *_declined(state),
    ]


def _declined(state: Support) -> Sequence[Event]:
    """What is still offered to a request that is over will not be taken up."""
    return [
        OfferDeclined(offer=offer.number, kejuruan=state.kejuruan, partner=offer.partner)
        for offer in state.offers.values()
        if offer.status == "open"
    ]


def note_visit(state: Support, command: NoteVisit) -> Sequence[Event]:
    found = state.offers.get(str(command.offer))
    if found is None or found.status != "accepted":
        return []
    noted = OfferSecured if command.booked else OfferFailed
    return [noted(offer=found.number, kejuruan=state.kejuruan, partner=found.partner)]


def time_out(state: Support, command: Timeout, context: Context) -> Sequence[Event]:
    if due(state) != command.due or context.now < command.due:
        return []
    return [
        SupportExpired(
            kind=state.kind,
            kejuruan=state.kejuruan,
            for_agency=state.for_agency,
            proposal=state.proposal,
            intake=state.intake,
            missing=state.still_needed(),
        ),
        *_declined(state),
    ]


def due(state: Support) -> datetime | None:
    """The end of the time for offers, while something is still needed."""
    return state.expires if state.status == "open" else None


def _exists(state: Support) -> None:
    if state.status is None:
        raise Refused("not-found:support", status=404)


def _still_open(state: Support, context: Context) -> None:
    _exists(state)
    over = state.expires is not None and context.now >= state.expires
    status = "expired" if over and state.status == "open" else state.status
    if status is not None and status != "open":
        raise Refused("request-closed", why=status)


def _offer(state: Support, number: int, status: Status) -> Offer:
    return expect(state.offers.get(str(number)), number, status)


def evolve(state: Support, event: Event) -> Support:
    match event:
        case SupportRequested():
            return Support(status="open", **dict(event))
        case SupportOffered():
            given = {name: value for name, value in event if name in Offer.model_fields}
            offered = Offer(number=event.offer, **given)
            return state.model_copy(update={"offers": {**state.offers, str(event.offer): offered}})
        case OfferAccepted():
            accepted = _with_offer(state, event.offer, status="accepted", items=event.items)
            covered = state.status == "open" and not accepted.still_needed()
            return accepted.model_copy(update={"status": "covered"}) if covered else accepted
        case OfferDeclined():
            return _with_offer(state, event.offer, status="declined")
        case OfferWithdrawn():
            return _with_offer(state, event.offer, status="withdrawn")
        case OfferSecured():
            return _with_offer(state, event.offer, status="secured")
        case OfferFailed():
            failed = _with_offer(state, event.offer, status="failed")
            again = state.status == "covered" and bool(failed.still_needed())
            return failed.model_copy(update={"status": "open"}) if again else failed
        case SupportFulfilled():
            fulfilled = _with_offer(state, event.offer, status="fulfilled")
            pending = any(o.status in ("accepted", "secured") for o in fulfilled.offers.values())
            if state.status == "covered" and not pending:
                return fulfilled.model_copy(update={"status": "fulfilled"})
            return fulfilled
        case SupportWithdrawn():
            return state.model_copy(update={"status": "withdrawn"})
        case SupportExpired():
            return state.model_copy(update={"status": "expired"})
        case _:
            return state


def _with_offer(state: Support, number: int, **changes: object) -> Support:
    changed = state.offers[str(number)].model_copy(update=changes)
    return state.model_copy(update={"offers": {**state.offers, str(number): changed}})


DECIDER = Decider(kind="support", initial=Support(), decide=decide, evolve=evolve, due=due)


def support_stream(id: str) -> StreamRef[Support, Command]:
    """Name the stream of one support."""
    return DECIDER.stream(id)
