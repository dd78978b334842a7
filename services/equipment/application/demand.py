"""Demand: the applicants and graduates of a field, counted by district."""

from collections.abc import Mapping

from services.equipment.projections import DEMAND
from shared.events.values import Demand
from shared.eventsourcing.projections import parts_of
from shared.eventsourcing.tallies import Tally
from shared.kernel.ports import Store
from shared.web.resources import Resources

# The counts of a Demand to which a part of each status adds.
_COUNTED: Mapping[str, tuple[str, ...]] = {
    "applied": ("applicants",),
    "waiting": ("applicants", "waiting"),
    "placed": ("placed",),
}


async def demand_for(service: Resources, kejuruan: str = "") -> Tally[tuple[Demand, ...]]:
    """Tell who applied, still waits and found work: for a field, or for all, in each district."""
    tally = await service.tallies.get("demand", lambda: count_demand(service.store))
    found = (each for each in tally.value if kejuruan in ("", each.kejuruan))
    return Tally(tuple(found), tally.as_of)


async def count_demand(store: Store) -> tuple[Demand, ...]:
    """Count who applied, still waits and found work, in each field and district."""
    counts: dict[tuple[str, str], dict[str, int]] = {}
    async for row, _, part in parts_of(store, DEMAND, ""):
        place = counts.setdefault((row, str(part["kecamatan"])), {})
        for count in _COUNTED.get(str(part.get("status")), ()):
            place[count] = place.get(count, 0) + 1
    return tuple(
        Demand(kejuruan=field, kecamatan=kecamatan, **{"applicants": 0, **found})
        for (field, kecamatan), found in sorted(counts.items())
        if found
    )
