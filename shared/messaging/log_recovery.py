"""A store and its own topic are brought together before the service serves."""

from collections.abc import Collection
from typing import NamedTuple

from shared.eventsourcing.command_handler import CommandHandler
from shared.eventsourcing.states import STATES
from shared.kernel.logs import log
from shared.kernel.ports import Appended, Commit, Log, LogRecord, Place, Position, Store, scan_all
from shared.messaging.log_tail import take_back
from shared.signing.cloudevents import GENESIS, Envelope, Unauthentic, authenticate, read
from shared.signing.trust_store import TrustStore

_GROUP = 50
# So many are kept in memory before they are written.
_STATES = 500


class Forked(Exception):
    """Store and log tell different stories of a stream: a person must look."""


class Recovered(NamedTuple):
    """The amounts mended; `resent` are commits that the log lost, in the order of their places
    there. They must be sent before any other, so that the log becomes what it was.
    """

    restored: int
    resent: list[Commit]
    states: int


class _End(NamedTuple):
    """The end of a stream: its last commit's place, and its last event."""

    after: int = 0
    first: int = 0
    sequence: int = 0
    hash: str = GENESIS

    @classmethod
    def of(cls, commit: Commit) -> "_End":
        return cls(commit.after, commit.first, commit.last, commit.hash)

    def followed_by(self, envelope: Envelope) -> "_End":
        after = self.after if envelope.first == self.first else self.first
        return _End(after, envelope.first, envelope.sequence, envelope.hash)


class LogRecovery:
    """Brings a service's store up to its own topic, and the topic up to the store.

    Events that the store lacks (it is an old copy, or was emptied) are inserted as they are on
    the log; events that the log lacks (it ends earlier than the marks say) become pending again.
    """

    def __init__(
        self,
        *,
        service: str,
        topic: str,
        owners: Collection[str],
        trust: TrustStore,
        store: Store,
        log_: Log,
    ) -> None:
        self._service, self._topic = service, topic
        self._owners, self._trust = owners, trust
        self._store, self._log = store, log_
        self._streams: dict[str, _End] = {}
        self._commits: dict[str, list[tuple[Envelope, LogRecord]]] = {}
        self._group: dict[Place, Commit] = {}
        self._sent: dict[Place, Position] = {}

    async def run(self, command_handler: CommandHandler) -> Recovered:
        """Mend store and topic; return how much. Raises Forked, Unavailable."""
        known = await self._store.sent_ends()
        ends = await self._log.ends(self._topic)
        resent = await take_back(self._topic, self._store, self._log)
        restored = 0
        for partition, end in ends.items():
            start = known.get(partition, -1) + 1
            if start <= end:
                restored += await self._restore(partition, start, end)
        if self._commits:
            raise Forked(
                f"{self._topic} ends within a commit of {', '.join(self._commits)} that this store"
                f" lacks: restore a newer copy of the store"
            )
        states = await self._states(command_handler)
        if restored or resent:
            log.warning(
                "%s: %d commits restored from the log, %d to be sent again",
                self._service, restored, len(resent),
            )  # fmt: skip
        return Recovered(restored, resent, states)

    async def _restore(self, partition: int, start: int, end: int) -> int:
        restored = 0
        async for batch in self._log.read(self._topic, partition, max(start - 1, 0), end):
            for place in batch:
                await (self._take(place) if place.offset >= start else self._last(place))
            if len(self._group) + len(self._sent) >= _GROUP:
                restored += await self._insert()
        return restored + await self._insert()

    async def _last(self, place: LogRecord) -> None:
        """Raise Forked unless the log still has there what the store has sent there."""
        for commit in await self._store.sent_from(place.partition, place.offset, 1):
            if commit.records[-1] != place.record:
                raise Forked(
                    f"{self._topic} has another record at {place.partition}/{place.offset} than"
                    f" {commit.stream}/{commit.last}, which this store has sent there: it is"
                    " another log, or another store"
                )

    async def _take(self, place: LogRecord) -> None:
        """Put the commit that this record completes into the group; repeats are only checked."""
        try:
            envelope = authenticate(place, self._owners, self._trust)
        except Unauthentic:
            return  # not ours; our consumer will quarantine it
        stream = envelope.subject
        if stream not in self._streams:
            last = await self._store.history(stream)
            self._streams[stream] = _End.of(last[-1]) if last else _End()
        end = self._streams[stream]
        if envelope.sequence <= end.sequence:
            await self._known(envelope, place)
            return
        if envelope.sequence != end.sequence + 1 or envelope.prevhash != end.hash:
            raise Forked(
                f"{self._topic} has {envelope.id} at {place.partition}/{place.offset}, which does"
                f" not follow event {end.sequence} in the store: restore a newer copy of the"
                f" store, or rebuild it from the log"
            )
        self._streams[stream] = end = end.followed_by(envelope)
        parts = self._commits.setdefault(stream, [])
        parts.append((envelope, place))
        if len(parts) < envelope.count:
            return
        del self._commits[stream]
        commit = Commit(
            source=envelope.source,
            stream=stream,
            first=envelope.first,
            after=end.after,
            cause=envelope.cause,
            fingerprint=envelope.fingerprint,
            time=envelope.time,
            hash=envelope.hash,
            records=tuple(part.record for _, part in parts),
            sent=Position(place.partition, place.offset),
        )
        self._group[commit.place] = commit

    async def _known(self, envelope: Envelope, place: LogRecord) -> None:
        """The reply to this record was lost, or it is a repeat, perhaps of one just taken."""
        parts = [part for part, _ in self._commits.get(envelope.subject, ())]
        if parts and envelope.sequence >= parts[0].sequence:
            if envelope.hash != parts[envelope.sequence - parts[0].sequence].hash:
                raise self._another(envelope)
            return
        there = Place(envelope.subject, envelope.first)
        commit = self._group.get(there) or await self._store.at(there)
        if commit is None or envelope.sequence > commit.last:
            raise self._another(envelope)
        if read(commit.records[envelope.sequence - commit.first]).hash != envelope.hash:
            raise self._another(envelope)
        if commit.sent is None and envelope.sequence == commit.last:
            self._sent[there] = Position(place.partition, place.offset)

    def _another(self, envelope: Envelope) -> Forked:
        return Forked(f"{self._topic} has another {envelope.id} than the store")

    async def _insert(self) -> int:
        sent, self._sent = self._sent, {}
        if sent:
            await self._store.mark_sent(sent)
        group, self._group = list(self._group.values()), {}
        if not group:
            return 0
        for commit, outcome in zip(group, await self._store.append(group), strict=True):
            if outcome is not Appended.OK:
                raise Forked(f"{commit.stream}/{commit.first} is on the log and differs here")
        return len(group)

    async def _states(self, command_handler: CommandHandler) -> int:
        """Write the state rows that a crash, a restore or a changed fold has left behind."""
        touched = set(self._streams) | {c.stream for c in await self._store.pending(10_000)}
        async for row in scan_all(self._store, STATES):
            if command_handler.outdated(row):
                touched.add(row.key)
        for number, stream in enumerate(touched, 1):
            await command_handler.refold(stream)
            if number % _STATES == 0:
                await command_handler.write_states()
        await command_handler.write_states()
        return len(touched)
