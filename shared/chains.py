"""A topic's streams followed record by record: each event once, in order, its chain checked."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from shared.envelope import GENESIS, Envelope, Unauthentic, authenticate
from shared.keys import Trust
from shared.ports import LogRecord


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
    sequence: int = 0
    hash: str = GENESIS
    early: dict[int, tuple[LogRecord, Envelope]] = field(default_factory=dict)


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
            envelope = authenticate(place.record, self._owners, self._trust)
        except Unauthentic as error:
            self._problem(place, error.code, str(error))
            return
        stream = self._streams.setdefault(f"{envelope.source} {envelope.subject}", _Stream())
        if envelope.sequence <= stream.sequence:
            if envelope.sequence == stream.sequence and envelope.hash != stream.hash:
                self._problem(place, "fork", f"another {envelope.id} than before")
            self.repeats += 1
            return
        stream.early.setdefault(envelope.sequence, (place, envelope))
        while follower := stream.early.pop(stream.sequence + 1, None):
            if follower[1].prevhash != stream.hash:
                why = f"{follower[1].id} does not follow event {stream.sequence} of its stream"
                self._problem(follower[0], "chain", why)
                return
            stream.sequence, stream.hash = follower[1].sequence, follower[1].hash
            yield follower

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

    def _problem(self, place: LogRecord, code: str, why: str) -> None:
        self.problems.append(Problem(place.topic, place.partition, place.offset, code, why))
