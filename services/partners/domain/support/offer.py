"""Offer (penawaran): what a partner would give, under an agreement, and how far it has come."""

from collections.abc import Mapping, Sequence
from typing import Literal

from services.partners.domain.agreement import AgreementOutline
from services.partners.domain.partner import PartnerOutline
from shared.events.base import Code, Id, Positive, Text, Value
from shared.events.partners.values import Teacher, Visit
from shared.events.values import Agency, Document, Item, Items, first_beyond, tally
from shared.eventsourcing.decider import Command
from shared.eventsourcing.refusal import Refused, refuse_empty, refuse_repeated, refuse_unless

Status = Literal["open", "accepted", "secured", "declined", "withdrawn", "failed", "fulfilled"]
TAKEN: tuple[Status, ...] = ("accepted", "secured", "fulfilled")


class OfferSupport(Command):
    """Offer all or part of what is still needed; an instructor with the days of the visit."""

    offering: PartnerOutline
    agreement: AgreementOutline
    items: Items
    visit: Visit | None = None
    teacher: Teacher | None = None
    engaged: bool = False
    curriculum: Document | None = None
    note: Text | None = None


class Offer(Value):
    number: Positive
    partner: Code
    agency: Agency
    agreement: Id
    items: tuple[Item, ...]
    status: Status = "open"
    visit: Visit | None = None
    teacher: Teacher | None = None
    curriculum: Document | None = None

    def part(self, items: Sequence[Item] | None) -> tuple[Item, ...]:
        """These items of the offer, or all of it. Refused when it holds no such thing."""
        if items is None:
            return self.items
        refuse_empty(items, "items")
        refuse_repeated((item.item for item in items), "items")
        refuse_beyond(items, tally(self.items), "more-than-offered")
        return tuple(items)


def expect(found: Offer | None, number: int, status: Status) -> Offer:
    """The offer. Refused when there is none, or it has come less or more far than this."""
    if found is None:
        raise Refused("unknown-offer", field="offer", status=422, number=number)
    refuse_unless(found.status, (status,), "offer", field="offer", number=number)
    return found


def refuse_beyond(items: Sequence[Item], limit: Mapping[str, int], code: str) -> None:
    """Raise Refused, with this code, when there is more of an item than the limit."""
    beyond = first_beyond(items, limit)
    if beyond is not None:
        most = limit.get(items[beyond].item, 0)
        raise Refused(code, field=f"items.{beyond}.quantity", status=422, most=most)


def check_visit(kind: str, kejuruan: str, command: OfferSupport) -> None:
    """Refused unless an instructor is offered with days on which they may and can come."""
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
