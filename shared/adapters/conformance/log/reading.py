"""Topics, their ends, and reading ranges of them."""

import asyncio

from shared.adapters.conformance.features import LogFeatures
from shared.adapters.conformance.log.recorder import (
    numbered,
)
from shared.adapters.conformance.log.site import LogSuite
from shared.kernel.ports import Log


class Reading(LogSuite):
    """Topics are made once; a range is read exactly."""

    async def test_topics_are_made_once(self, log: Log, topic: str, features: LogFeatures) -> None:
        await log.send(topic, numbered(2, 2))
        other = f"{topic}-other"
        await log.create_topics([topic, other])
        await log.create_topics([])
        assert sum((await log.ends(topic)).values()) == 4
        assert await log.ends(other) == dict.fromkeys(range(features.partitions), 0)

    async def test_ends_are_the_next_offsets(
        self, log: Log, topic: str, features: LogFeatures
    ) -> None:
        expected = dict.fromkeys(range(features.partitions), 0)
        assert await log.ends(topic) == expected
        for _ in range(3):
            for partition, offset in await log.send(topic, numbered(9, 4)):
                assert offset == expected[partition]
                expected[partition] += 1
        assert await log.ends(topic) == expected

    async def test_read_gives_exactly_the_range(self, log: Log, topic: str) -> None:
        [(partition, _), *_] = await log.send(topic, numbered(1, 2_500))

        async def read(start: int, end: int) -> list[int]:
            batches = [batch async for batch in log.read(topic, partition, start, end)]
            assert all(batches)
            return [r.offset for batch in batches for r in batch]

        for start, end in [(0, 2500), (0, 1), (2499, 2500), (17, 2022), (499, 501), (7, 7), (9, 3)]:
            assert await read(start, end) == list(range(start, end))
        assert await read(2400, 9999) == list(range(2400, 2500))
        assert await read(2500, 2600) == []

    async def test_reading_may_stop_early(self, log: Log, topic: str) -> None:
        [(partition, _), *_] = await log.send(topic, numbered(1, 3_000))
        reading = log.read(topic, partition, 0, 3_000)
        assert (await anext(reading))[0].offset == 0
        await reading.aclose()

    async def test_ping(self, log: Log) -> None:
        await asyncio.wait_for(log.ping(), 5)
