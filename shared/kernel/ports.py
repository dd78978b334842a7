"""The promises of a Store and a Log.

shared/adapters/conformance has a certification suite for each; docs/adapters.md says how to write
an adapter that passes.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import NamedTuple, Protocol, TypeVar


class Unavailable(Exception):
    """The store or the log cannot be reached or cannot write now; the outcome may be unknown.

    The only failure that is retried without limit.
    """


class Damaged(Exception):
    """A file of the store or the log is damaged: trying again does not help.

    The message names the file, what is wrong with it, and the remedy.
    """


class Record(NamedTuple):
    """A record as it is on the log: bytes, never serialised again.

    Headers keep their order and may repeat; a value that Kafka delivers as null is None.
    """

    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]


class Position(NamedTuple):
    """The place of a record in its topic. Offsets begin at 0."""

    partition: int
    offset: int


class Place(NamedTuple):
    """The place of a commit: its stream and its first event's sequence. No two share one.

    Sequences begin at 1.
    """

    stream: str
    first: int


class Beat(NamedTuple):
    """The last sign of life of who has a lease: beats are counted, and no clock is asked."""

    holder: str
    number: int


class LogRecord(NamedTuple):
    """A record read from the log, with its place."""

    topic: str
    partition: int
    offset: int
    record: Record


@dataclass(frozen=True, slots=True)
class Commit:
    """The events `first`..`last` that one cause produced on one stream; one insert.

    `time` is the recorded instant, with a time zone, later than that of the stream's previous
    commit. `after` is the `first` of that previous commit, 0 where there is none. `fingerprint` is
    a keyed hash of the request's body, empty where there was none. `hash` is the last event's, and
    the next event's `prevhash`. `sent` is the place of the *last* record on the log (a commit's
    records share a partition), None while the commit is pending.
    """

    source: str
    stream: str
    first: int
    after: int
    cause: str
    fingerprint: str
    time: datetime
    hash: str
    records: tuple[Record, ...]
    sent: Position | None = None

    @property
    def last(self) -> int:
        return self.first + len(self.records) - 1

    @property
    def place(self) -> Place:
        return Place(self.stream, self.first)

    @property
    def predecessor(self) -> Place:
        """The place of the stream's previous commit; no commit is there when `after` is 0."""
        return Place(self.stream, self.after)


class Appended(Enum):
    """The outcome of one commit of a group."""

    OK = "ok"
    CAUSE = "cause"  # its cause already took effect
    STREAM = "stream"  # another commit has its place, or an earlier one of the group failed


class Row(NamedTuple):
    """A derived or working row.

    `sequence` orders the versions of one key. `body` is None for a row that was removed, whose
    sequence must not be forgotten. `due` is an instant in microseconds since 1970, for rows that
    wait for one. `order` is text by which the table's rows are read in pages as well; whoever
    writes it makes it unique in the table.
    """

    table: str
    key: str
    sequence: int
    body: bytes | None
    due: int | None = None
    order: str | None = None


