"""Offer (penawaran): what a partner would give, under an agreement, and how far it has come."""

from collections.abc import Mapping, Sequence
from typing import Literal

from services.partners.domain.agreement import AgreementOutline
from services.partners.domain.partner import PartnerOutline
from shared.events.base import Code, Id, Positive, Text, Value
from shared.events.partners.values import Teacher, Visit
from shared.events.values import Agency, Document, Item, Items, first_beyond, tally
from shared.eventsourcing.decider import (
    Command,
    Refused,
    refuse_empty,
    refuse_repeated,
    refuse_unless,
)

Status = Literal["open", "accepted", "secured", "declined", "withdrawn", "failed", "fulfilled"]
TAKEN: tuple[Status, ...] = ("accepted", "secured", "fulfilled")
WORDS: dict[Status, tuple[str, str]] = {
    "open": ("open", "terbuka"),
    "accepted": ("accepted", "diterima"),
    "secured": ("accepted, its days booked", "diterima dan harinya sudah dipesan"),
    "declined": ("declined", "ditolak"),
    "withdrawn": ("withdrawn", "ditarik"),
    "failed": ("no longer possible", "tidak dapat dipenuhi lagi"),
    "fulfilled": ("fulfilled", "dipenuhi"),
}


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
        refuse_beyond(
            items, tally(self.items), "more-than-offered", ("are offered", "yang ditawarkan")
        )
        return tuple(items)


def expect(found: Offer | None, number: int, status: Status) -> Offer:
    """The offer. Refused when there is none, or it has come less or more far than this."""
    if found is None:
        raise Refused(
            "unknown-offer",
            f"There is no offer {number}. Name one of this request's.",
            f"Penawaran {number} tidak ada. Sebutkan penawaran pada permintaan ini.",
            field="offer",
            status=422,
        )
    refuse_unless(found.status, (status,), WORDS, "offer", f"Penawaran {number}", field="offer")
    return found


def refuse_beyond(
    items: Sequence[Item], limit: Mapping[str, int], rule: str, words: tuple[str, str]
) -> None:
    """Refused when there is more of an item than the limit; `words` say what the limit is."""
    beyond = first_beyond(items, limit)
    if beyond is not None:
        most, (en, id_) = limit.get(items[beyond].item, 0), words
        raise Refused(
            rule,
            f"Only {most} of this item {en}. Enter no more than that.",
            f"Hanya {most} dari butir ini {id_}. Jangan memasukkan lebih.",
            field=f"items.{beyond}.quantity",
            status=422,
        )


def check_visit(kind: str, kejuruan: str, command: OfferSupport) -> None:
    """Refused unless an instructor is offered with days on which they may and can come."""
    visit, teacher = command.visit, command.teacher
    if kind != "instructor":
        if visit is not None:
            raise Refused(
                "no-visit",
                "No instructor is asked for here. Leave the visit out.",
                "Di sini tidak diminta instruktur. Hapus kunjungannya.",
                field="visit",
                status=422,
            )
        return
    if visit is None or teacher is None:
        raise Refused(
            "visit-missing",
            "Say which instructor would come, and on which days.",
            "Sebutkan instruktur yang akan datang dan hari-harinya.",
            field="visit",
            status=422,
        )
    if sum(item.quantity for item in command.items) != 1:
        raise Refused(
            "one-instructor",
            "A visit is of one instructor. Make an offer for each.",
            "Satu kunjungan untuk satu instruktur. Buat penawaran untuk masing-masing.",
            field="items.0.quantity",
            status=422,
        )
    if visit.instructor.rpartition(".")[0] != command.offering.partner:
        raise Refused(
            "partner-instructor",
            "This instructor is another partner's. Offer one of your own.",
            "Instruktur ini milik mitra lain. Tawarkan instruktur sendiri.",
            field="visit.instructor",
            status=422,
        )
    if visit.ends_on < visit.starts_on:
        raise Refused(
            "dates",
            "The visit ends before it starts. Check the days.",
            "Kunjungan berakhir sebelum dimulai. Periksa harinya.",
            field="visit.ends_on",
            status=422,
        )
    if kejuruan not in teacher.fields:
        raise Refused(
            "instructor-field",
            f"This instructor teaches {', '.join(teacher.fields)}. Offer another one.",
            f"Instruktur ini mengajar {', '.join(teacher.fields)}. Tawarkan instruktur lain.",
            field="visit.instructor",
        )
    if command.engaged:
        raise Refused(
            "double-booked",
            "The instructor is elsewhere on some of these days. Offer others.",
            "Instruktur ini bertugas di tempat lain pada sebagian hari itu. Tawarkan yang lain.",
            field="visit",
        )
    for certificate in (teacher.methodology, teacher.competency):
        if certificate.valid_until < visit.ends_on:
            raise Refused(
                "certificate-expires",
                f"A certificate of this instructor ends on {certificate.valid_until}, before the "
                "visit does. Renew it first.",
                f"Sertifikat instruktur ini berakhir {certificate.valid_until}, sebelum kunjungan "
                "selesai. Perbarui lebih dahulu.",
                field="visit.instructor",
            )
