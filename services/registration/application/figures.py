"""Figures (capaian): how many applied, were eligible, accepted, finished, certified, placed."""

from collections.abc import AsyncIterator, Iterable, Mapping

from pydantic import JsonValue

from services.registration.projections.applications import APPLICATIONS
from services.registration.projections.figures import PLACEMENTS
from shared.eventsourcing.projections import parts_of
from shared.kernel.ports import Store

COUNTS = ("applied", "eligible", "accepted", "finished", "certified", "placed")
DIMENSIONS = ("programme", "kejuruan", "kecamatan", "sex", "age_band", "intake", "period")

Row = Mapping[str, JsonValue]
Line = Mapping[str, str | int]


def group(rows: Iterable[Row], by: str) -> list[Line]:
    """Return the counts for each value of a dimension, each row once; ordered by the value.

    A line has the value as `key`, and the number of persons under each name of COUNTS.
    """
    figures: dict[str, dict[str, int]] = {}
    for row in rows:
        counts = figures.setdefault(str(row[by]), dict.fromkeys(COUNTS, 0))
        counts["applied"] += 1
        for name in COUNTS[1:]:
            counts[name] += bool(row.get(name))
    return [{"key": key, **figures[key]} for key in sorted(figures)]


def matches(row: Row, dimension: str, value: str) -> bool:
    """Return True when the row has this value; a year matches all its months."""
    own = str(row[dimension])
    return own == value or (dimension == "period" and own.partition("-")[0] == value)


async def people(store: Store) -> AsyncIterator[Row]:
    """Yield each application with all that figures look at; no personal data."""
    placed = {key async for key, _, part in parts_of(store, PLACEMENTS, "") if part["placed"]}
    async for key, _, part in parts_of(store, APPLICATIONS, ""):
        intake = key.partition("/")[0]
        yield {**part, "intake": intake, "placed": key in placed}
