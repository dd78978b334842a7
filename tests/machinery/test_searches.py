"""The hot path asks a store only for cheap things; it searches for causes only for repeats."""

from typing import Any

import pytest

from shared.eventsourcing.idempotency import request_cause, request_id
from shared.eventsourcing.refusal import Refused
from shared.kernel.ports import Commit, Log, Store
from shared.runtime.service import Service
from tests.conftest import Backend
from tests.toy import Add, add, counter, total


class Counting:
    """A store that counts how often it is searched for a cause."""

    def __init__(self, store: Store) -> None:
        self._store, self.searches = store, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def by_cause(self, cause: str) -> Commit | None:
        self.searches += 1
        return await self._store.by_cause(cause)


async def refused(service: Service, key: str | None = None, amount: int = -1) -> None:
    id_ = request_id(service.keys.secret, "tester", "add", key)
    cause = request_cause(id_, actor="tester", agency="urn:x", fingerprint="f" if key else "")
    with pytest.raises(Refused):
        await service.command_handler.handle(counter("counter/one"), Add(amount=amount), cause)


async def test_only_what_may_be_a_repeat_is_searched_for(backend: Backend, log: Log) -> None:
    world = backend.world
    counting: Any = Counting(backend.store(world.alpha.name))
    alpha = world.service(world.alpha, counting, log)
    async with alpha.run():
        await add(alpha, "counter/one", 5)
        counting.searches = 0
        assert await total(alpha, "counter/one") == 5
        await add(alpha, "counter/one", 1)
        await refused(alpha)
        assert counting.searches == 0
        await refused(alpha, key="k")
        assert counting.searches == 1
        # A key may be a UUID of the kind that fresh requests get.
        await refused(alpha, key="01a20d7c-0d20-73aa-a524-7c206f855b40")
        assert counting.searches == 2


async def test_a_repeat_that_would_be_refused_now_gets_its_answer(
    backend: Backend, log: Log
) -> None:
    world = backend.world
    alpha = world.service(world.alpha, backend.store(world.alpha.name), log)
    async with alpha.run():
        id_ = request_id(alpha.keys.secret, "tester", "add", "once")
        cause = request_cause(id_, actor="tester", agency="urn:x", fingerprint="f")
        first = await alpha.command_handler.handle(
            counter("counter/one"), Add(amount=900_000), cause
        )
        again = await alpha.command_handler.handle(
            counter("counter/one"), Add(amount=900_000), cause
        )
        assert first is not None
        assert again is not None
        assert again.place == first.place


@pytest.mark.parametrize("stream", ["counter/é", "counter/a\nb", "counter/\x00"])
async def test_a_name_that_no_event_can_carry_is_not_found(
    backend: Backend, log: Log, stream: str
) -> None:
    alpha = backend.world.service(backend.world.alpha, backend.store(backend.world.alpha.name), log)
    async with alpha.run():
        with pytest.raises(Refused) as caught:
            await add(alpha, stream, 1)
        assert (caught.value.rule, caught.value.status) == ("unknown-counter", 404)
