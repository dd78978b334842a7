"""State of a request for support, folded from its events."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal, assert_never

from services.partners.domain.support.offer import (
    OFFER_EXAMPLE,
    TAKEN,
    Offer,
    Status,
    expect,
    refuse_beyond,
)
from shared.events.described import described
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
from shared.events.values import Day, Item, SupportKind, lacking, tally
from shared.eventsourcing.decider import Context, State, replaced
from shared.eventsourcing.refusal import Refused

SupportEvent = (
    SupportRequested
    | SupportOffered
    | OfferAccepted
    | OfferDeclined
    | OfferWithdrawn
    | OfferSecured
    | OfferFailed
    | SupportFulfilled
    | SupportWithdrawn
    | SupportExpired
)


FirstDay = Annotated[
    Day,
    described(en="the first day of the need", id="hari pertama kebutuhan", example="2026-08-01"),
]
LastDay = Annotated[
    Day,
    described(en="the last day of the need", id="hari terakhir kebutuhan", example="2026-08-31"),
]


class Support(State):
    """A request as it stands; `offers` are all that were made, by their numbers.

    It is "covered" when accepted offers hold all that is needed, "fulfilled" when they are given.
    """

    status: Annotated[
        Literal["open", "covered", "fulfilled", "expired", "withdrawn"] | None,
        described(en="the status of the request", id="status permintaan", example="open"),
    ] = None
    kind: Annotated[
        SupportKind, described(en="the kind of support", id="jenis dukungan", example="equipment")
    ] = "equipment"
    kejuruan: Annotated[
        str, described(en="the vocational field (kejuruan)", id="kejuruan", example="las")
    ] = ""
    items: Annotated[
        tuple[Item, ...],
        described(
            en="the items asked for; of other kinds than equipment, one item named as the kind",
            id="butir yang diminta; selain peralatan, satu butir bernama jenisnya",
        ),
    ] = ()
    proposal: Annotated[
        str | None,
        described(
            en="the proposal that was not granted in full",
            id="usulan yang tidak disetujui seluruhnya",
            example="0197a3c2-5b1e-7d43-9f6a-2c8e4b7d1f05",
        ),
    ] = None
    intake: Annotated[
        str | None,
        described(
            en="the class that it is for",
            id="angkatan yang membutuhkannya",
            example="0197a3c2-5b1e-7d43-9f6a-2c8e4b7d1f05",
        ),
    ] = None
    for_agency: Annotated[
        str,
        described(
            en="the agency that asks", id="instansi yang meminta", example="urn:sinergi:blk-paser"
        ),
    ] = ""
    starts_on: FirstDay | None = None
    ends_on: LastDay | None = None
    note: Annotated[
        str | None,
        described(
            en="a note to the partners", id="catatan untuk mitra", example="Untuk angkatan 2."
        ),
    ] = None
    expires: Annotated[
        datetime | None,
        described(
            en="until when partners can offer, UTC",
            id="batas waktu penawaran, UTC",
            example="2026-08-20T16:00:00Z",
        ),
    ] = None
    offers: Annotated[
        dict[str, Offer],
        described(
            en="all offers, by their numbers",
            id="semua penawaran, menurut nomornya",
            example={"1": OFFER_EXAMPLE},
        ),
    ] = {}

    def still_needed(self) -> tuple[Item, ...]:
        """Return the items that no accepted offer covers."""
        taken = (offer.items for offer in self.offers.values() if offer.status in TAKEN)
        return lacking(self.items, tally(item for items in taken for item in items))

    def offer(self, number: int, status: Status) -> Offer:
        """Return the offer of this number. Raises Refused unless it has this status."""
        return expect(self.offers.get(str(number)), number, status)


def refuse_missing(state: Support) -> None:
    """Raise Refused unless there is a request."""
    if state.status is None:
        raise Refused("not-found:support", status=404)


def refuse_closed(state: Support, context: Context) -> None:
    """Raise Refused unless offers may still be made and accepted.

    The end of its time counts, even when the event that tells it has not been recorded yet.
    """
    refuse_missing(state)
    over = state.expires is not None and context.now >= state.expires
    status = "expired" if over and state.status == "open" else state.status
    if status is not None and status != "open":
        raise Refused("request-closed", why=status)


def refuse_other_centre(state: Support, context: Context) -> None:
    """Raise Refused unless the agency is the one that asked."""
    if context.agency != state.for_agency:
        raise Refused("not-yours:centre", status=403)


def refuse_other_partner(offer: Offer, context: Context) -> None:
    """Raise Refused unless the agency is the one that made the offer."""
    if context.agency != offer.agency:
        raise Refused("not-yours:offered", status=403)


def refuse_more_than_needed(state: Support, items: Sequence[Item]) -> None:
    """Raise Refused when there is more of an item than is still needed."""
    refuse_beyond(items, tally(state.still_needed()), "more-than-needed")


def due(state: Support) -> datetime | None:
    """Return the end of the time for offers; None unless something is still needed."""
    return state.expires if state.status == "open" else None


def evolve(state: Support, event: SupportEvent) -> Support:
    match event:
        case SupportRequested():
            return Support(status="open", **dict(event))
        case _ if state.status is None:
            return state
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
            assert_never(event)


def _with_offer(state: Support, number: int, **changes: object) -> Support:
    return state.model_copy(update={"offers": replaced(state.offers, str(number), **changes)})
