"""Subscriptions: from where, in which order, how soon."""

import statistics
import time

from shared.adapters.conformance.features import LogFeatures
from shared.adapters.conformance.log.recorder import (
    Recorder,
    by_key,
    everything,
    in_partitions,
    numbered,
)
from shared.adapters.conformance.log.site import LogSuite
from shared.adapters.conformance.waiting import until
from shared.kernel.ports import Log


class Subscribing(LogSuite):
    """A handler gets every record from its place on."""

    async def test_a_subscription_starts_at_the_beginning(
        self, log: Log, topic: str, features: LogFeatures
    ) -> None:
        await log.send(topic, numbered(20, 100))
        recorder = Recorder()
        async with log.subscribe(topic, "group", recorder):
            await until(lambda: len(recorder.seen) == 2000)
            assert recorder.assignments == [list(range(features.partitions))]
        assert sorted(recorder.seen) == sorted(await everything(log, topic))
        for offsets in in_partitions(recorder.seen).values():
            assert offsets == list(range(len(offsets)))
        for batch in recorder.batches:
            assert all(offsets == sorted(offsets) for offsets in in_partitions(batch).values())

    async def test_a_subscription_starts_where_the_handler_stands(
        self, log: Log, topic: str
    ) -> None:
        await log.send(topic, numbered(30, 10))
        ends = await log.ends(topic)
        recorder = Recorder()
        # One place is missing: that partition comes from 0.
        starts = {p: end // 2 for p, end in ends.items() if p != 1}
        recorder.places.update(starts)
        wanted = {p: list(range(starts.get(p, 0), end)) for p, end in ends.items()}
        async with log.subscribe(topic, "group", recorder):
            await until(lambda: len(recorder.seen) >= sum(map(len, wanted.values())))
        assert in_partitions(recorder.seen) == wanted
        # What the group has acknowledged does not count: the handler may have lost its store.
        again = Recorder()
        async with log.subscribe(topic, "group", again):
            await until(lambda: len(again.seen) == 300)
        assert sorted(again.seen) == sorted(await everything(log, topic))

    async def test_records_come_within_milliseconds(self, log: Log, topic: str) -> None:
        recorder = Recorder()
        async with log.subscribe(topic, "group", recorder):
            waits = []
            for number in range(100):
                await log.send(topic, numbered(1, 1, number))
                sent = time.perf_counter()
                await until(lambda: len(recorder.seen) == number + 1, 5)  # noqa: B023
                waits.append(time.perf_counter() - sent)
        assert max(waits) < 1
        assert statistics.median(waits) < 0.1
        assert by_key(recorder.seen) == {b"key/0": list(range(100))}

    async def test_two_groups_both_get_everything(self, log: Log, topic: str) -> None:
        one, two = Recorder(), Recorder()
        async with log.subscribe(topic, "one", one), log.subscribe(topic, "two", two):
            await log.send(topic, numbered(10, 30))
            await until(lambda: len(one.seen) == len(two.seen) == 300)
        assert sorted(one.seen) == sorted(two.seen) == sorted(await everything(log, topic))
