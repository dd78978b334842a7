"""Opening again, and failures that are not the database's."""

import asyncio
import gc
import itertools
import time
from dataclasses import replace
from typing import cast

import pytest

from shared.adapters.conformance.features import needs
from shared.adapters.conformance.killing import Tell, run_and_kill
from shared.adapters.conformance.store.samples import CAUSE, appended, chain, commit
from shared.adapters.conformance.store.site import StoreSite, StoreSuite
from shared.adapters.conformance.waiting import eventually
from shared.kernel.ports import (
    Place,
    Position,
    Row,
    Store,
    Unavailable,
)


async def append_for_ever(store: Store, tell: Tell) -> None:
    """Append commits of one stream, and tell the cause of each when it is acknowledged."""
    await store.open()
    for number in itertools.count(1):
        each = commit("s/1", number, f"c{number}")
        await appended(store, each)
        tell(each.cause)


async def check_after_kill(site: StoreSite, causes: list[str]) -> None:
    """Fail if a commit that was acknowledged is missing, or the stream cannot go on."""
    store = site.store()
    await store.open()
    history = await store.history("s/1")
    # Beside what was acknowledged, at most the one that was under way.
    assert [c.cause for c in history][: len(causes)] == causes
    assert len(history) <= len(causes) + 1
    assert [c.first for c in history] == list(range(1, len(history) + 1))
    await appended(store, commit("s/1", len(history) + 1, "next"))
    await store.close()


class Lasting(StoreSuite):
    """Everything is there after a close and after a kill."""

    @needs("persistent")
    async def test_a_reopened_store_has_everything(self, site: StoreSite) -> None:
        store = site.store()
        await store.open()
        await store.ping()
        await appended(store, *chain("s/1", 3))
        await store.mark_sent({Place("s/1", 1): Position(1, 5)})
        await store.put([Row("t", "a", 3, b"a", 7, "o")])
        await store.keep_private("keys", "p/1", b"secret")
        await store.close()
        await store.close()
        await store.open()
        await store.ping()
        assert await store.history("s/1", 1) == chain("s/1", 2, first=2)
        assert await store.pending(10) == chain("s/1", 2, first=2)
        assert await store.sent_ends() == {1: 5}
        assert await store.due("t", 7, 1) == [Row("t", "a", 3, b"a", 7, "o")]
        assert await store.page("t") == [Row("t", "a", 3, b"a", 7, "o")]
        assert await store.get_private("keys", ["p/1"]) == {"p/1": b"secret"}
        assert await store.append(chain("s/1", 1)) == [CAUSE]
        await appended(store, *chain("s/1", 1, first=4))
        await store.close()

    @needs("persistent")
    async def test_open_is_unavailable_where_there_is_nothing(self, site: StoreSite) -> None:
        store = site.unreachable()
        began = time.monotonic()
        with pytest.raises(Unavailable):
            await store.open()
        assert time.monotonic() - began < 10
        await store.close()
        gc.collect()

    async def test_programming_errors_are_not_unavailable(self, store: Store) -> None:
        wrong = cast("str", object())
        for call in (
            store.append([replace(commit("s/1", 1, "c"), hash=wrong)]),
            store.put([Row("t", "k", 1, cast("bytes", wrong))]),
            store.by_cause(wrong),
            store.beat("relay", wrong, None),
            # Refused by a server, not by its driver.
            store.keep_private("keys", cast("str", ["p/1"]), b""),
        ):
            with pytest.raises(Exception, match=r".") as caught:
                await call
            assert not isinstance(caught.value, Unavailable)
        await appended(store, *chain("s/1", 1))

    @needs("survives_kill")
    async def test_what_was_acknowledged_survives_kill_9(self, site: StoreSite) -> None:
        causes = await asyncio.to_thread(run_and_kill, site.maker(), append_for_ever, after=50)
        await check_after_kill(site, causes)

    @needs("survives_kill", "remote")
    async def test_what_was_acknowledged_survives_the_servers_kill_9(self, site: StoreSite) -> None:
        server = site.server
        assert server is not None
        causes: list[str] = []
        store = site.store()

        async def enough() -> bool:
            return len(causes) >= 50 or appending.done()

        appending = asyncio.create_task(append_for_ever(store, causes.append))
        try:
            await eventually(enough, "50 appended")
            await asyncio.to_thread(server.kill)
            with pytest.raises(Unavailable):
                await asyncio.wait_for(appending, 20)
        finally:
            appending.cancel()
            await store.close()
            await asyncio.to_thread(server.start)
        assert len(causes) >= 50
        await check_after_kill(site, causes)
