"""Requests for support and the offers to them."""

from typing import Annotated

from starlette.responses import Response

from services.partners.application.offering import OfferForm, offer_of
from services.partners.domain.support.aggregate import DECIDER as SUPPORT
from services.partners.domain.support.aggregate import support_stream
from services.partners.domain.support.answer import AcceptOffer, DeclineOffer
from services.partners.domain.support.fulfilment import FulfilSupport
from services.partners.domain.support.offering import WithdrawOffer
from services.partners.domain.support.request import AskSupport, WithdrawSupport
from services.partners.domain.support.state import FirstDay, LastDay
from services.partners.projections import REFERRED, SUPPORT_BY_FIELD
from services.partners.routes.access import MEMBERS, OFFICERS
from services.partners.routes.answers import FieldQuery, ReferredRow, SupportRow
from shared.events.acts import ACCEPT_OFFER, OFFER_SUPPORT
from shared.events.base import Id, Positive
from shared.events.described import described
from shared.events.partners.values import OfferDays
from shared.events.values import Item, Items, Kejuruan, Prose, SupportKind
from shared.eventsourcing.decider import Command
from shared.eventsourcing.policies import AnyDispatch, Dispatch
from shared.eventsourcing.projections import rows_of
from shared.web.answers import JSON
from shared.web.authentication import STAFF
from shared.web.parsing import page_of
from shared.web.request_context import RequestContext
from shared.web.resources import Resources
from shared.web.responses import Page
from shared.web.router import Api

# Bodies that are the request's commands as they are.
Step = AcceptOffer | DeclineOffer | WithdrawOffer | FulfilSupport | WithdrawSupport


class SupportForm(Command):
    """The need: equipment by items; instructors, seats and curricula by quantity."""

    kind: SupportKind
    kejuruan: Kejuruan
    items: Annotated[
        Items, described(en="the equipment that is needed", id="peralatan yang dibutuhkan")
    ] = ()
    quantity: Annotated[
        Positive | None,
        described(
            en="the number of instructors, seats or curricula",
            id="jumlah instruktur, kursi atau kurikulum",
            unit="1",
            example=2,
        ),
    ] = None
    days: Annotated[
        OfferDays,
        described(en="the days for offers", id="lama masa penawaran", unit="d", example=14),
    ] = 14
    intake: Annotated[
        Id | None,
        described(
            en="the class that it is for",
            id="angkatan yang membutuhkannya",
            example="0197a3c2-5b1e-7d43-9f6a-2c8e4b7d1f05",
        ),
    ] = None
    starts_on: FirstDay | None = None
    ends_on: LastDay | None = None
    note: Annotated[
        Prose | None,
        described(
            en="a note to the partners", id="catatan untuk mitra", example="Untuk angkatan 2."
        ),
    ] = None


def routes(service: Resources, api: Api) -> None:
    async def ask_support(request: RequestContext, body: SupportForm) -> AnyDispatch:
        items = body.items
        if body.kind != "equipment" and body.quantity is not None and not items:
            items = (Item(item=body.kind, quantity=body.quantity),)
        command = AskSupport(
            kind=body.kind,
            kejuruan=body.kejuruan,
            items=items,
            for_agency=request.identity.agency,
            days=body.days,
            intake=body.intake,
            starts_on=body.starts_on,
            ends_on=body.ends_on,
            note=body.note,
        )
        return Dispatch(support_stream(str(request.request_id)), command)

    async def offer(request: RequestContext, body: OfferForm) -> AnyDispatch:
        return Dispatch(support_stream(request.path["id"]), await offer_of(request, body))

    async def on_support(request: RequestContext, body: Step) -> AnyDispatch:
        return Dispatch(support_stream(request.path["id"]), body)

    async def by_field(request: RequestContext) -> Response:
        """Return the requests of the field of the query, or of all, in the order of fields."""
        limit, after = page_of(request.query)
        kejuruan = request.query.get("kejuruan", "")
        prefix = f"{kejuruan}/" if kejuruan else ""
        found = await rows_of(service.store, SUPPORT_BY_FIELD, prefix, after, limit)
        # Written here, since only a row's nulls are told; other answers leave them out.
        body = Page[SupportRow].model_validate(found).model_dump_json(exclude_unset=True)
        return Response(body, media_type=JSON)

    async def referred(request: RequestContext) -> Page[ReferredRow]:
        """Return the applicants who were referred to the seats of a request."""
        limit, after = page_of(request.query)
        prefix = f"{request.path['id']}/"
        found = await rows_of(service.store, REFERRED, prefix, after, limit)
        return Page[ReferredRow].model_validate(found)

    one = "/v1/support/{id}"
    api.command(
        "POST", "/v1/support", SupportForm, OFFICERS, ask_support, "Ask the partners of a field",
        description="Ask the partners of a field for help, which they can offer for so many "
        "`days`: equipment by `items`; instructors, seats and curricula by `quantity`.",
        indonesian="Minta dukungan mitra suatu kejuruan, yang dapat ditawarkan selama `days` hari: "
        "peralatan menurut `items`; instruktur, kursi dan kurikulum menurut `quantity`.",
    )  # fmt: skip
    api.command(
        "POST", f"{one}/offers", OfferForm, MEMBERS, offer, "Offer to help", act=OFFER_SUPPORT,
        description="Offer all or part of what is still needed, under an agreement in force; an "
        "instructor with the days of the visit.",
        indonesian="Tawarkan semua atau sebagian yang masih dibutuhkan, berdasarkan perjanjian "
        "yang berlaku; instruktur beserta hari kunjungannya.",
    )  # fmt: skip
    api.command(
        "POST", f"{one}/acceptance", AcceptOffer, OFFICERS, on_support,
        "Accept an offer or a part", act=ACCEPT_OFFER,
        indonesian="Terima penawaran: seluruhnya, atau butir ini saja.",
    )  # fmt: skip
    api.command(
        "POST", f"{one}/refusal", DeclineOffer, OFFICERS, on_support, "Decline an offer",
        indonesian="Tolak penawaran yang masih terbuka.",
    )  # fmt: skip
    api.command(
        "POST", f"{one}/offer-withdrawal", WithdrawOffer, MEMBERS, on_support,
        "Take an offer back",
        indonesian="Tarik penawaran sendiri yang masih terbuka.",
    )  # fmt: skip
    api.command(
        "POST", f"{one}/fulfilment", FulfilSupport, MEMBERS, on_support, "Say that it was given",
        indonesian="Laporkan bahwa bagian penawaran yang diterima sudah diberikan; `evidence` "
        "adalah buktinya.",
    )  # fmt: skip
    api.command(
        "POST", f"{one}/withdrawal", WithdrawSupport, OFFICERS, on_support, "Need no more",
        indonesian="Tarik permintaan: yang dicakup penawaran yang diterima sudah cukup.",
    )  # fmt: skip
    api.states(SUPPORT, "/v1/support", STAFF)
    api.query(
        "/v1/support-by-field", STAFF, by_field, "Requests of a field", Page[SupportRow],
        parameters=FieldQuery,
        indonesian="Permintaan dukungan suatu kejuruan, atau semua, menurut kejuruan.",
    )  # fmt: skip
    api.query(
        f"{one}/referred", STAFF, referred, "Who was referred to lent seats", Page[ReferredRow],
        indonesian="Pendaftar yang dirujuk ke kursi pinjaman suatu permintaan.",
    )  # fmt: skip
