"""The last events of all topics, and the numbers of streams, for the console to show.

Everything is read from the log, authenticated and kept in memory only; a start reads it anew.
"""

import asyncio
import contextlib
import heapq
import re
from collections import deque
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Set
from contextlib import asynccontextmanager
from datetime import datetime
from hashlib import sha256
from operator import attrgetter
from typing import NamedTuple
from uuid import uuid4

from shared.kernel.backoff import Backoff
from shared.kernel.logs import log
from shared.kernel.ports import Log, LogRecord, Unavailable
from shared.signing.cloudevents import Unauthentic, authenticate
from shared.signing.key_history import Keyring

KEPT = 5000
_PAUSE = 0.3
# Asking Kafka for its ends costs connections: seldom, while nobody looks.
_IDLE_PAUSE = 3.0
# A signature takes some 50 us to check; the services in this process must not wait for many.
_CHUNK = 16
_CURSOR = re.compile(r"([0-9a-f]{8})-([0-9]{1,15})")
_TYPE = re.compile(r"sinergi\.\w+\.(\w+)\.v[0-9]+")


class Happening(NamedTuple):
    """An authentic event without its data; `number` counts them in the order they are shown."""

    number: int
    topic: str
    partition: int
    offset: int
    source: str
    type: str
    subject: str
    sequence: int
    time: datetime
    actor: str
    causation: str
    correlation: str

    @property
    def ref(self) -> str:
        """The event's name across agencies, as others' `causation` has it."""
        return f"{self.source}/{self.subject}/{self.sequence}"

    @property
    def event(self) -> str:
        """The short name, such as ProposalSubmitted."""
        match = _TYPE.fullmatch(self.type)
        return match[1] if match else self.type

    @property
    def kind(self) -> str:
        return self.subject.partition("/")[0]

    @property
    def anchor(self) -> str:
        """An id for HTML that is the same on every page and after every restart."""
        return "e" + sha256(self.ref.encode()).hexdigest()[:10]


_ORDER = attrgetter("time", "source", "subject", "sequence")


