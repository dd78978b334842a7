"""Commits go to the log: fresh ones from memory, those left behind by a sweep."""

import asyncio
import contextlib
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from shared.eventsourcing.command_handler import CommandHandler
from shared.kernel import metrics
from shared.kernel.backoff import Backoff
from shared.kernel.lease import Lease
from shared.kernel.logs import log
from shared.kernel.ports import Commit, Log, Place, Position, Record, Store, Unavailable
from shared.messaging.log_tail import landed, take_back
from shared.messaging.predecessors import Predecessors

_BATCH = 500
_QUEUE = 20_000
_KNOWN = 50_000
_SWEEP = 1.0
_GATHER = 0.1
# Where a service keeps how many partitions its topic had at first.
_PARTITIONS = "topic-partitions"
_SHARE, _SELDOM = 20, 10.0


OnSent = Callable[[Sequence[Record], Sequence[Position]], None]


def _idle(records: Sequence[Record], positions: Sequence[Position]) -> None:
    pass


class OutboxRelay:
    """Sends a service's commits to its topic, each at least once, from any number of replicas.

    A stream's events come to the log in their order, whichever replicas hold them: no commit is
    sent before its predecessor is known to be there, by this relay's own acknowledgement, by the
    predecessor's mark in the store, or since it stands before it in the same request. That alone
    keeps the order. The lease only saves work: its holder looks each second for commits that
    nobody has sent.

    A commit is marked sent after the log's acknowledgement and its stream's state row. After a
    failure the log is compared with what was on its way, before that is sent again.
    """

    def __init__(
        self,
        *,
        service: str,
        topic: str,
        store: Store,
        log_: Log,
        lease: Lease,
        on_sent: OnSent = _idle,
    ) -> None:
        """`on_sent` gets what the log has acknowledged, and where each record stands."""
        self._on_sent = on_sent
        self._service, self._topic, self._store, self._log = service, topic, store, log_
        self._lease = lease
        # Past 20,000 the store holds them, and only their places wait here.
        self._queue: deque[Commit | Place] = deque()
        self._known: OrderedDict[str, int] = OrderedDict()
        self._waiting = Predecessors(store)
        # What may have landed on the log without a word is looked for before it is sent.
        self._suspects: list[Commit] = []
        self._newest: dict[int, int] = {}
        self._first_partitions: int | None = None
        self._marks: dict[Place, Position] = {}
        self._lingering: dict[Place, float] = {}
        self._next_sweep = 0.0
        self._wake, self._to_mark = asyncio.Event(), asyncio.Event()
        self.drained = asyncio.Event()

    def offer(self, commits: Sequence[Commit]) -> None:
        """Take durable commits, in order per stream. Never waits."""
        free = _QUEUE - len(self._queue)
        self._queue.extend(commits[: max(free, 0)])
        self._queue.extend(commit.place for commit in commits[max(free, 0) :])
        self.drained.clear()
        self._wake.set()

    async def run(self, command_handler: CommandHandler) -> None:
        """Relay until cancelled; a store or log that is away is tried again without limit."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._mark_all(command_handler), name="marks")
            await self._relay(command_handler)

    async def _relay(self, command_handler: CommandHandler) -> None:
        backoff = Backoff()
        while True:
            try:
                if time.monotonic() >= self._next_sweep:
                    await self._sweep(command_handler)
                if not await self._send_next():
                    self._rest()
                    await self._sleep()
                backoff.reset()
            except Unavailable as error:
                metrics.relay_failures.labels(self._service).inc()
                log.warning("%s: the relay waits: %s", self._service, error)
                # A slow log or store is no sign that another replica is gone; but while this one
                # waits, another may send what is queued here.
                self._lingering = {}
                self._suspect_all()
                await backoff.wait()

    def _rest(self) -> None:
        if not (self._queue or self._waiting or self._suspects or self._marks):
            self.drained.set()

    async def _sleep(self) -> None:
        self._wake.clear()
        if self._queue:
            return
        until = min(self._next_sweep, self._waiting.next_look)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(until - time.monotonic(), 0)):
                await self._wake.wait()

    # -- sending --------------------------------------------------------------------------------

    async def _send_next(self) -> bool:
        """Send what may go now, in one request; return whether there was anything."""
        if self._suspects:
            await self._compare()
        request = await self._permitted()
        if not request:
            return bool(self._suspects)
        records = [record for commit in request for record in commit.records]
        try:
            acknowledged = await self._log.send(
                self._topic, records, partitions=await self._partitions()
            )
        except BaseException:
            # Any part of it has landed, or may still land.
            self._suspects += request
            raise
        metrics.relayed.labels(self._service).inc(len(records))
        positions = iter(acknowledged)
        ends = {c.place: _last(positions, len(c.records)) for c in request}
        if any(offset <= self._newest.get(p, -1) for p, offset in acknowledged):
            self._suspects += request
            await self._begin_anew(acknowledged)
            return True
        self._newest |= dict(acknowledged)
        self._on_sent(records, acknowledged)
        for commit in request:
            self._landed(commit, ends[commit.place])
        return True

    async def _partitions(self) -> int:
        """Return how many partitions the topic had at first: a key must never move."""
        if self._first_partitions is None:
            live = str(len(await self._log.ends(self._topic))).encode()
            kept = await self._store.keep_private(_PARTITIONS, self._topic, live)
            self._first_partitions = int(kept)
        return self._first_partitions

    async def _permitted(self) -> list[Commit]:
        """Take from the queue what may be sent now, in order; the rest waits by stream."""
        for stream, sequence in (await self._waiting.look()).items():
            self._know(stream, sequence)
        batch: list[Commit] = []
        try:
            await self._take_batch(batch)
            await self._ask_for_predecessors(batch)
        except BaseException:
            self._queue.extendleft(reversed(batch))
            raise
        request: list[Commit] = []
        reach: dict[str, int] = {}
        for commit in batch:
            known = max(self._known.get(commit.stream, 0), reach.get(commit.stream, 0))
            if commit.first > known + 1:
                self._waiting.add(commit)
            elif commit.last > reach.get(commit.stream, 0):
                request.append(commit)
                reach[commit.stream] = commit.last
        metrics.waiting_predecessor.labels(self._service).set(len(self._waiting))
        return request

    async def _take_batch(self, batch: list[Commit]) -> None:
        while self._queue and len(batch) < _BATCH:
            found = self._queue[0]
            commit = await self._store.at(found) if isinstance(found, Place) else found
            self._queue.popleft()
            if commit is not None and (commit is found or commit.sent is None):
                batch.append(commit)

    async def _ask_for_predecessors(self, batch: Sequence[Commit]) -> None:
        """Look, in one query, for the marks before the streams of which nothing is known here."""
        first: dict[str, Commit] = {}
        for commit in batch:
            first.setdefault(commit.stream, commit)
        unknown = [
            commit
            for stream, commit in first.items()
            if commit.first > self._known.get(stream, 0) + 1 and stream not in self._waiting
        ]
        if unknown:
            marked = await self._store.marked([commit.predecessor for commit in unknown])
            for commit in unknown:
                if commit.predecessor in marked:
                    self._know(commit.stream, commit.first - 1)

    async def _compare(self) -> None:
        """Look on the log for commits that may have landed; queue those that have not."""
        found = await landed(self._topic, self._store, self._log, self._suspects)
        suspects, self._suspects = self._suspects, []
        for commit in reversed(suspects):
            if commit.place not in found:
                self._queue.appendleft(commit)
        for commit in suspects:
            if position := found.get(commit.place):
                self._landed(commit, position)

    def _suspect_all(self) -> None:
        commits = [each for each in self._queue if isinstance(each, Commit)]
        self._queue = deque(each for each in self._queue if isinstance(each, Place))
        self._suspects += commits

    def _landed(self, commit: Commit, position: Position) -> None:
        self._marks[commit.place] = position
        self._to_mark.set()
        self._know(commit.stream, commit.last)

    def _know(self, stream: str, sequence: int) -> None:
        """The log holds the stream up to this event: what waited for that goes on."""
        self._known[stream] = max(sequence, self._known.get(stream, 0))
        self._known.move_to_end(stream)
        if len(self._known) > _KNOWN:
            self._known.popitem(last=False)
        late = self._waiting.age(stream) >= _SWEEP
        commits = self._waiting.reached(stream, sequence)
        if late:
            # Who took their predecessor over may have taken them as well.
            self._suspects += commits
        else:
            self._queue.extendleft(reversed(commits))

    # -- a log that became shorter --------------------------------------------------------------

    async def _begin_anew(self, acknowledged: Sequence[Position]) -> None:
        """Send again what the log has lost, since it has given a place a second time."""
        log.error("%s: ALARM: %s became shorter: sending again", self._service, self._topic)
        given = dict(reversed(acknowledged))
        lost = await take_back(self._topic, self._store, self._log, given)
        self._newest = {}
        self._known.clear()
        self._marks.clear()
        self._queue.extendleft(reversed(lost))

    # -- what others have left ------------------------------------------------------------------

    async def _sweep(self, command_handler: CommandHandler) -> None:
        """Take over commits that nobody has sent for a second, in the one replica that looks."""
        started = time.monotonic()
        self._next_sweep = started + _SWEEP
        if not await self._lease.held():
            self._lingering = {}
            return
        pending = await self._store.pending(_BATCH)
        self._tell_age(pending)
        mine = self._places() if pending else set()
        others = [commit for commit in pending if commit.place not in mine]
        self._lingering = {c.place: self._lingering.get(c.place, started) for c in others}
        late = [c for c in others if started - self._lingering[c.place] >= _SWEEP]
        if late:
            metrics.takeovers.labels(self._service).inc(len(late))
            # They may have landed, only their marks not; and who committed them may be gone before
            # it wrote their streams' state rows.
            self._suspects += late
            for stream in {commit.stream for commit in late}:
                await command_handler.refold(stream)
            self.drained.clear()
        # On a server that searches slowly, looking must not become its main work.
        took = time.monotonic() - started
        self._next_sweep = time.monotonic() + max(_SWEEP, min(_SHARE * took, _SELDOM))

    def _tell_age(self, pending: Sequence[Commit]) -> None:
        age = time.time() - pending[0].time.timestamp() if pending else 0.0
        metrics.pending_oldest.labels(self._service).set(max(age, 0.0))

    def _places(self) -> set[Place]:
        """Return the places of all commits that are on their way from here."""
        queued = (c.place if isinstance(c, Commit) else c for c in self._queue)
        held = (c.place for c in (*self._suspects, *self._waiting.commits))
        return {*queued, *held, *self._marks}

    # -- marks ----------------------------------------------------------------------------------

    async def _mark_all(self, command_handler: CommandHandler) -> None:
        """Mark what has landed, together: the next request may be on its way meanwhile."""
        backoff = Backoff()
        while True:
            await self._to_mark.wait()
            self._to_mark.clear()
            if not self._store.shared:
                await self._gather()
            marks = dict(self._marks)
            try:
                await command_handler.write_states()
                await self._store.mark_sent(marks)
                backoff.reset()
            except Unavailable as error:
                log.warning("%s: marks wait: %s", self._service, error)
                await backoff.wait()
                self._to_mark.set()
                continue
            for place, position in marks.items():
                if self._marks.get(place) == position:
                    del self._marks[place]
            self._wake.set()

    async def _gather(self) -> None:
        """Wait for more marks, a little: nobody else looks at those of a store of one process."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_GATHER):
                while len(self._marks) < _BATCH:
                    await self._to_mark.wait()
                    self._to_mark.clear()


def _last(positions: Iterator[Position], count: int) -> Position:
    return deque(islice(positions, count), maxlen=1)[0]
