"""A store that is not open or whose server is away."""

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable

import pytest

from shared.adapters.conformance.features import needs
from shared.adapters.conformance.store.samples import (
    OK,
    STREAM,
    appended,
    chain,
    commit,
    race,
)
from shared.adapters.conformance.store.site import StoreSite, StoreSuite
from shared.adapters.conformance.waiting import eventually
from shared.kernel.ports import (
    Appended,
    Beat,
    Place,
    Position,
    Row,
    Store,
    Unavailable,
)


def calls(store: Store) -> dict[str, Callable[[], Awaitable[object]]]:
    """Return one call of every method that needs the database."""
    return {
        "ping": store.ping,
        "append": lambda: store.append([commit("s/9", 1, "c9")]),
        "append later": lambda: store.append([commit("s/9", 2, "d9")]),
        "by_cause": lambda: store.by_cause("a"),
        "at": lambda: store.at(Place("s/1", 1)),
        "history": lambda: store.history("s/1"),
        "pending": lambda: store.pending(1),
        "mark_sent": lambda: store.mark_sent({Place("s/1", 1): Position(0, 0)}),
        "mark_pending": lambda: store.mark_pending([Place("s/1", 1)]),
        "sent_ends": store.sent_ends,
        "sent_from": lambda: store.sent_from(0, 0),
        "put": lambda: store.put([Row("t", "a", 1, b"")]),
        "put due": lambda: store.put([Row("t2", "a", 1, b"", 1)]),
        "put ordered": lambda: store.put([Row("t3", "a", 1, b"", None, "o")]),
        "get": lambda: store.get("t", ["a"]),
        "scan": lambda: store.scan("t"),
        "due": lambda: store.due("t", 1, 1),
        "page": lambda: store.page("t"),
        "delete": lambda: store.delete("t", ["a"]),
        "drop": lambda: store.drop("t"),
        "clear": store.clear,
        "keep_private": lambda: store.keep_private("keys", "a", b""),
        "get_private": lambda: store.get_private("keys", ["a"]),
        "private_collections": lambda: store.private_collections(),
        "scan_private": lambda: store.scan_private("keys"),
        "replace_private": lambda: store.replace_private("keys", {"a": (b"", b"b")}),
        "delete_private": lambda: store.delete_private("keys", ["a"]),
        "beat": lambda: store.beat("relay", "a", None),
        "release": lambda: store.release("relay", Beat("a", 1)),
        "marked": lambda: store.marked([Place("s/1", 1)]),
    }


async def outcomes(store: Store) -> dict[str, str]:
    """Return the type of what each method returned or raised."""
    names, methods = zip(*calls(store).items(), strict=True)
    found = await asyncio.gather(*(method() for method in methods), return_exceptions=True)
    return {name: type(each).__name__ for name, each in zip(names, found, strict=True)}


class Outages(StoreSuite):
    """Unavailable, until the server returns."""

    async def test_a_store_that_is_not_open_is_unavailable(self, site: StoreSite) -> None:
        store = site.store()
        expected = dict.fromkeys(calls(store), "Unavailable")
        assert await outcomes(store) == expected
        await store.open()
        await store.close()
        assert await outcomes(store) == expected

    @needs("remote")
    @pytest.mark.parametrize("how", ["stop", "pause"])
    async def test_a_server_that_is_away_is_unavailable_until_it_returns(
        self, site: StoreSite, store: Store, how: str
    ) -> None:
        await appended(store, *chain("s/1", 2))
        server = site.server
        assert server is not None
        leaves, returns = {
            "stop": (server.stop, server.start),
            "pause": (server.pause, server.resume),
        }[how]
        await asyncio.to_thread(leaves)
        try:
            began = time.monotonic()
            assert await outcomes(store) == dict.fromkeys(calls(store), "Unavailable")
            assert time.monotonic() - began < 60
        finally:
            await asyncio.to_thread(returns)

        async def answers() -> bool:
            try:
                await store.ping()
            except Unavailable:
                return False
            return True

        await eventually(answers, "the server returns")
        await store.put([Row("t", "a", 1, b"")])
        assert len(await store.get("t", ["a"])) == 1
        await store.close()
        gc.collect()

    @needs("shared")
    async def test_two_stores_race_to_open(self, site: StoreSite) -> None:
        async def play(store: Store, who: int, number: int) -> list[Appended]:
            return await store.append([commit("s/1", 1, f"c{who}")])

        ((ours, theirs),) = await race(site, 1, play)
        assert {*ours, *theirs} == {OK, STREAM}
