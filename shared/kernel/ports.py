"""What a Store and a Log promise; one certification suite each proves that every adapter does."""

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import NamedTuple, Protocol


class Unavailable(Exception):
    """The store or the log cannot be reached or cannot write now; the outcome may be unknown.

    The only failure that is retried without limit.
    """


class Damaged(Exception):
    """A file of the store or the log is damaged: trying again does not help.

    The message names the file, what is wrong with it, and the remedy.
    """


class Record(NamedTuple):
    """A record as it is on the log: bytes, never re-serialised.

    Header values that Kafka delivers as null are None.
    """

    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]


class Position(NamedTuple):
    """Where a record stands in its topic."""

    partition: int
    offset: int


class Place(NamedTuple):
    """Where a commit stands: its stream and its first event's sequence. No two share one."""

    stream: str
    first: int


class LogRecord(NamedTuple):
    """A record read from the log, with its place."""

    topic: str
    partition: int
    offset: int
    record: Record


@dataclass(frozen=True, slots=True)
class Commit:
    """The events `first`..`last` that one cause produced on one stream; one insert.

    `time` is the recorded instant, later than that of the stream's commit before. `fingerprint`
    is a keyed hash of the request's body (empty where there was none). `hash` is the last event's,
    the next one's `prevhash`. `sent` says where the *last* record stands on the log (a commit's
    records share a partition), None while pending.
    """

    source: str
    stream: str
    first: int
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


class Appended(Enum):
    """What became of one commit of a group."""

    OK = "ok"
    CAUSE = "cause"  # its cause already took effect
    STREAM = "stream"  # another commit has its place, or an earlier one of the group failed


class Row(NamedTuple):
    """A derived or working row; `sequence` orders its versions. `body` None: a tombstone.

    `due` is an instant in microseconds since 1970, for rows that wait for one.
    """

    table: str
    key: str
    sequence: int
    body: bytes | None
    due: int | None = None


class Store(Protocol):
    """A service's own database.

    Every method raises Unavailable when the database cannot be reached or cannot write.
    """

    async def open(self) -> None:
        """Connects and makes what is missing."""

    async def close(self) -> None: ...

    async def ping(self) -> None:
        """Returns when the database answers."""

    async def append(self, group: Sequence[Commit]) -> list[Appended]:
        """Inserts each commit or refuses it, one outcome each, in order.

        Durable on return. Each commit is atomic by itself: one loser does not harm its
        neighbours, but later commits of the loser's stream in the group lose with it. Unique on
        (stream, first) and on cause, across all processes. After Unavailable any part of the
        group may have been stored.
        """

    async def by_cause(self, cause: str) -> Commit | None:
        """May be slow on some servers: for what is rare."""

    async def at(self, place: Place) -> Commit | None:
        """One point look-up on every server."""

    async def history(self, stream: str, after: int = 0) -> list[Commit]:
        """The stream's commits after the one that ends at `after`, ascending; all that were
        appended before. When there is none, that takes one point look-up."""

    async def pending(self, limit: int) -> list[Commit]:
        """Unsent commits, oldest first, in order per stream."""

    async def mark_sent(self, sent: Mapping[Place, Position]) -> None:
        """Marks those that exist. May be lost in a power cut, as a whole and with every later
        write."""

    async def mark_pending(self, places: Sequence[Place]) -> None:
        """Takes the marks away: the commits are pending again."""

    async def sent_ends(self) -> dict[int, int]:
        """Per partition of the own topic the highest offset marked."""

    async def sent_from(
        self, partition: int, offset: int, limit: int | None = None
    ) -> list[Commit]:
        """The commits marked in a partition at or above an offset, in order of offset."""

    async def put(self, rows: Sequence[Row]) -> None:
        """Writes each row unless one of the same or a higher sequence is there.

        May be lost in a power cut, as a whole and with every later write; never torn in a single
        row, and never seen without the writes before it.
        """

    async def get(self, table: str, keys: Sequence[str]) -> dict[str, Row]:
        """Those that exist."""

    async def scan(
        self, table: str, prefix: str = "", after: str = "", limit: int = 1000
    ) -> list[Row]:
        """Rows whose key begins with prefix and is above `after`, ascending by code points."""

    async def due(self, table: str, until: int, limit: int) -> list[Row]:
        """Rows whose `due` is at or below `until`, earliest first."""

    async def delete(self, table: str, keys: Sequence[str]) -> None: ...

    async def drop(self, table: str) -> None:
        """Deletes a table's rows."""

    async def clear(self) -> None:
        """Deletes all commits and rows; what is private stays."""

    async def keep_private(self, collection: str, key: str, value: bytes) -> bytes:
        """Inserts unless the key is there; the value that is there now. Durable on return.

        For what must never be on the log: persons' keys and look-ups.
        """

    async def get_private(self, collection: str, keys: Sequence[str]) -> dict[str, bytes]: ...

    async def private_collections(self) -> list[str]:
        """The names of those that something is kept in, ascending."""

    async def scan_private(
        self, collection: str, after: str = "", limit: int = 1000
    ) -> dict[str, bytes]:
        """Those whose key is above `after`, ascending by code points."""

    async def replace_private(
        self, collection: str, changed: Mapping[str, tuple[bytes, bytes]]
    ) -> None:
        """Puts the second value in the place of the first where that is still there, without
        leaving readable copies of it behind. Durable on return."""

    async def delete_private(self, collection: str, keys: Sequence[str]) -> None:
        """Deletes without leaving readable copies behind. Durable on return."""

    async def lease(self, name: str, holder: str, seconds: float) -> bool:
        """Takes or renews the lease unless another holder's has not run out."""


