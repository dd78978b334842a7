"""Commits go to the log: fresh ones from memory, those left behind by a sweep."""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence

from shared.eventsourcing.command_handler import CommandHandler
from shared.kernel import metrics
from shared.kernel.backoff import Backoff
from shared.kernel.logs import log
from shared.kernel.ports import Commit, Log, Place, Position, Record, Store, Unavailable

_BATCH = 500
_QUEUE = 20_000
_SWEEP = 0.2
_SHARE, _SELDOM = 20, 10.0
_LEASE = 5.0


OnSent = Callable[[Sequence[Record], Sequence[Position]], None]


def _idle(records: Sequence[Record], positions: Sequence[Position]) -> None:
    pass


class OutboxRelay:
    """Sends a service's commits to its topic, in order per stream, each at least once.

    A commit is marked sent only after the log's acknowledgement and its stream's state row. Any
    number of replicas may run; one of them, the lease-holder, also sweeps the store every 200 ms
    (on a server that searches slowly: less often) for what another replica or a lost reply has
    left pending.
    """

    def __init__(
        self,
        *,
        service: str,
        topic: str,
        store: Store,
        log_: Log,
        holder: str,
        on_sent: OnSent = _idle,
    ) -> None:
        """`on_sent` gets what the log has acknowledged, and where each record stands."""
        self._on_sent = on_sent
        self._service, self._topic, self._store, self._log = service, topic, store, log_
        self._command_handler: CommandHandler | None = None
        self._holder = holder
        self._queue: deque[Commit] = deque()
        self._overflowed = False
        self._wake = asyncio.Event()
        self._lease_until = 0.0
        self._seen_pending: set[Place] = set()
        self._next_sweep = 0.0
        self._settling: asyncio.Task[None] | None = None
        self.drained = asyncio.Event()

    def offer(self, commits: Sequence[Commit]) -> None:
        """Take durable commits, in order per stream. Never waits: past 20,000 the store
        holds them.
        """
        if len(self._queue) + len(commits) > _QUEUE:
            self._overflowed = True
            self._queue.clear()
        self._queue.extend(commits)
        self.drained.clear()
        self._wake.set()

    async def run(self, command_handler: CommandHandler) -> None:
        """Relay until cancelled; a store or log that is away is tried again without limit."""
        self._command_handler = command_handler
        # What an earlier process left pending comes before anything new.
        self._overflowed = True
        try:
            await self._relay()
        finally:
            if self._settling is not None:
                self._settling.cancel()
                await asyncio.gather(self._settling, return_exceptions=True)

    async def _relay(self) -> None:
        backoff = Backoff()
        while True:
            try:
                if self._overflowed:
                    await self._send_all_pending()
                elif self._queue:
                    batch = [self._queue.popleft() for _ in range(min(_BATCH, len(self._queue)))]
                    try:
                        await self._send(batch)
                    except BaseException:
                        # From the first again: nothing later of these streams may go before.
                        self._queue.extendleft(reversed(batch))
                        raise
                else:
                    await self._settled()
                    if not self._queue:
                        self.drained.set()
                        await self._sleep()
                if time.monotonic() >= self._next_sweep:
                    await self._sweep()
                backoff.reset()
            except Unavailable as error:
                metrics.relay_failures.labels(self._service).inc()
                log.warning("%s: the relay waits: %s", self._service, error)
                await backoff.wait()

    async def _sleep(self) -> None:
        self._wake.clear()
        if self._queue:
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_SWEEP):
                await self._wake.wait()

    async def _send_all_pending(self) -> None:
        """Everything that is pending in the store: at the start and after an overflow."""
        while True:
            # A commit offered from here on is in memory even if this read does not see it yet.
            self._overflowed = False
            self._queue.clear()
            try:
                await self._settled()
                commits = await self._store.pending(_BATCH)
                if not commits:
                    return
                await self._send(commits)
            except BaseException:
                self._overflowed = True
                raise

    async def _sweep(self) -> None:
        """Send commits that are still pending at the second look and not on their way from here."""
        started = time.monotonic()
        try:
            if await self._leads():
                await self._send_lingering()
        finally:
            # On a server that searches slowly, looking must not become its main work.
            took = time.monotonic() - started
            self._next_sweep = time.monotonic() + max(_SWEEP, min(_SHARE * took, _SELDOM))

    async def _send_lingering(self) -> None:
        await self._settled()
        mine = {commit.place for commit in self._queue}
        pending = [c for c in await self._store.pending(_BATCH) if c.place not in mine]
        lingering = [commit for commit in pending if commit.place in self._seen_pending]
        self._seen_pending = {commit.place for commit in pending}
        if lingering:
            metrics.relay_swept.labels(self._service).inc(len(lingering))
            await self._send(lingering)

    async def _leads(self) -> bool:
        now = time.monotonic()
        if now < self._lease_until:
            return True
        if await self._store.lease("relay", self._holder, _LEASE):
            self._lease_until = now + _LEASE / 2
            return True
        return False

    async def _send(self, commits: Sequence[Commit]) -> None:
        records = [record for commit in commits for record in commit.records]
        acknowledged = await self._log.send(self._topic, records)
        self._on_sent(records, acknowledged)
        positions = iter(acknowledged)
        sent = {commit.place: _last(positions, len(commit.records)) for commit in commits}
        metrics.relayed.labels(self._service).inc(len(records))
        # The next batch may be on its way while this one is marked.
        await self._settled()
        self._settling = asyncio.create_task(self._settle(sent), name="settle")

    async def _settle(self, sent: Mapping[Place, Position]) -> None:
        assert self._command_handler is not None  # noqa: S101 - set by run
        await self._command_handler.write_states()
        await self._store.mark_sent(sent)

    async def _settled(self) -> None:
        """Wait until all that was sent is marked. Raises what kept it from that."""
        if self._settling is not None:
            settling, self._settling = self._settling, None
            await settling


def _last(positions: Iterable[Position], count: int) -> Position:
    for _, position in zip(range(count), positions, strict=False):
        last = position
    return last
