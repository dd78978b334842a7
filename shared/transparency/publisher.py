"""A service signs how far its own topic has come, partition by partition."""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Awaitable, Callable, Mapping, Sequence

from shared.events.base import Topic
from shared.kernel import metrics
from shared.kernel.backoff import Backoff
from shared.kernel.lease import Lease
from shared.kernel.logs import log
from shared.kernel.ports import Log, Position, Record, Row, Store, Unavailable
from shared.signing.keys import Signer
from shared.signing.merkle import EMPTY, Frontier, consistency_ranges, leaf_hash
from shared.signing.record_codec import leaf_data
from shared.transparency.checkpoints import MOST_LEAVES, TOPIC, Origin, leaf_hashes, owners_record
from shared.transparency.signed_notes import Checkpoint, read_checkpoint, read_note
from shared.transparency.tiles import LostTile, Tiles

TREES, CHECKPOINTS = "trees", "checkpoints"
_RENEW = 5.0
_CHUNK = 64
_KEPT = 4 * MOST_LEAVES
_FINISH = 3.0


class _Contradicted(Exception):
    """The log is not what this service has signed."""


class _Partition:
    """One partition's tree as far as it is signed, and what waits to be sent."""

    def __init__(self, origin: Origin, frontier: Frontier, tiles: Tiles) -> None:
        self.origin, self.frontier, self.tiles = origin, frontier, tiles
        self.unsent: tuple[Record, list[Row]] | None = None

    @property
    def row(self) -> Row:
        return Row(TREES, self.origin.log, self.frontier.size, self.frontier.state)


