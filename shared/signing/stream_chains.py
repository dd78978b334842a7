"""A topic's streams followed record by record: each event once, in order, its chain checked."""

from collections import deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from shared.kernel.ports import LogRecord
from shared.signing.cloudevents import GENESIS, Envelope, Unauthentic, authenticate
from shared.signing.trust_store import TrustStore

_RECENT = 64


@dataclass(frozen=True, slots=True)
class Problem:
    """Something on the log that does not hold. `code` is a short label."""

    topic: str
    partition: int
    offset: int
    code: str
    why: str


@dataclass(slots=True)
class Followed:
    """The last followed event of a stream, and the commit to which it belongs.

    `before` is the hash before that commit. `recent` are the last events' hashes, `early` the
    records that wait for one before them.
    """

    sequence: int = 0
    hash: str = GENESIS
    commit: tuple[int, int, str] = (0, 1, "")
    before: str = GENESIS
    recent: deque[str] = field(default_factory=lambda: deque(maxlen=_RECENT))
    early: dict[int, tuple[LogRecord, Envelope]] = field(default_factory=dict)

    def known(self, sequence: int) -> str | None:
        """Return the hash of an event that was followed; None of one long past."""
        if sequence == self.sequence:
            return self.hash
        back = self.sequence - sequence + 1
        return self.recent[-back] if back <= len(self.recent) else None

    def tiles(self, envelope: Envelope) -> bool:
        """Return whether commits cover the stream without gap or overlap, each with one cause."""
        commit = (envelope.first, envelope.count, envelope.cause)
        first, count, _ = self.commit
        if envelope.sequence == envelope.first:
            return envelope.first == first + count
        return commit == self.commit

    def advance(self, envelope: Envelope) -> None:
        if envelope.sequence == envelope.first:
            self.before = envelope.prevhash
        self.commit = (envelope.first, envelope.count, envelope.cause)
        self.sequence, self.hash = envelope.sequence, envelope.hash
        self.recent.append(envelope.hash)


class Streams(dict[str, Followed]):
    """Streams by `<source> <subject>`; one that was not met yet begins at nothing."""

    def __missing__(self, name: str) -> Followed:
        stream = self[name] = Followed()
        return stream


def stream_name(envelope: Envelope) -> str:
    """Return the stream's identity everywhere: source and subject."""
    return f"{envelope.source} {envelope.subject}"


class StreamChains:
    """Follows every stream of some topics.

    `problems` collects what does not hold, `far` the repeats of events so long past that who
    minds must look whether they are the same.
    """

    def __init__(
        self, owners: Collection[str], trust: TrustStore, streams: Streams | None = None
    ) -> None:
        self._owners, self._trust = owners, trust
        self.streams = Streams() if streams is None else streams
        self.problems: list[Problem] = []
        self.far: list[tuple[LogRecord, Envelope]] = []
        self.repeats = 0

    def take(self, place: LogRecord) -> Iterator[tuple[LogRecord, Envelope]]:
        """Yield the events that this record lets follow: none, itself, or those that
        waited for it.
        """
        try:
            envelope = authenticate(place, self._owners, self._trust)
        except Unauthentic as error:
            self.problem(place, error.code, str(error))
            return
        yield from self.follow(place, envelope)

    def follow(self, place: LogRecord, envelope: Envelope) -> Iterator[tuple[LogRecord, Envelope]]:
        """As `take`, of a record that is known to be authentic."""
        stream = self.streams[stream_name(envelope)]
        if envelope.sequence <= stream.sequence:
            self._again(place, envelope, stream.known(envelope.sequence))
            return
        if waiting := stream.early.get(envelope.sequence):
            self._again(place, envelope, waiting[1].hash)
            return
        if envelope.sequence > stream.sequence + 1:
            stream.early[envelope.sequence] = (place, envelope)
            return
        follower: tuple[LogRecord, Envelope] | None = (place, envelope)
        while follower:
            found, next_ = follower
            if next_.prevhash != stream.hash:
                why = f"{next_.id} does not follow event {stream.sequence} of its stream"
                self.problem(found, "chain", why)
                return
            if not stream.tiles(next_):
                why = f"{next_.id} is not of the commit that its place demands"
                self.problem(found, "commit", why)
            stream.advance(next_)
            yield follower
            follower = stream.early.pop(stream.sequence + 1, None)

    def _again(self, place: LogRecord, envelope: Envelope, hash_: str | None) -> None:
        self.repeats += 1
        if hash_ is None:
            self.far.append((place, envelope))
        elif envelope.hash != hash_:
            self.problem(place, "fork", f"another {envelope.id} than before")

    def gaps(self) -> Iterator[Problem]:
        """Yield the records that wait for one that is not there, once a topic has been read."""
        for name, stream in self.streams.items():
            if stream.early:
                place, _ = stream.early[min(stream.early)]
                yield Problem(
                    place.topic,
                    place.partition,
                    place.offset,
                    "gap",
                    f"event {stream.sequence + 1} of {name.partition(' ')[2]} is missing",
                )

    def problem(self, place: LogRecord, code: str, why: str) -> None:
        self.problems.append(Problem(place.topic, place.partition, place.offset, code, why))
