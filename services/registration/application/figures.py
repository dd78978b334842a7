"""Figures (capaian): how many applied, were eligible, accepted, finished, certified, placed."""

from collections.abc import AsyncIterator, Iterable
from typing import Any

from pydantic import JsonValue

from services.registration.projections.applications import APPLICATIONS
from services.registration.projections.figures import PLACEMENTS
from shared.eventsourcing.projections import parts_of
from shared.kernel.ports import Store

COUNTS = ("applied", "eligible", "accepted", "finished", "certified", "placed")
DIMENSIONS = ("programme", "kejuruan", "kecamatan", "sex", "age_band", "intake", "period")
_OF_APPLICATION = COUNTS[1:-1]

Row = dict[str, JsonValue]


def group(rows: Iterable[Row], by: str) -> list[dict[str, Any]]:
    """The counts of each value of a dimension, and nobody twice; ordered by the value."""
    figures: dict[str, dict[str, Any]] = {}
    for row in rows:
        key = str(row[by])
        counts = figures.setdefault(key, {"key": key, **dict.fromkeys(COUNTS, 0)})
        counts["applied"] += 1
        for name in COUNTS[1:]:
            counts[name] += bool(row.get(name))
    return [figures[key] for key in sorted(figures)]


def matches(row: Row, dimension: str, value: str) -> bool:
    """Whether the row has this value; a year matches all its months."""
    own = str(row[dimension])
    return own == value or (dimension == "period" and own.partition("-")[0] == value)


async def people(store: Store) -> AsyncIterator[Row]:
    """Each application with all that figures look at; no personal data."""
    placed = {key async for key, _, part in parts_of(store, PLACEMENTS, "") if part["placed"]}
    async for key, _, part in parts_of(store, APPLICATIONS, ""):
        intake = key.partition("/")[0]
        yield {**part, "intake": intake, "placed": key in placed}
