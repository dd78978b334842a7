"""What the views add up to: the demand for a field, and how the aid for it goes."""

from collections.abc import Mapping
from datetime import datetime
from statistics import median
from typing import Any

from services.equipment.domain.consignment.aggregate import consignment_stream
from services.equipment.projections import AID, DEMAND
from shared.events.values import Demand, wita_day
from shared.eventsourcing.projections import Part, parts_of
from shared.kernel.ports import Store

COLUMNS = ("kejuruan", "proposals", "approved", "rejected", "median_days", "overdue_percent")


async def demand_for(store: Store, kejuruan: str = "") -> tuple[Demand, ...]:
    """Who speaks for a field, or for all, in each district: applied, still waits, found work."""
    counts: dict[tuple[str, str], dict[str, int]] = {}
    prefix = f"{kejuruan} " if kejuruan else ""
    async for row, _, part in parts_of(store, DEMAND, prefix):
        place = counts.setdefault((row, str(part["kecamatan"])), {})
        for count in _COUNTED.get(str(part.get("status")), ()):
            place[count] = place.get(count, 0) + 1
    return tuple(
        Demand(kejuruan=field, kecamatan=kecamatan, **{"applicants": 0, **found})
        for (field, kecamatan), found in sorted(counts.items())
        if found
    )


_COUNTED: Mapping[str, tuple[str, ...]] = {
    "applied": ("applicants",),
    "waiting": ("applicants", "waiting"),
    "placed": ("placed",),
}


async def figures(store: Store) -> list[dict[str, Any]]:
    """A row for each field: its proposals, and the days until their first equipment worked.

    A proposal that was withdrawn counts as a proposal, and is neither approved nor rejected.
    """
    fields: dict[str, dict[str, Part]] = {}
    async for row, stream, part in parts_of(store, AID, ""):
        fields.setdefault(row, {})[stream] = part
    rows = (_figure(field, parts) for field, parts in sorted(fields.items()))
    return [row for row in rows if row["proposals"]]


def _figure(field: str, parts: Mapping[str, Part]) -> dict[str, Any]:
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
    return {
        "kejuruan": field,
        "proposals": total,
        "approved": sum(part["status"] == "approved" for part in proposals.values()),
        "rejected": sum(part["status"] == "rejected" for part in proposals.values()),
        "median_days": round(median(days)) if days else None,
        "overdue_percent": round(100 * overdue / total) if total else 0,
    }


def _day(text: Any) -> Any:
    return wita_day(datetime.fromisoformat(str(text)))
