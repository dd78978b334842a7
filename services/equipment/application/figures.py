"""Figures of the equipment aid: its proposals by field, and how long the aid takes."""

from collections import Counter
from datetime import date, datetime
from statistics import median
from typing import Annotated

from pydantic import BaseModel, JsonValue

from services.equipment.projections import AID
from shared.events.base import Count
from shared.events.described import described
from shared.events.values import Kejuruan, Percent, wita_day
from shared.eventsourcing.projections import Part, parts_of
from shared.eventsourcing.tallies import Tally
from shared.kernel.ports import Store
from shared.web.resources import Resources


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


class _Field:
    """The figures of one field while its parts come, consignments before proposals."""

    def __init__(self, kejuruan: str) -> None:
        self._kejuruan = kejuruan
        self._commissioned: dict[str, date] = {}
        self._days: Counter[int] = Counter()
        self._statuses: Counter[JsonValue] = Counter()
        self._proposals = self._overdue = 0

    def add(self, stream: str, part: Part) -> None:
        kind, _, id_ = stream.partition("/")
        if kind != "proposal":
            self._commissioned[id_] = _day(part["commissioned"])
        elif "submitted" in part:
            self._proposals += 1
            self._statuses[part["status"]] += 1
            self._overdue += bool(part.get("overdue"))
            if id_ in self._commissioned:
                self._days[(self._commissioned[id_] - _day(part["submitted"])).days] += 1

    def figures(self) -> FieldFigures | None:
        """Return None for a field without a proposal."""
        total = self._proposals
        if not total:
            return None
        return FieldFigures(
            kejuruan=self._kejuruan,
            proposals=total,
            approved=self._statuses["approved"],
            rejected=self._statuses["rejected"],
            median_days=round(median(self._days.elements())) if self._days else None,
            overdue_percent=round(100 * self._overdue / total),
        )


async def figures(service: Resources) -> Tally[tuple[FieldFigures, ...]]:
    """Return a row for each field with a proposal, in the order of their codes."""
    return await service.tallies.get("aid", lambda: count_aid(service.store))


async def count_aid(store: Store) -> tuple[FieldFigures, ...]:
    """Count the proposals and the equipment of each field."""
    fields: list[_Field] = []
    last = None
    async for row, stream, part in parts_of(store, AID, ""):
        if row != last:
            fields.append(_Field(row))
            last = row
        fields[-1].add(stream, part)
    return tuple(found for each in fields if (found := each.figures()) is not None)


def _day(instant: JsonValue) -> date:
    return wita_day(datetime.fromisoformat(str(instant)))
