"""Handlers that fail: what failed comes again."""

import itertools
import time
from collections.abc import Sequence

from shared.adapters.conformance.log.recorder import (
    Recorder,
    by_key,
    in_partitions,
    numbered,
)
from shared.adapters.conformance.log.site import LogSuite
from shared.adapters.conformance.waiting import until
from shared.kernel.ports import Damaged, Log, LogRecord, Unavailable


class Failing(LogSuite):
    """Nothing is acknowledged that a handler did not apply."""

    async def test_what_failed_comes_again_from_the_first(self, log: Log, topic: str) -> None:
        class Failing(Recorder):
            async def before(self, batch: Sequence[LogRecord]) -> None:
                if self.calls <= 4:
                    raise RuntimeError(f"failure {self.calls}")

        failing, other = Failing(), Recorder()
        async with log.subscribe(topic, "failing", failing), log.subscribe(topic, "other", other):
            await log.send(topic, numbered(10, 50))
            await until(lambda: len(other.seen) == 500)
            # Later records must not slip past those that failed.
            await log.send(topic, numbered(10, 50, 50))
            await until(lambda: len(failing.seen) == 1000 and len(other.seen) == 1000)
        assert failing.calls > 4
        for recorder in (failing, other):
            assert by_key(recorder.seen) == {b"key/%d" % k: list(range(100)) for k in range(10)}
            assert recorder.overlaps == 0
        for failed, repeated in itertools.pairwise(failing.batches[:5]):
            starts = {p: offsets[0] for p, offsets in in_partitions(failed).items()}
            for partition, offsets in in_partitions(repeated).items():
                assert offsets[0] == starts.get(partition, 0)

    async def test_a_failing_handler_is_not_called_in_a_hot_loop(
        self, log: Log, topic: str
    ) -> None:
        class Failing(Recorder):
            async def before(self, batch: Sequence[LogRecord]) -> None:
                raise RuntimeError

        failing = Failing()
        await log.send(topic, numbered(1, 1))
        async with log.subscribe(topic, "failing", failing):
            await until(lambda: failing.calls >= 3)
            since, calls = time.monotonic(), failing.calls
            await until(lambda: time.monotonic() - since > 1)
            assert failing.calls - calls < 15
        assert failing.seen == []

    async def test_a_place_that_cannot_be_had_is_asked_for_again(
        self, log: Log, topic: str
    ) -> None:
        class Away(Recorder):
            async def before_assigned(self) -> None:
                if len(self.assignments) < 4:
                    raise Unavailable("the store is away")

        await log.send(topic, numbered(5, 20))
        away = Away()
        away.places[0] = 3
        async with log.subscribe(topic, "group", away):
            await until(lambda: len(away.seen) == 97)
        assert in_partitions(away.seen)[0][0] == 3
        assert away.overlaps == 0

    async def test_a_damaged_store_is_not_tried_again(self, log: Log, topic: str) -> None:
        class Broken(Recorder):
            async def before(self, batch: Sequence[LogRecord]) -> None:
                raise Damaged("the store is damaged")

        broken, other = Broken(), Recorder()
        async with log.subscribe(topic, "broken", broken), log.subscribe(topic, "other", other):
            await log.send(topic, numbered(1, 1))
            await until(lambda: broken.calls == 1)
            since = time.monotonic()
            # Tried again, it would have been within 0.1 s.
            await until(lambda: time.monotonic() - since > 1)
            await log.send(topic, numbered(1, 1, 1))
            await until(lambda: len(other.seen) == 2)
        assert broken.calls == 1

    async def test_a_damaged_place_is_not_asked_for_again(self, log: Log, topic: str) -> None:
        class Broken(Recorder):
            async def before_assigned(self) -> None:
                raise Damaged("the store is damaged")

        await log.send(topic, numbered(1, 1))
        broken = Broken()
        async with log.subscribe(topic, "group", broken):
            await until(lambda: len(broken.assignments) == 1)
            since = time.monotonic()
            await until(lambda: time.monotonic() - since > 1)
        assert len(broken.assignments) == 1
        assert broken.calls == 0
