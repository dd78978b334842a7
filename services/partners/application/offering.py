"""Offering: an offer keeps what it rests on of the partner, the agreement and the instructor."""

from typing import Annotated

from services.partners.domain.agreement import agreement_stream
from services.partners.domain.instructor import instructor_stream
from services.partners.domain.partner import partner_stream
from services.partners.domain.support.offering import OfferSupport
from shared.events.base import Id, Text
from shared.events.described import described
from shared.events.partners.values import PartnerCode, Visit
from shared.events.values import Document, Items
from shared.eventsourcing.decider import Command
from shared.web.request_context import RequestContext


class OfferForm(Command):
    """The items that a partner offers under an agreement; `partner` is its code."""

    partner: PartnerCode
    agreement: Annotated[
        Id, described(en="the agreement it is made under", id="perjanjian yang mendasarinya")
    ]
    items: Annotated[Items, described(en="the items offered", id="butir yang ditawarkan")]
    visit: Annotated[
        Visit | None,
        described(
            en="the instructor and the days of the visit", id="instruktur dan tanggal kunjungannya"
        ),
    ] = None
    curriculum: Annotated[Document | None, described(en="the curriculum", id="kurikulum")] = None
    note: Annotated[
        Text | None,
        described(
            en="a note to the centre", id="catatan untuk BLK", example="Siap kirim bulan depan."
        ),
    ] = None


async def offer_of(request: RequestContext, form: OfferForm) -> OfferSupport:
    """Return the command that makes this offer.

    Raises Refused for a partner or an instructor that there is not, and for an agreement that is
    not in force.
    """
    partner = await request.snapshot(partner_stream(form.partner))
    agreement = await request.snapshot(agreement_stream(form.agreement))
    teacher, engaged = None, False
    if form.visit is not None:
        instructor = await request.snapshot(instructor_stream(form.visit.instructor))
        teacher = instructor.teacher()
        engaged = instructor.engaged(starts_on=form.visit.starts_on, ends_on=form.visit.ends_on)
    return OfferSupport(
        offering=partner.outline(form.partner),
        agreement=agreement.outline(form.agreement),
        items=form.items,
        visit=form.visit,
        teacher=teacher,
        engaged=engaged,
        curriculum=form.curriculum,
        note=form.note,
    )
