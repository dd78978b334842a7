"""A handler that records what it gets, and records that number themselves."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from shared.kernel.ports import Log, LogRecord, Record


class Recorder:
    """A handler that keeps what it has applied, and from where to go on.

    Given another recorder as its store, it shares that one's records and places, as a replica does.
    `overlaps` counts calls that came before another call of the same store had ended.
    """

    def __init__(self, store: "Recorder | None" = None) -> None:
        self.seen: list[LogRecord] = store.seen if store else []
        self.places: dict[int, int] = store.places if store else {}
        self.busy: set[int] = store.busy if store else set()
        self.mine: list[LogRecord] = []
        self.batches: list[Sequence[LogRecord]] = []
        self.assignments: list[list[int]] = []
        self.calls = 0
        self.running = 0
        self.overlaps = 0

    async def assigned(self, partitions: Sequence[int]) -> dict[int, int]:
        self._enter(())
        self.assignments.append(list(partitions))
        try:
            await self.before_assigned()
            return {p: self.places[p] for p in partitions if p in self.places}
        finally:
            self._exit(())

    async def handle(self, batch: Sequence[LogRecord]) -> None:
        partitions = {r.partition for r in batch}
        self._enter(partitions)
        self.calls += 1
        self.batches.append(batch)
        try:
            await self.before(batch)
            for record in batch:
                self.seen.append(record)
                self.mine.append(record)
                self.places[record.partition] = record.offset + 1
        finally:
            self._exit(partitions)

    def _enter(self, partitions: Iterable[int]) -> None:
        self.overlaps += self.running > 0 or not self.busy.isdisjoint(partitions)
        self.running += 1
        self.busy.update(partitions)

    def _exit(self, partitions: Iterable[int]) -> None:
        self.running -= 1
        self.busy.difference_update(partitions)

    async def before(self, batch: Sequence[LogRecord]) -> None: ...

    async def before_assigned(self) -> None: ...


def numbered(keys: int, each: int, start: int = 0) -> list[Record]:
    """Return `each` records for each key, interleaved; the value is the number within the key."""
    return [
        Record(b"key/%d" % key, b"%d" % number, (("n", b"%d" % number),))
        for number in range(start, start + each)
        for key in range(keys)
    ]


def by_key(records: Iterable[LogRecord]) -> dict[bytes | None, list[int]]:
    """Return per key the numbers in order of arrival."""
    found = defaultdict(list)
    for record in records:
        found[record.record.key].append(int(record.record.value or b""))
    return dict(found)


def firsts(numbers: Iterable[int]) -> list[int]:
    """Return each number once, in the order of their first arrivals."""
    return list(dict.fromkeys(numbers))


def in_partitions(records: Iterable[LogRecord]) -> dict[int, list[int]]:
    """Return per partition the offsets in order of arrival."""
    found = defaultdict(list)
    for record in records:
        found[record.partition].append(record.offset)
    return dict(found)


async def everything(log: Log, topic: str) -> list[LogRecord]:
    """Return all records of a topic, partition by partition."""
    found = []
    for partition, end in (await log.ends(topic)).items():
        async for batch in log.read(topic, partition, 0, end):
            found += batch
    return found
