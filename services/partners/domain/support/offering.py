"""Offering: a partner offers to help, and may take an open offer back."""

from collections.abc import Sequence

from services.partners.domain.agreement import AgreementOutline, no_agreement
from services.partners.domain.partner import PartnerOutline
from services.partners.domain.support.state import (
    Support,
    refuse_closed,
    refuse_missing,
    refuse_more_than_needed,
    refuse_other_partner,
)
from shared.events.base import Text
from shared.events.partners.support import OfferWithdrawn, SupportOffered
from shared.events.partners.values import OfferNumber, Teacher, Visit
from shared.events.values import Document, Items, wita_day
from shared.eventsourcing.decider import Command, Context
from shared.eventsourcing.refusal import Refused, refuse_empty, refuse_repeated


class OfferSupport(Command):
    """Offer all or part of what is still needed; an instructor with the days of the visit.

    `teacher` is what is known of that instructor, `engaged` tells that one of the days is booked.
    """

    offering: PartnerOutline
    agreement: AgreementOutline
    items: Items
    visit: Visit | None = None
    teacher: Teacher | None = None
    engaged: bool = False
    curriculum: Document | None = None
    note: Text | None = None


class WithdrawOffer(Command):
    """Take one's own open offer back."""

    offer: OfferNumber


def offer(state: Support, command: OfferSupport, context: Context) -> Sequence[SupportOffered]:
    offering, agreement = command.offering, command.agreement
    refuse_closed(state, context)
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
    refuse_more_than_needed(state, command.items)
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


def withdraw_offer(
    state: Support, command: WithdrawOffer, context: Context
) -> Sequence[OfferWithdrawn]:
    refuse_missing(state)
    found = state.offer(command.offer, "open")
    refuse_other_partner(found, context)
    return [OfferWithdrawn(offer=found.number, kejuruan=state.kejuruan, partner=found.partner)]


def check_visit(kind: str, kejuruan: str, command: OfferSupport) -> None:
    """Raise Refused unless an instructor is offered with days on which they may and can come."""
    visit, teacher = command.visit, command.teacher
    if kind != "instructor":
        if visit is not None:
            raise Refused("no-visit", field="visit", status=422)
        return
    if visit is None or teacher is None:
        raise Refused("visit-missing", field="visit", status=422)
    if sum(item.quantity for item in command.items) != 1:
        raise Refused("one-instructor", field="items.0.quantity", status=422)
    if visit.instructor.rpartition(".")[0] != command.offering.partner:
        raise Refused("partner-instructor", field="visit.instructor", status=422)
    if visit.ends_on < visit.starts_on:
        raise Refused("dates:visit", field="visit.ends_on", status=422)
    if kejuruan not in teacher.fields:
        raise Refused("instructor-field:visit", field="visit.instructor", fields=teacher.fields)
    if command.engaged:
        raise Refused("double-booked:visit", field="visit")
    for certificate in (teacher.methodology, teacher.competency):
        if certificate.valid_until < visit.ends_on:
            raise Refused(
                "certificate-expires:visit",
                field="visit.instructor",
                valid_until=str(certificate.valid_until),
            )