class CheckpointPublisher:
    """Publishes a signed checkpoint of each partition of the own topic that has grown, every
    `checkpoint_seconds` and when the service stops; under load one for each 4096 records.

    One replica does, the holder of a lease, when its relay has nothing to send. A log that
    contradicts what was signed before is an alarm, and nothing is signed for that partition while
    it does.
    """

    def __init__(
        self,
        *,
        service: str,
        source: str,
        topic: Topic,
        store: Store,
        log_: Log,
        signer: Signer,
        seconds: float,
        lease: Lease,
        idle: asyncio.Event,
        reached: Callable[[Mapping[str, Mapping[int, int]]], Awaitable[bool]],
    ) -> None:
        self._service, self._source, self._topic = service, source, topic
        self._store, self._log, self._signer = store, log_, signer
        self._seconds, self._lease = seconds, lease
        self._idle, self._reached = idle, reached
        self._partitions: dict[int, _Partition] = {}
        self._fresh: dict[int, deque[tuple[int, Record]]] = {}
        self._alarms: dict[int, str] = {}
        self._leading = False
        self._due = self._patience = 0.0
        self._full = asyncio.Event()
        self._stopping = False
        self._working = asyncio.Lock()
        self._conflicts = metrics.checkpoint_conflicts.labels(service)

    def offer(self, records: Sequence[Record], positions: Sequence[Position]) -> None:
        """Take what the log has just acknowledged: it need not be read again."""
        if not self._leading:
            return
        for record, (partition, offset) in zip(records, positions, strict=True):
            fresh = self._fresh.setdefault(partition, deque())
            # What does not follow, or would be too much, is read from the log when its turn comes.
            if len(fresh) >= _KEPT or (fresh and offset != fresh[-1][0] + 1):
                fresh.clear()
            fresh.append((offset, record))
            if len(fresh) >= MOST_LEAVES:
                self._full.set()

    async def run(self) -> None:
        """Work until cancelled; a store or log that is away is tried again without limit."""
        backoff = Backoff()
        while True:
            try:
                async with self._working:
                    if await self._leads() and (self._full.is_set() or self._is_due()):
                        await self._round()
                backoff.reset()
                await self._pause()
            except Unavailable as error:
                log.warning("%s: checkpoints wait: %s", self._service, error)
                await backoff.wait()

    async def finish(self) -> None:
        """Publish the last checkpoint before the service stops."""
        self._stopping = True
        try:
            async with asyncio.timeout(_FINISH), self._working:
                if self._partitions and await self._leads():
                    self._full.clear()
                    await self._round()
        except (Unavailable, TimeoutError) as error:
            log.warning("%s: the last checkpoint was not sent: %r", self._service, error)

    def _is_due(self) -> bool:
        return time.monotonic() >= self._due

    async def _pause(self) -> None:
        seconds = min(self._due - time.monotonic(), _RENEW)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(seconds, 0)):
                await self._full.wait()

    async def _leads(self) -> bool:
        """Return whether this replica signs. One that newly has the lease reads first what was
        published, for it knows nothing.
        """
        led, self._leading = self._leading, await self._lease.held()
        if not self._leading:
            self._due = time.monotonic() + _RENEW
            self._full.clear()  # another replica signs: there is nothing here to wake for
        elif not led:
            self._partitions, self._fresh, self._due = {}, {}, time.monotonic()
        return self._leading

    async def _round(self) -> None:
        self._patience = time.monotonic() + self._seconds
        for partition, end in (await self._ends()).items():
            if self._stopping and partition not in self._partitions:
                continue
            try:
                await self._advance(partition, end)
            except _Contradicted as why:
                self._partitions.pop(partition, None)
                if self._alarms.get(partition) != str(why):
                    self._alarms[partition] = str(why)
                    self._conflicts.inc()
                    log.error("%s: ALARM: %s", self._service, why)
            else:
                self._alarms.pop(partition, None)

    async def _ends(self) -> Mapping[int, int]:
        if self._full.is_set():
            self._full.clear()
            return {p: fresh[-1][0] + 1 for p, fresh in self._fresh.items() if fresh}
        self._due = time.monotonic() + self._seconds
        return await self._log.ends(self._topic)

    # -- a partition ----------------------------------------------------------------------------

    async def _advance(self, number: int, end: int) -> None:
        part = self._partitions.get(number)
        # A log that has become shorter may have become another one.
        if part is None or end < part.frontier.size:
            self._partitions.pop(number, None)
            part = await self._load(number, end)
            self._partitions[number] = part
        while part.unsent or part.frontier.size < end:
            if part.unsent is None:
                part.unsent = await self._sign(part, end)
            if part.unsent is None:
                return
            await self._send(*part.unsent)
            part.unsent = None

    async def _sign(self, part: _Partition, end: int) -> tuple[Record, list[Row]] | None:
        """Let the tree grow by what is there: its checkpoint, and the row that says it is sent."""
        old = part.frontier.size
        leaves = await self._leaves(part, min(end, old + MOST_LEAVES))
        if not leaves:
            return None
        # Until the checkpoint is made, the tree is not what it was either: load it anew.
        self._partitions.pop(part.origin.partition, None)
        rows: list[Row] = []
        for start in range(0, len(leaves), _CHUNK):
            rows += part.tiles.grow(part.frontier, leaves[start : start + _CHUNK])
            await self._turn()
        await self._store.put(rows)
        path = await part.tiles.path(consistency_ranges(old, part.frontier.size))
        self._partitions[part.origin.partition] = part
        checkpoint = Checkpoint(str(part.origin), part.frontier.size, part.frontier.root)
        return owners_record(checkpoint, self._signer, old, path, leaves), [part.row]

    async def _send(self, record: Record, rows: Sequence[Row]) -> None:
        # The same again as often as need be: there must be no other checkpoint of its size.
        await self._log.send(TOPIC, [record])
        await self._store.put(rows)

    async def _leaves(self, part: _Partition, end: int) -> list[bytes]:
        start, number = part.frontier.size, part.origin.partition
        fresh = self._fresh.get(number, deque())
        while fresh and fresh[0][0] < start:
            fresh.popleft()
        hashes: list[bytes] = []
        if not fresh or fresh[0][0] > start:
            upto = min(end, fresh[0][0]) if fresh else end
            async for found in leaf_hashes(self._log, part.origin.topic, number, start, upto):
                hashes += found
            return hashes
        while fresh and len(hashes) < end - start:
            hashes.append(leaf_hash(leaf_data(fresh.popleft()[1])))
            if len(hashes) % _CHUNK == 0:
                await self._turn()
        return hashes

    async def _turn(self) -> None:
        """Events go first: hashing waits for a pause of the relay, though not for ever."""
        left = self._patience - time.monotonic()
        if left <= 0 or self._idle.is_set():
            await asyncio.sleep(0)
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(left):
                await self._idle.wait()

    # -- what was signed before -----------------------------------------------------------------

    async def _load(self, number: int, end: int) -> _Partition:
        """Return the tree as far as it is signed, compared with the log and with what was
        published.

        Raises _Contradicted.
        """
        await self._wait_for_published()
        origin = Origin(self._source, self._topic, number)
        rows = await self._store.get(TREES, [origin.log])
        tiles = Tiles(self._store, origin.log)
        frontier = Frontier(rows[origin.log].body or b"") if rows else Frontier()
        try:
            await tiles.load(frontier.size)
        except LostTile:
            frontier = Frontier()
            await tiles.load(0)
        part = _Partition(origin, frontier, tiles)
        if end < frontier.size:
            raise _Contradicted(f"{origin.log} has {end} records, and {frontier.size} were signed")
        await self._still_there(part)
        await self._catch_up(part)
        return part

    async def _wait_for_published(self) -> None:
        ends = {TOPIC: await self._log.ends(TOPIC)}
        while not await self._reached(ends):  # noqa: ASYNC110 - the store is asked
            await asyncio.sleep(0.02)

    async def _still_there(self, part: _Partition) -> None:
        """The newest signed leaves are looked up again: the end is what a log loses."""
        kept, size = list(part.tiles.newest_leaves()), part.frontier.size
        found: list[bytes] = []
        async for hashes in leaf_hashes(
            self._log, part.origin.topic, part.origin.partition, size - len(kept), size
        ):
            found += hashes
        for index, (one, other) in enumerate(zip(kept, found, strict=False), size - len(kept)):
            if one != other:
                raise _Contradicted(f"{part.origin.log}: record {index} is not what was signed")

    async def _catch_up(self, part: _Partition) -> None:
        """A store that was lost, or is an old copy, goes on from what was published."""
        key = str(part.origin)
        rows = await self._store.get(CHECKPOINTS, [key])
        if not rows:
            return
        published = read_checkpoint(read_note(rows[key].body or b"").text)
        origin = part.origin
        while part.frontier.size < published.size:
            size = min(published.size, part.frontier.size + MOST_LEAVES)
            leaves = await self._leaves(part, size)
            if not leaves:
                raise _Contradicted(
                    f"{origin.log} has {part.frontier.size} records, and {published.size} were"
                    " signed"
                )
            await self._store.put(part.tiles.grow(part.frontier, leaves))
        root = await part.tiles.root(published.size) if published.size else EMPTY
        if root != published.root:
            raise _Contradicted(f"{origin.log} has another tree of {published.size} than signed")
        await self._store.put([part.row])