async def scan_all(store: Store, table: str, prefix: str = "") -> AsyncIterator[Row]:
    """Every row of a table whose key begins with prefix, ascending, a page at a time."""
    after = ""
    while rows := await store.scan(table, prefix, after):
        for row in rows:
            yield row
        after = rows[-1].key


class Handler(Protocol):
    """What a subscription calls. All calls for one subscription come one after another."""

    async def assigned(self, partitions: Sequence[int]) -> dict[int, int]:
        """New partitions; the answer is from which offset to deliver each (absent: from 0)."""
        ...

    async def handle(self, batch: Sequence[LogRecord]) -> None:
        """Records, in order of offset per partition.

        Returning means that all are applied and may be acknowledged. Raising means that none may
        be: the log delivers them again from the first.
        """
        ...


class Log(Protocol):
    """Where all services' events meet: topics of partitions of records, kept for ever."""

    async def open(self) -> None:
        """Connects; waits for the log to be reachable, saying so, instead of failing."""

    async def close(self) -> None:
        """Stops within 10 s, also when the log is gone."""

    async def ping(self) -> None: ...

    async def create_topics(self, topics: Sequence[str]) -> None:
        """Makes those that are missing, with the configured partitions and unlimited retention."""

    async def send(self, topic: str, records: Sequence[Record]) -> list[Position]:
        """Appends; durable on return, a position for each.

        Records of one key share a partition and keep their order; a repeat after a failure may
        duplicate but never overtakes. Raises Unavailable on failure: then any prefix per
        partition may have been appended, and the caller sends again from the first. Raises
        ValueError for a record that the log will never take.
        """

    def subscribe(
        self, topic: str, group: str, handler: Handler
    ) -> AbstractAsyncContextManager[None]:
        """Delivers the topic to the handler while the context is open.

        At least once: what was handled but not acknowledged at a crash comes again. Partitions
        are shared out among the processes of one group; a partition has one owner at a time.
        Records come within milliseconds of being sent. Leaving the context ends a batch in flight
        within 10 s.
        """

    async def ends(self, topic: str) -> dict[int, int]:
        """Per partition the offset that the next record will get."""

    def read(
        self, topic: str, partition: int, start: int, end: int
    ) -> AsyncGenerator[list[LogRecord], None]:
        """The records at start <= offset < end, in order, in batches; ends there."""


Clock = Callable[[], datetime]
