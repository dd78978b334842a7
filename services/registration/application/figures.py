"""Figures (capaian): how many applied, were eligible, accepted, finished, certified, placed."""

from collections.abc import AsyncIterator, Mapping

from pydantic import JsonValue

from services.registration.projections.applications import APPLICATIONS
from services.registration.projections.figures import PLACEMENTS
from shared.eventsourcing.projections import parts_of
from shared.eventsourcing.tallies import Tally
from shared.kernel.ports import Store
from shared.web.resources import Resources

COUNTS = ("applied", "eligible", "accepted", "finished", "certified", "placed")
DIMENSIONS = ("programme", "kejuruan", "kecamatan", "sex", "age_band", "intake", "period")

Row = Mapping[str, JsonValue]
Line = Mapping[str, str | int]


class Groups:
    """Counts for each value of a dimension, each row once."""

    def __init__(self, by: str) -> None:
        self._by = by
        self._counts: dict[str, dict[str, int]] = {}

    def add(self, row: Row) -> None:
        counts = self._counts.setdefault(str(row[self._by]), dict.fromkeys(COUNTS, 0))
        counts["applied"] += 1
        for name in COUNTS[1:]:
            counts[name] += bool(row.get(name))

    def lines(self) -> list[Line]:
        """Return a line for each value, in the order of the values.

        A line has the value as `key`, and the number of persons under each name of COUNTS.
        """
        return [{"key": key, **self._counts[key]} for key in sorted(self._counts)]


def matches(row: Row, dimension: str, value: str) -> bool:
    """Return True when the row has this value; a year matches all its months."""
    own = str(row[dimension])
    return own == value or (dimension == "period" and own.partition("-")[0] == value)


async def figures(service: Resources, by: str, wanted: Mapping[str, str]) -> Tally[list[Line]]:
    """Return the counts by a dimension of those who have the wanted values of others."""
    key = ("figures", by, *sorted(wanted.items()))
    return await service.tallies.get(key, lambda: count(service.store, by, wanted))


async def count(store: Store, by: str, wanted: Mapping[str, str]) -> list[Line]:
    """Count the applications that have the wanted values."""
    groups = Groups(by)
    async for row in people(store, wanted.get("intake", "")):
        if all(matches(row, name, value) for name, value in wanted.items()):
            groups.add(row)
    return groups.lines()


async def people(store: Store, intake: str = "") -> AsyncIterator[Row]:
    """Yield each application with all that figures look at; no personal data."""
    prefix = f"{intake}/" if intake else ""
    # Both come in the order of intakes and applications, so neither has to be kept.
    placements = parts_of(store, PLACEMENTS, prefix)
    placement = await anext(placements, None)
    async for key, _, part in parts_of(store, APPLICATIONS, prefix):
        while placement is not None and f"{placement[0]} " < f"{key} ":
            placement = await anext(placements, None)
        placed = placement is not None and placement[0] == key and bool(placement[2]["placed"])
        yield {**part, "intake": key.partition("/")[0], "placed": placed}