class Timeline:
    """Follows the log while `following` is open.

    `complete` says whether the log's end has been reached once, `reachable` whether the log
    answered last time; `unauthentic` counts records that are not shown because no owner of their
    topic signed them.
    """

    def __init__(
        self,
        log_: Log,
        owners: Mapping[str, Set[str]],
        ring: Keyring,
        *,
        pause: float = _PAUSE,
        idle_pause: float = _IDLE_PAUSE,
        keep: int = KEPT,
    ) -> None:
        self._log, self._owners, self._ring = log_, owners, ring
        self._pause, self._idle_pause, self._keep = pause, idle_pause, keep
        self._life = uuid4().hex[:8]
        self._kept: deque[Happening] = deque()
        self._by_ref: dict[str, Happening] = {}
        self._fresh: list[Happening] = []
        self._next: dict[tuple[str, int], int] = {}
        # By hash: a million streams must not cost their names' memory.
        self._sequences: dict[int, int] = {}
        self._counts: dict[tuple[str, str], int] = {}
        self.last = 0
        self._changed, self._asked = asyncio.Event(), asyncio.Event()
        self.watchers = 0
        self.events = self.unauthentic = 0
        self.complete, self.reachable, self.stopped = False, True, False

    # -- asking ---------------------------------------------------------------------------------

    def latest(self) -> list[Happening]:
        """Return all that are kept, newest last."""
        self._asked.set()
        return list(self._kept)

    def after(self, number: int) -> list[Happening]:
        """Return those kept that came after that one, newest last."""
        self._asked.set()
        return [h for h in self._kept if h.number > number]

    def find(self, ref: str) -> Happening | None:
        return self._by_ref.get(ref)

    def count(self, source: str, kind: str) -> int:
        """Return the number of an agency's streams of a kind."""
        return self._counts.get((source, kind), 0)

    def cursor(self, number: int | None = None) -> str:
        """Return a place in this timeline, the newest by default."""
        return f"{self._life}-{self.last if number is None else number}"

    def number(self, cursor: str) -> int | None:
        """Return a cursor's place; None for one from before a restart. Raises ValueError."""
        match = _CURSOR.fullmatch(cursor)
        if match is None:
            raise ValueError(cursor)
        return int(match[2]) if match[1] == self._life else None

    async def wait(self, seconds: float) -> bool:
        """Wait for a change, and return True, or for the time's end, and return False."""
        try:
            async with asyncio.timeout(seconds):
                await self._changed.wait()
        except TimeoutError:
            return False
        return True

    # -- following ------------------------------------------------------------------------------

    @asynccontextmanager
    async def following(self) -> AsyncIterator[None]:
        """Read the log while the context is open; leaving ends every stream of events."""
        self.stopped = False
        task = asyncio.create_task(self._follow(), name="console timeline")
        try:
            yield
        finally:
            self.stopped = True
            self._notify()
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    def _notify(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    async def _follow(self) -> None:
        backoff = Backoff()
        while True:
            try:
                await self._read()
            except Exception as error:  # whatever it was, the page goes on showing what it has
                if self.reachable:
                    unexpected = None if isinstance(error, Unavailable) else error
                    log.warning("console: cannot follow: %r", error, exc_info=unexpected)
                self._now(reachable=False)
                await backoff.wait()
            else:
                self._now(reachable=True)
                backoff.reset()
                await self._rest()

    def _now(self, *, reachable: bool) -> None:
        complete = self.complete or reachable
        if (reachable, complete) != (self.reachable, self.complete):
            self.reachable, self.complete = reachable, complete
            self._notify()

    async def _rest(self) -> None:
        self._asked.clear()
        await asyncio.sleep(self._pause)
        if not self.watchers:
            # Not wait_for: before Python 3.12 it loses a cancellation that comes with the event.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._idle_pause):
                    await self._asked.wait()

    async def _read(self) -> None:
        """Everything up to the log's present end."""
        try:
            await self._log.ping()  # an embedded log remembers its ends, even without its file
            # Before what they signed: a key is announced first.
            await self._ring.refresh(self._log)
            for topic, owners in self._owners.items():
                for partition, end in (await self._log.ends(topic)).items():
                    start = self._next.get((topic, partition), 0)
                    if start >= end:
                        continue
                    async for batch in self._log.read(topic, partition, start, end):
                        await self._take_all(batch, owners)
                    self._next[topic, partition] = end
        finally:
            self._publish()

    async def _take_all(self, batch: Iterable[LogRecord], owners: Set[str]) -> None:
        for count, place in enumerate(batch, 1):
            self._next[place.topic, place.partition] = place.offset + 1
            self._take(place, owners)
            if count % _CHUNK == 0:
                await asyncio.sleep(0)
        if len(self._fresh) > 4 * self._keep:
            self._fresh = heapq.nlargest(self._keep, self._fresh, key=_ORDER)
        if not self.complete:
            self._notify()

    def _take(self, place: LogRecord, owners: Set[str]) -> None:
        try:
            envelope = authenticate(place, owners, self._ring.trust)
        except Unauthentic:
            self.unauthentic += 1
            self._notify()
            return
        stream = hash((envelope.source, envelope.subject))
        before = self._sequences.get(stream, 0)
        if envelope.sequence <= before:
            return  # the log may repeat a record
        self._sequences[stream] = envelope.sequence
        happening = Happening(
            0,
            *place[:3],
            envelope.source,
            envelope.type,
            envelope.subject,
            envelope.sequence,
            envelope.time,
            envelope.actor,
            envelope.causation,
            envelope.correlation,
        )
        if before == 0:
            key = happening.source, happening.kind
            self._counts[key] = self._counts.get(key, 0) + 1
        self.events += 1
        self._fresh.append(happening)

    def _publish(self) -> None:
        """Show what was read, by time: an effect is never older than its cause."""
        if not self._fresh:
            return
        for happening in sorted(self._fresh, key=_ORDER)[-self._keep :]:
            self.last += 1
            numbered = happening._replace(number=self.last)
            self._kept.append(numbered)
            self._by_ref[numbered.ref] = numbered
        self._fresh = []
        while len(self._kept) > self._keep:
            self._by_ref.pop(self._kept.popleft().ref, None)
        self._notify()


def by_cause(happenings: Iterable[Happening]) -> Iterator[tuple[int, Happening]]:
    """Yield each with its depth, an effect below its cause."""
    known = {h.ref: h for h in happenings}
    effects: dict[str, list[Happening]] = {}
    for happening in known.values():
        cause = happening.causation if happening.causation in known else ""
        effects.setdefault(cause, []).append(happening)
    waiting = [(0, h) for h in reversed(effects.pop("", []))]
    while waiting or effects:
        if not waiting:  # what claims to have caused itself
            waiting = [(0, h) for h in effects.pop(next(iter(effects)))]
        depth, happening = waiting.pop()
        yield depth, happening
        waiting += [(depth + 1, h) for h in reversed(effects.pop(happening.ref, []))]
