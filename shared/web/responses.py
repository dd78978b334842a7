"""Bodies and answers that no route has to itself."""

from typing import Annotated, Generic, TypeVar

from pydantic import BaseModel, Field, JsonValue

from shared.events.base import Id, Positive, Subject, Value
from shared.events.described import described
from shared.web.parsing import MAX_PAGE

I = TypeVar("I")  # noqa: E741 - an item

Sequence = Annotated[
    Positive,
    described(
        en="the number of an event in its stream, from 1",
        id="nomor peristiwa di alirannya, mulai dari 1",
    ),
]
Time = Annotated[
    str,
    Field(json_schema_extra={"format": "date-time"}),
    described(
        en="when it was recorded, UTC",
        id="saat dicatat, dalam UTC",
        example="2026-08-17T02:30:00.000000Z",
    ),
]


AsOf = Annotated[
    Time,
    described(
        en="up to when all is counted, UTC",
        id="semua sampai saat ini sudah dihitung, UTC",
        example="2026-08-17T02:30:00.000000Z",
    ),
]


class CommittedEvent(BaseModel):
    """One event of an answer."""

    type: Annotated[
        str,
        described(
            en="the event's type, as in contracts/events",
            id="jenis peristiwa, seperti di contracts/events",
            example="sinergi.registration.ProgrammeRetired.v1",
        ),
    ]
    sequence: Sequence
    data: Annotated[
        dict[str, JsonValue],
        described(
            en="what the event says; contracts/events/<type> has its schema",
            id="isi peristiwa; skemanya di contracts/events/<type>",
            example={"kejuruan": "las", "reason": "SKKNI 98-2018 dicabut."},
        ),
    ]


class Committed(BaseModel):
    """The commit of a command; a repeat of the request gets the same answer."""

    id: Annotated[Id, described(en="the id of the stream", id="id aliran peristiwa")]
    stream: Subject
    sequence: Annotated[
        Positive,
        described(
            en="the number of the last event, for If-Match",
            id="nomor peristiwa terakhir, untuk If-Match",
        ),
    ]
    time: Time
    events: Annotated[
        list[CommittedEvent],
        described(en="the events that were committed", id="peristiwa yang dicatat"),
    ]


class Nothing(Value):
    """No body is needed."""


class StreamItem(BaseModel):
    """A stream as routes show it: its id, its name, and where it stands."""

    id: Annotated[Id, described(en="its id", id="id-nya")]
    stream: Subject
    sequence: Annotated[
        Positive,
        described(
            en="the number of its last event; also its ETag",
            id="nomor peristiwa terakhirnya; juga ETag-nya",
        ),
    ]


class PageQuery(BaseModel):
    """Which page of a list."""

    limit: Annotated[
        int,
        Field(ge=1, le=MAX_PAGE),
        described(
            en="the most items of the page", id="butir terbanyak satu halaman",
            unit="1", example=50,
        ),
    ] = 50  # fmt: skip
    after: Annotated[
        str,
        described(
            en="`next` of the page before; absent for the first",
            id="`next` dari halaman sebelumnya; kosong untuk halaman pertama",
            example="programme/0197a3c2-5b1e-7d43-9f6a-2c8e4b7d1f05",
        ),
    ] = ""


class Page(BaseModel, Generic[I]):
    """A page of a list; `next` is the cursor of the following one, absent on the last."""

    items: Annotated[list[I], described(en="what is on this page", id="isi halaman ini")]
    next: Annotated[
        str | None,
        described(
            en="the `after` of the next page; absent on the last one",
            id="`after` halaman berikutnya; tidak ada di halaman terakhir",
            example="programme/0197a3c2-5b1e-7d43-9f6a-2c8e4b7d1f05",
        ),
    ] = None


def page(items: list[I], next_: str | None = None) -> Page[I]:
    """Make a page of what is known to be right: nothing is validated again."""
    return Page[I].model_construct(items=items, next=next_)
