"""Whoever reads many rows lets others have their turn, also where the store runs inline."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path

import orjson
import pytest

from services.registration.application.figures import count
from services.registration.application.retention import erasable, rules_of
from services.registration.projections.applications import APPLICATIONS
from services.registration.projections.retention import FILES, PERSON_FILES
from shared.adapters.sqlite_store import SqliteStore
from shared.eventsourcing.projections import AnyProjection, Part, part_key
from shared.kernel.ports import Row, Store, in_turns, scan_all
from tests.unit.given import NOW

_ROWS = 1_000

APPLIED: Part = {"programme": "p1", "kejuruan": "las", "period": "2022-07"}
ENDED: Part = {"person": "person-1", "ended": "declined", "since": NOW.isoformat()}


def row(view: AnyProjection, key: str, stream: str, part: Part) -> Row:
    order = view.order(key, stream, part)
    return Row(view.table, part_key(key, stream), 1, orjson.dumps(part), None, order)


async def _scan(store: Store) -> int:
    return len([row async for row in scan_all(store, APPLICATIONS.table)])


async def _figures(store: Store) -> int:
    (line,) = await count(store, "kejuruan", {})
    return int(line["applied"])


async def _retention(store: Store) -> int:
    after: str | None = ""
    while after is not None:
        _, after = await erasable(
            store, rules_of("declined=1"), NOW.date().replace(year=2099), 200, after
        )
    return _ROWS


async def _turns(store: Store) -> int:
    return len([each async for each in in_turns(range(_ROWS))])


@pytest.mark.parametrize("read", [_scan, _figures, _retention, _turns])
async def test_others_have_their_turn_while_rows_are_read(
    tmp_path: Path, read: Callable[[Store], Coroutine[None, None, int]]
) -> None:
    store = SqliteStore(tmp_path / "store.sqlite")
    await store.open()
    names = [f"application/{n:04d}" for n in range(_ROWS)]
    await store.put([row(APPLICATIONS, f"i1/{n}", n, APPLIED) for n in names])
    await store.put([row(FILES, n, n, ENDED) for n in names])
    await store.put([row(PERSON_FILES, f"person-1/{n}", n, {}) for n in names[:1]])
    turns = 0
    reading = asyncio.create_task(read(store))
    while not reading.done():
        turns += 1
        await asyncio.sleep(0)
    assert await reading == _ROWS
    assert turns >= _ROWS / 50
    await store.close()
