"""Offer (penawaran): the items that a partner would give under an agreement, and its status."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from shared.events.base import Id, Positive, Value
from shared.events.described import described
from shared.events.partners.values import PartnerCode, Teacher, Visit
from shared.events.values import Agency, Document, Item, first_beyond, tally
from shared.eventsourcing.refusal import Refused, refuse_empty, refuse_repeated, refuse_unless

Status = Literal["open", "accepted", "secured", "declined", "withdrawn", "failed", "fulfilled"]
# The statuses of offers that cover a part of what is needed.
TAKEN: tuple[Status, ...] = ("accepted", "secured", "fulfilled")
# A map has no example of its own: this is the one of its values, for the OpenAPI document.
OFFER_EXAMPLE: Mapping[str, object] = {
    "number": 1,
    "partner": "makassar",
    "agency": "urn:sinergi:bpvp-makassar",
    "agreement": "0197a3c2-5b1e-7d43-9f6a-2c8e4b7d1f05",
    "items": [{"item": "mesin-las-smaw", "quantity": 4}],
    "status": "accepted",
}


class Offer(Value):
    """An offer to one request, counted from 1; `agency` is the one that the partner acts for."""

    number: Annotated[
        Positive,
        described(
            en="its number in the request, from 1",
            id="nomornya pada permintaan, mulai dari 1",
            unit="1",
            example=1,
        ),
    ]
    partner: PartnerCode
    agency: Annotated[Agency, described(en="the agency that offers", id="instansi yang menawarkan")]
    agreement: Annotated[
        Id, described(en="the agreement it is made under", id="perjanjian yang mendasarinya")
    ]
    items: Annotated[
        tuple[Item, ...],
        described(
            en="the items offered; of an accepted offer, those accepted",
            id="butir yang ditawarkan; bila sudah diterima, butir yang diterima",
        ),
    ]
    status: Annotated[
        Status, described(en="the status of the offer", id="status penawaran", example="accepted")
    ] = "open"
    visit: Annotated[
        Visit | None,
        described(
            en="the instructor and the days of the visit", id="instruktur dan tanggal kunjungannya"
        ),
    ] = None
    teacher: Annotated[
        Teacher | None,
        described(
            en="the fields and certificates of the instructor",
            id="kejuruan dan sertifikat instruktur",
        ),
    ] = None
    curriculum: Annotated[Document | None, described(en="the curriculum", id="kurikulum")] = None

    def part(self, items: Sequence[Item] | None) -> tuple[Item, ...]:
        """Return these items of the offer, or all of it. Raises Refused unless it holds them."""
        if items is None:
            return self.items
        refuse_empty(items, "items")
        refuse_repeated((item.item for item in items), "items")
        refuse_beyond(items, tally(self.items), "more-than-offered")
        return tuple(items)


def expect(found: Offer | None, number: int, status: Status) -> Offer:
    """Return the offer. Raises Refused when there is none, or its status is another."""
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
