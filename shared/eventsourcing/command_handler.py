"""Commands and reactions become commits: a turn per stream, one group per flush, one signature."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from shared.events.base import Catalogue, Event
from shared.eventsourcing.decider import (
    AnyDecider,
    AnyStream,
    C,
    Input,
    S,
    StreamRef,
)
from shared.eventsourcing.idempotency import Cause, OtherRequest
from shared.eventsourcing.refusal import MovedOn, NotYet, Refused
from shared.eventsourcing.states import (
    STATES,
    Head,
    fold_commit,
    is_outdated,
    state_row,
    stored_head,
)
from shared.kernel.ports import Appended, Clock, Commit, Record, Row, Store
from shared.signing.cloudevents import Draft, format_time, freeze, sign_group
from shared.signing.keys import Signer

_GROUP = 64
_HEADS = 20_000
_TICK = timedelta(microseconds=1)
_AHEAD = timedelta(minutes=5)


class FromTheFuture(Exception):
    """A cause's instant is more than five minutes ahead of this clock."""


@dataclass(slots=True, eq=False)
class _Entry:
    commit: Commit
    unsigned: list[Record]
    hashes: list[str]
    before: Head
    done: asyncio.Future[Appended]


class CommandHandler:
    """Decides and commits for the streams of one service.

    `on_commit` gets the commits that have become durable here, in order per stream.
    """

    def __init__(
        self,
        *,
        service: str,
        source: str,
        store: Store,
        signer: Signer,
        catalogue: Catalogue,
        deciders: Iterable[AnyDecider],
        clock: Clock,
        on_commit: Callable[[Sequence[Commit]], None],
    ) -> None:
        self._service, self._source, self._store = service, source, store
        self._signer, self._catalogue, self._clock = signer, catalogue, clock
        self._deciders = {decider.kind: decider for decider in deciders}
        self._on_commit = on_commit
        self._heads: OrderedDict[str, Head] = OrderedDict()
        self._loading: dict[str, asyncio.Future[None]] = {}
        self._waiting: list[_Entry] = []
        self._in_flight: list[_Entry] = []
        self._newest: dict[str, _Entry] = {}
        self._flusher: asyncio.Task[None] | None = None
        self._dirty: set[str] = set()
        self._writing = asyncio.Lock()

    # -- commands -------------------------------------------------------------------------------

    async def handle(
        self,
        ref: StreamRef[S, C],
        command: C,
        cause: Cause,
        *,
        expected: int | None = None,
        new: bool = False,
    ) -> Commit | None:
        """Return the durable commit of the command; the first one for a repeated cause.

        None means that the decision was to do nothing (of a request: and it has not taken effect
        before). `expected` is the sequence at which the stream must stand. `new` says that the
        stream most likely does not exist: it is not looked for first, since a commit would find
        its place taken. Raises Refused (nothing is stored), NotYet, OtherRequest, FromTheFuture,
        TooLarge, Unavailable.
        """
        stream = str(ref)
        if not (stream.isascii() and stream.isprintable()):
            raise _no_name(stream)
        if new and stream not in self._heads and stream not in self._loading:
            self._remember(stream, Head(self.decider(stream).initial))
        while True:
            head = await self._head(stream)
            try:
                if expected is not None and expected != head.sequence:
                    raise MovedOn(expected, head.sequence)
                entry = self._decide(stream, head, command, cause)
            except (Refused, NotYet):
                if not await self._holds(stream, head):
                    continue  # it was based on a head that has not come about, or is not the last
                if first := await self.first(cause):
                    return first
                raise
            if entry is None:
                if not await self._holds(stream, head):
                    continue
                return await self.first(cause) if cause.is_request() else None
            match await asyncio.shield(entry.done):
                case Appended.OK:
                    return entry.commit
                case Appended.CAUSE:
                    return await self._first(cause)
                case Appended.STREAM:
                    continue

    async def first(self, cause: Cause) -> Commit | None:
        """Return the commit in which the cause took effect before, if it did. Raises
        OtherRequest.
        """
        return None if cause.is_new() else await self._first(cause)

    async def _first(self, cause: Cause) -> Commit | None:
        commit = await self._store.by_cause(cause.key)
        if commit and commit.fingerprint != cause.fingerprint:
            raise OtherRequest
        return commit

    async def _holds(self, stream: str, head: Head) -> bool:
        """Return whether a head that no commit will test has become durable and is still the last
        one.
        """
        entry = self._newest.get(stream)
        if entry is not None and await asyncio.shield(entry.done) is not Appended.OK:
            return False
        if await self._store.history(stream, head.sequence):
            self.forget(stream)  # another replica went on
            return False
        return True

    def now(self) -> datetime:
        return self._clock()

    def _decide(self, stream: str, head: Head, command: Input, cause: Cause) -> _Entry | None:
        clock = self._clock()
        if cause.not_before and cause.not_before > clock + _AHEAD:
            raise FromTheFuture(f"{cause.id} is at {cause.not_before}, more than 5 minutes ahead")
        time = max(
            clock,
            head.time + _TICK if head.time else clock,
            cause.not_before + _TICK if cause.not_before else clock,
        )
        if cause.not_after and time > cause.not_after:
            raise _late(cause.not_after)
        decider = self.decider(stream)
        events = decider.decide(head.state, command, cause.context(time))
        if not events:
            return None
        return self._enqueue(stream, head, decider, events, cause, time)

    def _enqueue(
        self,
        stream: str,
        head: Head,
        decider: AnyDecider,
        events: Sequence[Event],
        cause: Cause,
        time: datetime,
    ) -> _Entry:
        state, prevhash = head.state, head.hash
        records, hashes = [], []
        if cause.attestation is not None:
            spoken = {"attestation": cause.attestation}
            events = (events[0].model_copy(update=spoken), *events[1:])
        for number, event in enumerate(events, head.sequence + 1):
            draft = Draft(
                source=self._source,
                type=self._catalogue.type_of(self._service, type(event)),
                subject=stream,
                time=time,
                sequence=number,
                first=head.sequence + 1,
                count=len(events),
                cause=cause.key,
                fingerprint=cause.fingerprint,
                correlation=cause.correlation,
                causation=cause.id,
                actor=cause.actor,
                prevhash=prevhash,
                data=event.data(),
            )
            record, prevhash = freeze(draft, self._signer.keyid, cause.traceparent)
            records.append(record)
            hashes.append(prevhash)
            state = decider.evolve(state, event)
        commit = Commit(
            source=self._source,
            stream=stream,
            first=head.sequence + 1,
            after=head.first,
            cause=cause.key,
            fingerprint=cause.fingerprint,
            time=time,
            hash=prevhash,
            records=tuple(records),
        )
        entry = _Entry(commit, records, hashes, head, asyncio.get_running_loop().create_future())
        self._remember(stream, Head(state, commit.last, commit.first, prevhash, time))
        self._newest[stream] = entry
        self._waiting.append(entry)
        if self._flusher is None:
            self._flusher = asyncio.create_task(self._flush(), name="flush")
        return entry

    # -- flushing -------------------------------------------------------------------------------

    async def _flush(self) -> None:
        try:
            while self._waiting:
                group, self._waiting = self._waiting[:_GROUP], self._waiting[_GROUP:]
                self._in_flight = group
                try:
                    self._sign(group)
                    outcomes = await self._store.append([entry.commit for entry in group])
                except BaseException as error:
                    self._fail_all(error)
                    if not isinstance(error, Exception):
                        raise
                else:
                    self._settle(group, outcomes)
        finally:
            self._in_flight = []
            self._flusher = None

    def _sign(self, group: list[_Entry]) -> None:
        unsigned = [record for entry in group for record in entry.unsigned]
        hashes = [hash_ for entry in group for hash_ in entry.hashes]
        signed = iter(sign_group(self._signer, unsigned, hashes))
        for entry in group:
            entry.commit = replace(
                entry.commit, records=tuple(next(signed) for _ in entry.unsigned)
            )

    def _settle(self, group: list[_Entry], outcomes: list[Appended]) -> None:
        durable = []
        for entry, outcome in zip(group, outcomes, strict=True):
            if outcome is Appended.OK:
                durable.append(entry.commit)
                self._dirty.add(entry.commit.stream)
                if self._newest.get(entry.commit.stream) is entry:
                    del self._newest[entry.commit.stream]
            else:
                self._drop(entry.commit.stream)
            if not entry.done.done():
                entry.done.set_result(outcome)
        self._on_commit(durable)

    def _drop(self, stream: str) -> None:
        """Forget a head that has not come about, and send the commands that built on it to decide
        anew.
        """
        self._heads.pop(stream, None)
        self._newest.pop(stream, None)
        for entry in [e for e in self._waiting if e.commit.stream == stream]:
            self._waiting.remove(entry)
            entry.done.set_result(Appended.STREAM)

    def _fail_all(self, error: BaseException) -> None:
        """A failed write may or may not have stored anything: nobody may build on it."""
        for entry in (*self._in_flight, *self._waiting):
            self._heads.pop(entry.commit.stream, None)
            if not entry.done.done():
                entry.done.set_exception(error)
                entry.done.exception()  # a waiter that was cancelled leaves nobody to look
        self._waiting, self._newest = [], {}

    # -- heads and states -----------------------------------------------------------------------

    def decider(self, stream: str) -> AnyDecider:
        """Return the decider of a stream. Raises KeyError for a kind that this service does not
        own.
        """
        return self._deciders[stream.partition("/")[0]]

    def ref(self, name: str) -> AnyStream:
        """Return the stream of a stored or published name.

        Raises KeyError for a kind of stream that this service does not own.
        """
        return self.decider(name).stream(name.partition("/")[2])

    async def head(self, ref: AnyStream) -> Head:
        """Return the stream's newest state, events not yet durable included."""
        return await self._head(str(ref))

    async def _head(self, stream: str) -> Head:
        while stream not in self._heads:
            if loading := self._loading.get(stream):
                await asyncio.shield(loading)
                continue
            self._loading[stream] = asyncio.get_running_loop().create_future()
            try:
                self._remember(stream, await self._load(stream))
            finally:
                self._loading.pop(stream).set_result(None)
        self._heads.move_to_end(stream)
        return self._heads[stream]

    async def state(self, ref: StreamRef[S, C]) -> tuple[S, int]:
        """Return the stream's durable state and sequence (0: there is no such stream)."""
        stream = str(ref)
        while True:
            head = await self._head(stream)
            if await self._holds(stream, head):
                return head.state, head.sequence

    async def _load(self, stream: str) -> Head:
        decider = self.decider(stream)
        head = stored_head(decider, (await self._store.get(STATES, [stream])).get(stream))
        commits = await self._store.history(stream, head.sequence)
        for commit in commits:
            head = fold_commit(self._catalogue, decider, head, commit)
        if commits:
            self._dirty.add(stream)
        return head

    def _remember(self, stream: str, head: Head) -> None:
        self._heads[stream] = head
        if len(self._heads) > _HEADS:
            oldest, kept = self._heads.popitem(last=False)
            if oldest in self._newest or oldest in self._dirty:
                self._heads[oldest] = kept

    def forget(self, stream: str) -> None:
        """Load the stream anew next time: its commits changed behind our back."""
        if stream not in self._newest:
            self._heads.pop(stream, None)

    def outdated(self, row: Row) -> bool:
        """Return whether a state row was folded by another version of its decider."""
        return is_outdated(self.decider(row.key), row)

    async def refold(self, stream: str) -> None:
        """Fold the stream's state from its commits; `write_states` will write it."""
        self.forget(stream)
        if (await self._head(stream)).sequence:
            self._dirty.add(stream)

    async def write_states(self) -> None:
        """Write the state row of every stream that has moved since; a no-op when none has."""
        async with self._writing:
            while self._dirty:
                dirty, self._dirty = self._dirty, set()
                try:
                    await self._store.put([await self._state_row(stream) for stream in dirty])
                except BaseException:
                    self._dirty |= dirty
                    raise

    async def _state_row(self, stream: str) -> Row:
        while True:
            head = await self._head(stream)
            entry = self._newest.get(stream)
            if entry is None or await asyncio.shield(entry.done) is Appended.OK:
                return state_row(self.decider(stream), stream, head)


def _no_name(stream: str) -> Refused:
    kind = stream.partition("/")[0]
    return Refused("unknown:name", rule=f"unknown-{kind}", status=404, kind=kind)


def _late(until: datetime) -> Refused:
    return Refused("attestation-late", status=422, until=format_time(until))
