"""A topic's streams followed record by record: each event once, in order, its chain checked."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from shared.envelope import GENESIS, Envelope, Unauthentic, authenticate
from shared.ports import LogRecord
from shared.trust import Trust


@dataclass(frozen=True, slots=True)
class Problem:
    """Something on the log that does not hold. `code` is a short label."""

    topic: str
    partition: int
    offset: int
    code: str
    why: str


@dataclass(slots=True)
class _Stream:
    # All of them: a fork may come at any earlier place, and a digest is all it takes to see it.
    hashes: list[bytes] = field(default_factory=list)
    early: dict[int, tuple[LogRecord, Envelope]] = field(default_factory=dict)
    commit: tuple[int, int, str] = (0, 1, "")

    @property
    def sequence(self) -> int:
        return len(self.hashes)

    def follows(self, envelope: Envelope) -> bool:
        return envelope.prevhash == (self.hashes[-1].hex() if self.hashes else GENESIS)

    def tiles(self, envelope: Envelope) -> bool:
        """Whether commits cover the stream without gap or overlap, each with one cause."""
        commit = (envelope.first, envelope.count, envelope.cause)
        first, count, _ = self.commit
        if envelope.sequence == envelope.first:
            return envelope.first == first + count
        return commit == self.commit


class Chains:
    """Follows every stream of some topics; `problems` collects what does not hold."""

    def __init__(self, owners: Collection[str], trust: Trust) -> None:
        self._owners, self._trust = owners, trust
        self._streams: dict[str, _Stream] = {}
        self.problems: list[Problem] = []
        self.repeats = 0

    @property
    def streams(self) -> int:
        return len(self._streams)

    def take(self, place: LogRecord) -> Iterator[tuple[LogRecord, Envelope]]:
        """The events that this record lets follow: none, itself, or those that waited for it."""
        try:
            envelope = authenticate(place, self._owners, self._trust)
        except Unauthentic as error:
            self.problem(place, error.code, str(error))
            return
        stream = self._streams.setdefault(f"{envelope.source} {envelope.subject}", _Stream())
        if envelope.sequence <= stream.sequence:
            self._again(place, envelope, stream.hashes[envelope.sequence - 1].hex())
            return
        if envelope.sequence in stream.early:
            self._again(place, envelope, stream.early[envelope.sequence][1].hash)
            return
        stream.early[envelope.sequence] = (place, envelope)
        while follower := stream.early.pop(stream.sequence + 1, None):
            found, next_ = follower
            if not stream.follows(next_):
                why = f"{next_.id} does not follow event {stream.sequence} of its stream"
                self.problem(found, "chain", why)
                return
            if not stream.tiles(next_):
                why = f"{next_.id} is not of the commit that its place demands"
                self.problem(found, "commit", why)
            stream.commit = (next_.first, next_.count, next_.cause)
            stream.hashes.append(bytes.fromhex(next_.hash))
            yield follower

    def _again(self, place: LogRecord, envelope: Envelope, hash_: str) -> None:
        self.repeats += 1
        if envelope.hash != hash_:
            self.problem(place, "fork", f"another {envelope.id} than before")

    def gaps(self) -> Iterator[Problem]:
        """The records that wait for one that is not there, once a topic has been read."""
        for name, stream in self._streams.items():
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
