"""Figures of the equipment aid: its proposals by field, and how long the aid takes."""

from collections.abc import Mapping
from datetime import date, datetime
from statistics import median
from typing import Annotated

from pydantic import BaseModel, JsonValue

from services.equipment.domain.consignment.aggregate import consignment_stream
from services.equipment.projections import AID
from shared.events.base import Count
from shared.events.described import described
from shared.events.values import Kejuruan, Percent, wita_day
from shared.eventsourcing.projections import Part, parts_of
from shared.kernel.ports import Store


class FieldFigures(BaseModel):
    """The proposals for one field and their outcome.

    A proposal that was withdrawn counts as a proposal, and is neither approved nor rejected.
    """

    kejuruan: Kejuruan
    proposals: Annotated[
        Count,
        described(en="submitted proposals", id="usulan yang diajukan", unit="1", example=4),
    ]
    approved: Annotated[
        Count,
        described(
            en="proposals granted in full or in part",
            id="usulan yang disetujui seluruhnya atau sebagian",
            unit="1",
            example=2,
        ),
    ]
    rejected: Annotated[
        Count,
        described(
            en="proposals of which nothing was granted",
            id="usulan yang ditolak seluruhnya",
            unit="1",
            example=1,
        ),
    ]
    median_days: Annotated[
        int | None,
        described(
            en="median of the days from a submission to its first equipment in service; null "
            "while none is in service",
            id="median hari sejak usulan diajukan sampai peralatan pertamanya dipakai; null "
            "selama belum ada yang dipakai",
            unit="d",
            example=43,
        ),
    ]
    overdue_percent: Annotated[
        Percent,
        described(
            en="proposals whose review ended without a decision, of all",
            id="usulan yang batas penelaahannya lewat tanpa keputusan, dari semua usulan",
            unit="%",
            example=25,
        ),
    ]


async def figures(store: Store) -> tuple[FieldFigures, ...]:
    """Return a row for each field with a proposal, in the order of their codes."""
    fields: dict[str, dict[str, Part]] = {}
    async for row, stream, part in parts_of(store, AID, ""):
        fields.setdefault(row, {})[stream] = part
    rows = (_figure(field, parts) for field, parts in sorted(fields.items()))
    return tuple(row for row in rows if row.proposals)


def _figure(field: str, parts: Mapping[str, Part]) -> FieldFigures:
    proposals = {
        stream.partition("/")[2]: part
        for stream, part in parts.items()
        if stream.startswith("proposal/") and "submitted" in part
    }
    days = [
        (_day(parts[str(consignment_stream(id_))]["commissioned"]) - _day(part["submitted"])).days
        for id_, part in proposals.items()
        if str(consignment_stream(id_)) in parts
    ]
    total = len(proposals)
    overdue = sum(bool(part.get("overdue")) for part in proposals.values())
    return FieldFigures(
        kejuruan=field,
        proposals=total,
        approved=sum(part["status"] == "approved" for part in proposals.values()),
        rejected=sum(part["status"] == "rejected" for part in proposals.values()),
        median_days=round(median(days)) if days else None,
        overdue_percent=round(100 * overdue / total) if total else 0,
    )


def _day(instant: JsonValue) -> date:
    return wita_day(datetime.fromisoformat(str(instant)))
