"""Pages of lists with a thousand and a hundred thousand rows, and what others feel meanwhile."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import orjson

from bench.history import alpha, ask_all, stream
from bench.measure import Result, Site, in_turn, percentile
from services.registration.agency import BLK_PASER
from services.registration.application.figures import count
from services.registration.application.retention import erasable
from services.registration.projections.applications import APPLICATIONS, OWN_APPLICATIONS
from services.registration.projections.retention import FILES, PERSON_FILES
from services.registration.worklist import TASKS
from shared.adapters.sqlite_store import SqliteStore
from shared.events.registration import TOPIC
from shared.eventsourcing.projections import AnyProjection, Part, part_key, rows_of
from shared.eventsourcing.tallies import Tallies
from shared.kernel.ports import Row, Store
from shared.signing.cloudevents import format_time
from shared.web.authentication import Identity, Role
from shared.web.worklist import inbox

_FEW, _MANY = 1_000, 100_000
_PAGE, _TIMES = 50, 40
_OFFICERS, _COMMANDS = 50, 1_000
_START = datetime(2026, 1, 1, tzinfo=UTC)
_OFFICER = Identity("petugas", frozenset({Role.BLK_OFFICER}), BLK_PASER, "Petugas")
_CHECK = next(task for task in TASKS if task.name == "check-file").projection(TOPIC)
_RULES = {"declined": 365}
_LATER = (_START + timedelta(days=2000)).date()

Page = Callable[[Store, int], Awaitable[object]]


async def _inbox(store: Store, number: int) -> object:
    since = format_time(_START + timedelta(seconds=number))
    after = f"{since} application/{number:07d} check-file -"
    items, _ = await inbox(store, TOPIC, TASKS, _OFFICER, _PAGE, after)
    assert len(items) == _PAGE
    return items


async def _list(store: Store, number: int) -> object:
    place = part_key(f"intake/{number:07d}", f"application/{number:07d}")
    found = await rows_of(store, APPLICATIONS, "intake/", place, _PAGE)
    assert len(found["items"]) == _PAGE
    return found


async def _retention(store: Store, number: int) -> object:
    since = (_START + timedelta(seconds=number)).isoformat()
    after = f"declined {since} application/{number:07d}"
    found, _ = await erasable(store, _RULES, _LATER, _PAGE, after)
    assert len(found) == _PAGE
    return found


async def _look_up(store: Store, number: int) -> object:
    found = await rows_of(store, OWN_APPLICATIONS, f"account-{number:07d}/", "", _PAGE)
    assert len(found["items"]) == 1
    return found


_PAGES: dict[str, Page] = {
    "inbox": _inbox, "list": _list, "retention": _retention, "look-up": _look_up,
}  # fmt: skip


async def measure(site: Site) -> list[Result]:
    """A page from the middle of each kind of list, then commands while officers refresh."""
    folder = site.new("pages")
    few, many = [await _filled(folder / f"{size}.sqlite", size) for size in (_FEW, _MANY)]
    try:
        results = []
        for name, page in _PAGES.items():
            what = f"a page of {_PAGE} of {name} at {_MANY:,} rows / at {_FEW:,}"
            ours, yardstick = await in_turn(
                site.rounds, _paged(many, page, _MANY), _paged(few, page, _FEW)
            )
            results.append(Result(f"page-{name}", what, "us", ours, yardstick, 1.2, True))
        return [*results, *await _beside(folder, many)]
    finally:
        await few.close()
        await many.close()


async def _filled(file: Path, size: int) -> SqliteStore:
    store = SqliteStore(file)
    await store.open()
    for start in range(0, size, 1_000):
        await store.put([row for n in range(start, start + 1_000) for row in _rows(n)])
    return store


def _rows(number: int) -> Iterator[Row]:
    at = _START + timedelta(seconds=number)
    name, stream_ = f"{number:07d}", f"application/{number:07d}"
    ended: Part = {"person": f"person-{name}", "ended": "declined", "since": at.isoformat()}
    applied: Part = {
        "status": "declined", "programme": f"p{number % 40}", "kejuruan": f"k{number % 10}",
        "kecamatan": f"64.01.{number % 10:02d}", "sex": "female", "age_band": "21-25",
        "period": f"{at:%Y-%m}", "eligible": True, "accepted": False, "finished": False,
        "certified": False,
    }  # fmt: skip
    since: Part = {"since": format_time(at), "deadline": None, "agency": BLK_PASER}
    yield _row(_CHECK, "-", stream_, since)
    yield _row(APPLICATIONS, f"intake/{name}", stream_, applied)
    yield _row(OWN_APPLICATIONS, f"account-{name}/{name}", stream_, {"intake": "intake"})
    yield _row(FILES, stream_, stream_, ended)
    yield _row(PERSON_FILES, f"person-{name}/{stream_}", stream_, {})


def _row(view: AnyProjection, row: str, stream_: str, part: Part) -> Row:
    order = view.order(row, stream_, part)
    return Row(view.table, part_key(row, stream_), 1, orjson.dumps(part), None, order)


def _paged(store: Store, page: Page, size: int) -> Callable[[], Awaitable[float]]:
    async def run() -> float:
        took = []
        for _ in range(_TIMES):
            started = time.perf_counter()
            await page(store, size // 2)
            took.append(time.perf_counter() - started)
        return median(took) * 1e6

    return run


async def _beside(folder: Path, store: Store) -> list[Result]:
    """Commands alone and while officers refresh, and the longest that one step holds the loop."""
    tallies, gaps = Tallies(), [0.0]

    async def watch() -> None:
        # This thread's own time: what other programs take from the machine is not ours.
        while True:
            before = time.thread_time()
            await asyncio.sleep(0)
            gaps.append(time.thread_time() - before)

    async def officer(number: int) -> None:
        while True:
            await _inbox(store, _MANY // 2 + number)
            await _list(store, _MANY // 2 + number)
            await tallies.get("figures", lambda: count(store, "kecamatan", {}))
            await asyncio.sleep(1)

    async def commands(name: str) -> float:
        took: list[float] = []
        async with alpha(folder / f"{name}.sqlite") as handler:
            for _ in range(_COMMANDS):
                started = time.perf_counter()
                await ask_all(handler, [stream()], 1)
                took.append(time.perf_counter() - started)
                await asyncio.sleep(0.002)
        return percentile(took, 0.99) * 1e3

    alone = await commands("alone")
    started = time.perf_counter()
    async with asyncio.timeout(60):
        await tallies.get("figures", lambda: count(store, "kecamatan", {}))
    counted = time.perf_counter() - started
    others = [asyncio.create_task(officer(number)) for number in range(_OFFICERS)]
    beside = await commands("beside")
    watching = asyncio.create_task(watch())
    await count(store, "kecamatan", {})
    for task in (*others, watching):
        task.cancel()
    await asyncio.gather(*others, watching, return_exceptions=True)
    return [
        Result("page-p99", f"p99 of a command beside {_OFFICERS} officers who refresh each second"
               " / alone", "ms", [beside], [alone], 2.0, True),
        Result("page-hold", "CPU time of the longest round of the loop, while they do and figures"
               " are counted", "ms", [max(gaps) * 1e3], [], 5.0, True),
        Result("page-hold-p99", "99 of 100 of those rounds take no longer", "ms",
               [percentile(gaps, 0.99) * 1e3], [], 5.0, True),
        Result("page-count", f"counting the figures of {_MANY:,} rows once, in the background",
               "s", [counted], [], 10.0, True),
    ]  # fmt: skip
