"""Held streams: those with dead letters, in the partitions of one topic that this replica owns."""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from shared.eventsourcing.states import STATES
from shared.kernel import metrics
from shared.kernel.ports import Row, Store, scan_all
from shared.messaging.dead_letter_record import parked_stream
from shared.messaging.dead_letters import PARKED, Letter, letter_of, letters_of, stream_of

_LOOK = 1.0
_SCAN = 30.0


@dataclass(slots=True)
class Held:
    """A stream that waits from its event `first` on.

    `watched` has the own streams of which a newer event may let it go on, and where they stood;
    None asks to try it at once. `letters` has the reason of each dead letter by its sequence.
    """

    partition: int
    first: int
    since: float
    watched: dict[str, int] | None = None
    letters: dict[int, str] = field(default_factory=dict)


class HeldStreams:
    """Tells which streams wait, and when one may go on.

    The store's rows are the truth. They are read when partitions are assigned, and again every 30
    seconds, since a replica that owned a partition before may have written late.
    """

    def __init__(self, *, service: str, topic: str, store: Store) -> None:
        self._service, self._topic, self._store = service, topic, store
        self.partitions: tuple[int, ...] = ()
        self._held: dict[str, Held] = {}
        self._moved: set[str] = set()
        self._wake = asyncio.Event()
        self._next_look = self._next_scan = 0.0
        self._told: set[tuple[str, str]] = set()

    def first(self, stream: str) -> int | None:
        """Return the first event that waits; None when the stream is not held."""
        held = self._held.get(stream)
        return held.first if held else None

    def goes_on(self, stream: str, mark: int) -> bool:
        """Return whether the event before the first one that waits has been applied."""
        held = self._held.get(stream)
        return held is not None and held.first <= mark + 1

    def letters(self, stream: str) -> str | None:
        """Return how the keys of a held stream's dead letters begin; None if it is not held."""
        held = self._held.get(stream)
        return letters_of(self._topic, held.partition, stream) if held else None

    # -- what waits -----------------------------------------------------------------------------

    async def own(self, partitions: Sequence[int]) -> None:
        """Take over what waits in these partitions, and let go of all others."""
        self.partitions = tuple(partitions)
        self._held = {}
        await self.scan()

    async def scan(self) -> None:
        """Read the rows of the own partitions again; what was not known is tried at once."""
        found: dict[str, Held] = {}
        for partition in self.partitions:
            async for row in scan_all(self._store, PARKED, letters_of(self._topic, partition)):
                _take(found, row)
        for stream, held in found.items():
            if (known := self._held.get(stream)) and known.first == held.first:
                held.watched = known.watched
        self._held = found
        self._next_scan = time.monotonic() + _SCAN
        self._tell()
        self._wake.set()

    def added(self, rows: Iterable[Row]) -> None:
        """The rows are stored: their streams are held."""
        letters = [row for row in rows if row.table == PARKED]
        for row in letters:
            _take(self._held, row)
        if letters:
            self._tell()
            self._wake.set()

    def waits(self, stream: str, first: Letter, spoken: int) -> None:
        """The stream was tried, and waits from this letter on.

        It may go on when the stream that the letter waits for moves, or when more is said of its
        dead letters than the `spoken` events that were known at the try.
        """
        held = self._held[stream]
        held.first, held.since = first["sequence"], _seconds(first)
        held.letters[held.first] = first["reason"]
        held.watched = {str(parked_stream(first["source"], first["subject"])): spoken}
        if first["waits_for"]:
            held.watched[first["waits_for"]] = first["waits_at"]
        self._tell()

    def removed(self, stream: str, letters: Iterable[Letter]) -> None:
        """These letters of the stream have been applied, or dropped."""
        if held := self._held.get(stream):
            for letter in letters:
                held.letters.pop(letter["sequence"], None)

    def release(self, stream: str) -> None:
        """Nothing of the stream waits any more."""
        self._held.pop(stream, None)
        self._tell()

    def try_again(self, stream: str) -> None:
        """Have the stream tried at once."""
        if held := self._held.get(stream):
            held.watched = None
        self.wake()

    def wake(self) -> None:
        """End the present rest."""
        self._wake.set()

    # -- when it may go on ----------------------------------------------------------------------

    def committed(self, streams: Collection[str]) -> None:
        """These own streams have moved in this process."""
        watched = {each for held in self._held.values() for each in held.watched or ()}
        if moved := watched.intersection(streams):
            self._moved |= moved
            self._wake.set()

    async def rest(self) -> None:
        """Return when there may be something to do: after an event here, a look or a scan."""
        until = min(self._next_scan, self._next_look) if self._held else self._next_scan
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(until - time.monotonic(), 0)):
                await self._wake.wait()
        self._wake.clear()

    def is_due(self) -> bool:
        """Return whether the rows are to be scanned again."""
        return time.monotonic() >= self._next_scan

    async def ready(self) -> list[str]:
        """Return the streams that may go on: never tried, or a stream that they watch has moved.

        All that are watched are asked for in one query, once a second.
        """
        moved, self._moved = self._moved, set()
        if time.monotonic() >= self._next_look:
            moved |= await self._elsewhere()
            self._next_look = time.monotonic() + _LOOK
        return [
            stream
            for stream, held in self._held.items()
            if held.watched is None or moved.intersection(held.watched)
        ]

    async def _elsewhere(self) -> set[str]:
        """Return the watched streams that have moved, in whichever replica."""
        watched: dict[str, int] = {}
        for held in self._held.values():
            for stream, sequence in (held.watched or {}).items():
                watched[stream] = min(sequence, watched.get(stream, sequence))
        if not watched:
            return set()
        rows = await self._store.get(STATES, list(watched))
        return {stream for stream, row in rows.items() if row.sequence > watched[stream]}

    # -- metrics --------------------------------------------------------------------------------

    def _tell(self) -> None:
        """Set the series of the own partitions, so that sums over all replicas are true."""
        letters: Counter[tuple[str, str]] = Counter()
        for held in self._held.values():
            for reason in held.letters.values():
                letters[str(held.partition), reason] += 1
        for gone in self._told - letters.keys():
            metrics.dead_letters.remove(self._service, self._topic, *gone)
        for (partition, reason), count in letters.items():
            metrics.dead_letters.labels(self._service, self._topic, partition, reason).set(count)
        self._told = set(letters)
        oldest = min((held.since for held in self._held.values()), default=None)
        metrics.oldest_dead_letter.labels(self._service, self._topic).set_function(
            lambda: time.time() - oldest if oldest is not None else 0.0
        )


def _take(into: dict[str, Held], row: Row) -> None:
    letter, stream = letter_of(row), stream_of(row.key)
    held = into.setdefault(stream, Held(letter["partition"], letter["sequence"], _seconds(letter)))
    held.letters[letter["sequence"]] = letter["reason"]
    if letter["sequence"] < held.first:
        held.first, held.since, held.watched = letter["sequence"], _seconds(letter), None


def _seconds(letter: Letter) -> float:
    return datetime.fromisoformat(letter["parked_at"]).timestamp()
