"""Groups: partitions are shared out, and handed over."""

import asyncio
import itertools
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack

from shared.adapters.conformance.features import LogFeatures
from shared.adapters.conformance.log.recorder import (
    Recorder,
    by_key,
    numbered,
)
from shared.adapters.conformance.log.site import LogSuite, Opener
from shared.adapters.conformance.waiting import until
from shared.kernel.ports import Log, LogRecord


class Rebalancing(LogSuite):
    """A partition has one owner at a time; leaving ends a batch in flight."""

    async def test_a_group_shares_partitions_and_hands_them_over(
        self, log: Log, topic: str, another: Opener, features: LogFeatures
    ) -> None:
        class Slow(Recorder):
            async def before(self, batch: Sequence[LogRecord]) -> None:
                await asyncio.sleep(0.02)

        store = Recorder()
        members = [Slow(store) for _ in range(3)]
        keys = 30
        done = asyncio.Event()

        async def stream() -> int:
            for number in itertools.count():
                await log.send(topic, numbered(keys, 1, number))
                if done.is_set():
                    return number + 1
                await asyncio.sleep(0.005)
            raise AssertionError

        streaming = asyncio.create_task(stream())
        async with AsyncExitStack() as stays:
            await stays.enter_async_context(log.subscribe(topic, "group", members[0]))
            await until(lambda: len(members[0].seen) > 100)
            async with AsyncExitStack() as leaves:
                await leaves.enter_async_context(
                    (await another()).subscribe(topic, "group", members[1])
                )
                await stays.enter_async_context(
                    (await another()).subscribe(topic, "group", members[2])
                )
                if features.shared:
                    counts = [len(m.mine) for m in members]
                    await until(
                        lambda: all(len(m.mine) > c for m, c in zip(members, counts, strict=True))
                    )
                    held = [m.assignments[-1] for m in members]
                    assert sorted(itertools.chain(*held)) == list(range(features.partitions))
            left = len(members[1].mine)
            after = len(store.seen)
            await until(lambda: len(store.seen) > after + 300)
            done.set()
            total = await streaming
            await until(lambda: len(set(store.seen)) == total * keys)
            assert len(members[1].mine) == left
        numbers = by_key(store.seen)
        assert len(numbers) == keys
        # A hand-over without a crash repeats nothing, so this is also the order.
        assert all(found == list(range(total)) for found in numbers.values())
        assert [m.overlaps for m in members] == [0, 0, 0]

    async def test_leaving_waits_for_a_batch_that_ends_in_time(self, log: Log, topic: str) -> None:
        class Slow(Recorder):
            async def before(self, batch: Sequence[LogRecord]) -> None:
                await asyncio.sleep(0.5)

        await log.send(topic, numbered(3, 3))
        slow = Slow()
        async with log.subscribe(topic, "group", slow):
            await until(lambda: slow.running > 0)
            left = time.monotonic()
        assert time.monotonic() - left < 5
        assert slow.running == 0
        # Applied as a whole or not at all; what was not applied comes to the next.
        async with log.subscribe(topic, "group", slow):
            await until(lambda: len(slow.seen) == 9)
        assert by_key(slow.seen) == {b"key/%d" % k: [0, 1, 2] for k in range(3)}

    async def test_leaving_ends_a_batch_that_hangs(self, log: Log, topic: str) -> None:
        class Hanging(Recorder):
            hangs = True

            async def before(self, batch: Sequence[LogRecord]) -> None:
                if self.hangs:
                    await asyncio.Event().wait()

        await log.send(topic, numbered(3, 3))
        hanging = Hanging()
        async with log.subscribe(topic, "group", hanging):
            await until(lambda: hanging.running > 0)
            left = time.monotonic()
        assert time.monotonic() - left < 10
        assert hanging.running == 0
        assert hanging.seen == []
        # Handled but not acknowledged: it comes again.
        hanging.hangs = False
        async with log.subscribe(topic, "group", hanging):
            await until(lambda: len(hanging.seen) == 9)
        assert by_key(hanging.seen) == {b"key/%d" % k: [0, 1, 2] for k in range(3)}
