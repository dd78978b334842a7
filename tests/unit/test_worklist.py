"""An inbox is pages of open tasks, oldest first, whatever the order in which streams came."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.adapters.sqlite_store import SqliteStore
from shared.events.base import Event, Topic
from shared.eventsourcing.projections import Parts
from shared.kernel.ports import Row
from shared.signing.cloudevents import Envelope
from shared.web.authentication import Identity, Role
from shared.web.worklist import Task, inbox
from tests.unit.given import BLK, MAKASSAR, MINISTRY, NOW, envelope

TOPIC = Topic("toy.events")


class Opened(Event):
    """A task is there, for an agency or for all of them."""

    agency: str | None = None
    item: str = ""


class Closed(Event):
    """The task is done."""

    item: str = ""


def _agency(event: Opened) -> str | None:
    return event.agency


def _item(event: Opened | Closed) -> str:
    return event.item


# Real names, since each task is told in words.
TASKS = tuple(
    Task(
        name=name,
        role=role,
        command="POST /v1/things/{id}/done",
        opens=(Opened,),
        closes=(Closed,),
        agency=_agency,
        item=_item,
    )
    for name, role in [
        ("start-class", Role.BLK_OFFICER),
        ("check-file", Role.BLK_OFFICER),
        ("offer-support", Role.BPVP_OFFICER),
    ]
)
OFFICER = Identity("petugas", frozenset({Role.BLK_OFFICER}), BLK, "Petugas")

# Streams of which one begins like another, at few instants: that is where a cursor goes wrong.
streams = st.sampled_from(["thing/1", "thing/1-x", "thing/10", "thing/2"])
items = st.sampled_from(["", "a", "a-b", "b"])
agencies = st.sampled_from([None, BLK, MAKASSAR, MINISTRY])
opened = st.builds(Opened, agency=agencies, item=items)
closed = st.builds(Closed, item=items)
histories = st.dictionaries(
    streams, st.lists(st.tuples(opened | opened | closed, st.integers(0, 2)), max_size=6)
)


def placed(
    histories: Mapping[str, Sequence[tuple[Event, int]]],
) -> Iterator[tuple[Envelope, Event]]:
    """Yield the events of each stream, at seconds that only grow."""
    for stream, history in histories.items():
        second = 0
        for sequence, (event, later) in enumerate(history, 1):
            second += later
            at = NOW + timedelta(seconds=second)
            yield replace(envelope(stream, sequence=sequence), time=at), event


async def fold(store: SqliteStore, events: Sequence[tuple[Envelope, Event]], run: int) -> None:
    views = [task.projection(TOPIC) for task in TASKS]
    for start in range(0, len(events), run):
        parts = Parts(store, views)
        await parts.load(events[start : start + run])
        for at, event in events[start : start + run]:
            parts.fold(at, event)
        await store.put(parts.rows())


async def pages(store: SqliteStore, limit: int, who: Identity = OFFICER) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after: str | None = ""
    while after is not None:
        page, after = await inbox(store, TOPIC, TASKS, who, limit, after)
        assert len(page) == limit or (after is None and len(page) <= limit)
        found += page
        assert len(found) < 1000
    return found


def waiting(events: Sequence[tuple[Envelope, Event]]) -> list[tuple[str, str, str, str]]:
    """Return what is open for OFFICER, from the events alone."""
    open_: dict[tuple[str, str], tuple[str, str | None]] = {}
    for at, event in events:
        assert isinstance(event, Opened | Closed)
        place = at.subject, event.item or "-"
        if isinstance(event, Opened):
            open_[place] = f"{at.time:%Y-%m-%dT%H:%M:%S.%f}Z", event.agency
        else:
            open_.pop(place, None)
    return sorted(
        (since, stream, task, item)
        for (stream, item), (since, agency) in open_.items()
        for task in ("check-file", "start-class")
        if agency in (None, BLK)
    )


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(histories=histories, limit=st.integers(1, 4), run=st.integers(1, 9))
def test_all_pages_together_are_what_is_open(
    tmp_path: Path, histories: Mapping[str, Sequence[tuple[Event, int]]], limit: int, run: int
) -> None:
    async def play() -> None:
        store = SqliteStore(tmp_path / "store.sqlite")
        await store.open()
        await store.clear()
        events = list(placed(histories))
        await fold(store, events, run)
        found = await pages(store, limit)
        shown = [(t["since"], t["stream"], t["task"], t.get("item", "-")) for t in found]
        assert shown == waiting(events)
        # Again, and with the streams the other way round: nothing changes.
        tables = [task.projection(TOPIC).table for task in TASKS]
        rows = [row for table in tables for row in await store.scan(table)]
        await fold(store, events, len(events) or 1)
        assert [row for table in tables for row in await store.scan(table)] == rows
        await store.clear()
        await fold(store, list(placed(dict(reversed(list(histories.items()))))), run)
        assert [row for table in tables for row in await store.scan(table)] == rows
        await store.close()

    asyncio.run(play())


@pytest.mark.parametrize("after", ["50", "-1", " ", "    ", "x y z é 😀", "9" * 5000])
async def test_any_text_is_a_cursor(tmp_path: Path, after: str) -> None:
    store = SqliteStore(tmp_path / "store.sqlite")
    await store.open()
    await fold(store, [(envelope("thing/1"), Opened())], 1)
    found, next_ = await inbox(store, TOPIC, TASKS, OFFICER, 50, after)
    assert next_ is None
    assert len(found) in (0, 2)
    await store.close()


class Counting(SqliteStore):
    """A store that counts the rows it gives."""

    read = 0

    async def page(
        self, table: str, prefix: str = "", after: str = "", limit: int = 1000
    ) -> list[Row]:
        found = await super().page(table, prefix, after, limit)
        self.read += len(found)
        return found


async def test_a_page_reads_a_page_of_each_kind_however_much_waits(tmp_path: Path) -> None:
    store = Counting(tmp_path / "store.sqlite")
    await store.open()
    others = [Opened(agency=MINISTRY)] * 3
    mine = [Opened(agency=BLK), Opened()]
    history = {
        f"thing/{number}": [(event, number)] for number, event in enumerate([*others, *mine] * 200)
    }
    await fold(store, list(placed(history)), 1000)
    first, after = await inbox(store, TOPIC, TASKS, OFFICER, 10)
    assert len(first) == 10
    # Two kinds of the role, each for the agency and for all.
    assert store.read <= 4 * 11
    store.read = 0
    assert after is not None
    assert len((await inbox(store, TOPIC, TASKS, OFFICER, 10, after))[0]) == 10
    assert store.read <= 4 * 11
    await store.close()