class Store(Protocol):
    """A service's own database. `shared` tells whether other processes may write to it too.

    Every method raises Unavailable when the database is not open, cannot be reached or cannot
    write, and Damaged when its file is damaged.
    """

    shared: bool

    async def open(self) -> None:
        """Connect, and make what is missing. A store that was closed may be opened again."""

    async def close(self) -> None:
        """Disconnect. Closing twice is allowed."""

    async def ping(self) -> None:
        """Return when the database answers."""

    async def append(self, group: Sequence[Commit]) -> list[Appended]:
        """Insert each commit or refuse it; return one outcome each, in order.

        What is OK survives a power cut. Each commit is atomic by itself: one that is refused does
        not harm its neighbours, but later commits of its stream in the group are refused with it.
        Place and cause are unique across all processes; CAUSE is the outcome where both are taken.
        After Unavailable any part of the group may have been stored.
        """

    async def by_cause(self, cause: str) -> Commit | None:
        """Return the commit of a cause. May be slow on some servers: use it for what is rare."""

    async def at(self, place: Place) -> Commit | None:
        """Return the commit that begins at a place, by one point look-up on every server."""

    async def history(self, stream: str, after: int = 0) -> list[Commit]:
        """Return the stream's commits after the one that ends at `after`, ascending.

        All that were appended before the call are there. When there is none, that takes one point
        look-up.
        """

    async def pending(self, limit: int) -> list[Commit]:
        """Return unsent commits, oldest first; those of one stream in its order."""

    async def marked(self, places: Sequence[Place]) -> set[Place]:
        """Return those whose commit is marked as sent, by one point look-up each."""

    async def mark_sent(self, sent: Mapping[Place, Position]) -> None:
        """Mark those that exist; a later mark replaces an earlier one.

        May be lost in a power cut, as a whole and with every later write.
        """

    async def mark_pending(self, places: Sequence[Place]) -> None:
        """Take the marks away: the commits are pending again, in their old order."""

    async def sent_ends(self) -> dict[int, int]:
        """Return per partition of the service's topic the highest offset that is marked."""

    async def sent_from(
        self, partition: int, offset: int, limit: int | None = None
    ) -> list[Commit]:
        """Return the commits marked in a partition at or above an offset, in order of offset."""

    async def put(self, rows: Sequence[Row]) -> None:
        """Write each row unless one of the same or a higher sequence is there.

        May be lost in a power cut, as a whole and with every later write. Never torn within a row,
        and never seen without the writes before it.
        """

    async def get(self, table: str, keys: Sequence[str]) -> dict[str, Row]:
        """Return the rows that exist, by key."""

    async def scan(
        self, table: str, prefix: str = "", after: str = "", limit: int = 1000
    ) -> list[Row]:
        """Return rows whose key begins with `prefix` and is above `after`.

        Ascending by code points; at most `limit`.
        """

    async def due(
        self, table: str, until: int, limit: int, after: tuple[int, str] | None = None
    ) -> list[Row]:
        """Return rows whose `due` is at or below `until`, earliest first, then by key.

        Those above `after`, the `due` and key of the last of an earlier page.
        """

    async def page(
        self, table: str, prefix: str = "", after: str = "", limit: int = 1000
    ) -> list[Row]:
        """Return rows whose `order` begins with `prefix` and is above `after`.

        Ascending by code points; at most `limit`. Rows without an order are in no page.
        """

    async def delete(self, table: str, keys: Sequence[str]) -> None:
        """Delete the rows and their sequences, so that any sequence may be put again."""

    async def drop(self, table: str) -> None:
        """Delete a table's rows and their sequences."""

    async def clear(self) -> None:
        """Delete all commits and rows; private values stay. Repeat it after a failure."""

    async def keep_private(self, collection: str, key: str, value: bytes) -> bytes:
        """Insert unless the key is there; return the value that is there now.

        Survives a power cut. For what must never be on the log: persons' keys and look-ups.
        """

    async def get_private(self, collection: str, keys: Sequence[str]) -> dict[str, bytes]:
        """Return the values that exist, by key."""

    async def private_collections(self) -> list[str]:
        """Return the names of the collections that hold something, ascending."""

    async def scan_private(
        self, collection: str, after: str = "", limit: int = 1000
    ) -> dict[str, bytes]:
        """Return values whose key is above `after`, ascending by code points; at most `limit`."""

    async def replace_private(
        self, collection: str, changed: Mapping[str, tuple[bytes, bytes]]
    ) -> None:
        """Put the second value in the place of the first where that is still there.

        Survives a power cut, and leaves no readable copy of the first behind.
        """

    async def delete_private(self, collection: str, keys: Sequence[str]) -> None:
        """Delete the values. Survives a power cut, and leaves no readable copy behind."""

    async def beat(self, name: str, holder: str, seen: Beat | None) -> Beat:
        """Raise the beat of a lease for this holder if it is still the one that was seen.

        None sees no beat: then the lease is taken if nobody has it. Return the beat that is there
        now. It may be lost with the process that keeps the store: then nobody has the lease.
        """

    async def release(self, name: str, seen: Beat) -> None:
        """Give a lease up at once, if its beat is still the one that was seen."""


T = TypeVar("T")
# Where a store runs inline, nothing else makes way for others.
_FEW = 25


async def scan_all(store: Store, table: str, prefix: str = "") -> AsyncIterator[Row]:
    """Yield every row of a table whose key begins with `prefix`, ascending, read in pages.

    Others have their turn after each few.
    """
    after = ""
    while rows := await store.scan(table, prefix, after):
        async for row in in_turns(rows):
            yield row
        after = rows[-1].key


async def in_turns(items: Iterable[T]) -> AsyncIterator[T]:
    """Yield the items; others have their turn after each few."""
    for number, item in enumerate(items, 1):
        yield item
        if not number % _FEW:
            await asyncio.sleep(0)


class Handler(Protocol):
    """The receiver of a subscription. All calls for one subscription come one after another."""

    async def assigned(self, partitions: Sequence[int]) -> dict[int, int]:
        """Own these partitions from now on, and no others.

        Return from which offset to deliver each (absent: from 0).

        Raising asks again after a growing pause, except Damaged: that ends the subscription.
        """
        ...

    async def handle(self, batch: Sequence[LogRecord]) -> None:
        """Apply records, which come in order of offset per partition.

        Returning means that all are applied and may be acknowledged. Raising means that none may
        be: the log delivers them again from the first, after a growing pause. Raising Damaged
        ends the subscription: nothing is delivered any more, and the log says why.
        """
        ...


class Log(Protocol):
    """The services' common log: topics of partitions of records, kept for ever.

    Every method but `open`, `close` and `subscribe` raises Unavailable when the log cannot be
    reached or cannot write, and Damaged when its file is damaged.
    """

    async def open(self) -> None:
        """Connect. Wait for a log that cannot be reached, with a warning, instead of failing."""

    async def close(self) -> None:
        """Stop within 10 s, also when the log is gone. It may be opened again."""

    async def ping(self) -> None:
        """Return when the log answers."""

    async def create_topics(self, topics: Sequence[str]) -> None:
        """Make those that are missing, with the configured partitions and unlimited retention."""

    async def send(
        self, topic: str, records: Sequence[Record], *, partitions: int | None = None
    ) -> list[Position]:
        """Append records; return a position for each.

        What is returned survives a power cut. Records of one key share a partition and keep their
        order, also when partitions are added, if the sender says how many `partitions` the topic
        had at first; a repeat after a failure may duplicate records but never lets one overtake
        another. After Unavailable any prefix per partition may have been appended, and the caller
        sends again from the first. Raise ValueError for a record that the log will never take: then
        nothing has been appended.
        """

    def subscribe(
        self, topic: str, group: str, handler: Handler
    ) -> AbstractAsyncContextManager[None]:
        """Deliver the topic to the handler while the context is open.

        At least once: what was handled but not acknowledged at a crash comes again. Partitions
        are shared out among the processes of one group; a partition has one owner at a time.
        Records come within milliseconds of being sent. A log that cannot be reached is waited for,
        with a warning. Leaving the context ends a batch in flight within 10 s.
        """

    async def ends(self, topic: str) -> dict[int, int]:
        """Return per partition the offset that the next record will get."""

    def read(
        self, topic: str, partition: int, start: int, end: int
    ) -> AsyncGenerator[list[LogRecord], None]:
        """Yield the records at start <= offset < end, in order, in batches; end there.

        An `end` beyond the last record ends at the last one, without waiting.
        """


Clock = Callable[[], datetime]
