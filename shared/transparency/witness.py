"""A service follows the topic `checkpoints`, and countersigns how far other agencies' logs came."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from shared.kernel import metrics
from shared.kernel.logs import log
from shared.kernel.ports import Clock, Log, LogRecord, Row, Store, Unavailable
from shared.messaging.subscriber import POSITIONS
from shared.signing.keys import Signer
from shared.signing.merkle import EMPTY, Frontier, verify_consistency
from shared.signing.trust_store import TrustStore
from shared.transparency.checkpoints import (
    TOPIC,
    Origin,
    Published,
    extend,
    read_origin,
    read_published,
    valid_signature,
    witness_record,
)
from shared.transparency.publisher import CHECKPOINTS
from shared.transparency.signed_notes import (
    COSIGNATURE,
    BadNote,
    Checkpoint,
    Note,
    Signature,
    cosign,
    read_checkpoint,
    read_note,
)

WITNESSED, COSIGNED, EVIDENCE = "witnessed", "cosigned", "evidence"
_CLAIMS = "witness"


@dataclass(frozen=True, slots=True)
class Seen:
    """The newest checkpoint that a witness has accepted; what follows must begin with its tree.

    `before` is the size of the one that was accepted before it.
    """

    size: int = 0
    root: bytes = EMPTY
    before: int = 0

    def __bytes__(self) -> bytes:
        return self.size.to_bytes(8, "big") + self.before.to_bytes(8, "big") + self.root


def _seen(raw: bytes) -> Seen:
    return Seen(int.from_bytes(raw[:8], "big"), raw[16:], int.from_bytes(raw[8:16], "big"))


class Declined(Exception):
    """A checkpoint that is not cosigned; `status` says why, as tlog-witness has it."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status, self.why = status, why


class Overtaken(Exception):
    """Another replica has accepted a checkpoint meanwhile."""


class Witness:
    """Keeps the newest checkpoint of each partition; the Handler of the subscription.

    Those of other agencies are cosigned when they are consistent with all that was cosigned
    before, the newest and not each. What was accepted is durable before it is cosigned, and is
    learnt from the own cosignatures on the topic too: so an old copy of the store can't be made to
    sign a fork. What contradicts is an alarm, and is kept as evidence.
    """

    def __init__(
        self,
        *,
        service: str,
        agency: str,
        store: Store,
        log_: Log,
        signer: Signer,
        trust: Callable[[], TrustStore],
        refresh_keys: Callable[[], Awaitable[bool]],
        owners: Mapping[str, Collection[str]],
        clock: Clock,
        reached: Callable[[Mapping[str, Mapping[int, int]]], Awaitable[bool]],
    ) -> None:
        self.name = agency
        self._service, self._store, self._log = service, store, log_
        self._signer, self._trust, self._refresh_keys = signer, trust, refresh_keys
        self._owners, self._clock, self._reached = owners, clock, reached
        self._before: dict[int, int] | None = None
        self._wanted: dict[str, Note] = {}
        self._one = asyncio.Lock()
        self._refused = metrics.checkpoints_refused.labels(service)
        self._conflicts = metrics.checkpoint_conflicts.labels(service)

    # -- the subscription's handler -------------------------------------------------------------

    async def assigned(self, partitions: Sequence[int]) -> dict[int, int]:
        ends = await self._log.ends(TOPIC)
        self._before = self._before or ends
        keys = {f"{TOPIC}/{p}": p for p in partitions}
        rows = await self._store.get(POSITIONS, list(keys))
        starts = {keys[key]: row.sequence for key, row in rows.items()}
        self._wanted = {}
        async with self._one:
            # What binds this witness comes first, wherever it stands among what is yet to be read.
            for partition in partitions:
                await self._learn(partition, starts.get(partition, 0), ends.get(partition, 0))
        return starts

    async def _learn(self, partition: int, start: int, end: int) -> None:
        """Take the own cosignatures that a newer store than this one has published."""
        async with aclosing(self._log.read(TOPIC, partition, start, end)) as batches:
            async for batch in batches:
                for place in batch:
                    if ("witness", self.name.encode()) in place.record.headers:
                        await self._take(place)

    async def handle(self, batch: Sequence[LogRecord]) -> None:
        async with self._one:
            for place in batch:
                await self._take(place)
            for origin, note in list(self._wanted.items()):
                await self._cosign(origin, note)
                del self._wanted[origin]
            ends = {place.partition: place.offset + 1 for place in batch}
            await self._store.put(
                [Row(POSITIONS, f"{TOPIC}/{p}", end, None) for p, end in ends.items()]
            )

    async def _take(self, place: LogRecord) -> None:
        try:
            published = read_published(place.record)
        except BadNote as error:
            self._refuse(place, str(error))
            return
        if not self._is_owners(published.origin):
            self._refuse(place, f"nobody owns {published.origin}")
        elif published.witness:
            await self._take_cosigned(place, published)
        elif not await self._signed(published, place):
            self._refuse(place, f"{published.origin.agency} has not signed it")
        elif published.origin.agency == self.name:
            await self._keep(published)
        else:
            await self._judge(published)

    def _refuse(self, place: LogRecord, why: str) -> None:
        self._refused.inc()
        log.warning(
            "%s: %s/%d/%d is no checkpoint: %s",
            self._service, TOPIC, place.partition, place.offset, why,
        )  # fmt: skip

    def _is_owners(self, origin: Origin) -> bool:
        return origin.agency in self._owners.get(origin.topic, ())

    async def _signed(
        self, published: Published, place: LogRecord | None, by: str = ""
    ) -> Signature | None:
        """Return the valid signature of the origin's owner, or the cosignature of this witness."""
        name, kind = (by, {"kind": COSIGNATURE}) if by else (str(published.origin), {})
        agency, trust = by or published.origin.agency, self._trust()
        found = valid_signature(published.note, name, agency, trust, place, **kind)
        if found is None and await self._refresh_keys():
            found = valid_signature(published.note, name, agency, trust, place, **kind)
        return found

    # -- what is published ----------------------------------------------------------------------

    async def _keep(self, published: Published) -> None:
        """The own newest one. Another of its size is an alarm: somebody else signs with our key."""
        checkpoint, store = published.checkpoint, self._store
        found = (await store.get(CHECKPOINTS, [checkpoint.origin])).get(checkpoint.origin)
        if found and found.sequence == checkpoint.size:
            kept = read_checkpoint(read_note(found.body or b"").text)
            if kept.root != checkpoint.root:
                await self._alarm(published.note, checkpoint, "another one of the same size")
        row = Row(CHECKPOINTS, checkpoint.origin, checkpoint.size, bytes(published.note))
        await store.put([row])

    async def _take_cosigned(self, place: LogRecord, published: Published) -> None:
        witness, origin, checkpoint = published.witness, published.origin, published.checkpoint
        if witness == origin.agency or not await self._signed(published, place, witness):
            self._refuse(place, f"{witness} has not cosigned it")
            return
        key = f"{origin} {witness}"
        row = Row(COSIGNED, key, checkpoint.size, bytes(published.note))
        await self._store.put([row])
        if witness == self.name:
            seen = await self._accepted(str(origin))
            if checkpoint.size > seen.size:
                await self._accept(str(origin), Seen(checkpoint.size, checkpoint.root, seen.size))
            elif checkpoint.size == seen.size and checkpoint.root != seen.root:
                await self._alarm(published.note, checkpoint, "this witness accepted another")

    async def _judge(self, published: Published) -> None:
        checkpoint, key = published.checkpoint, published.checkpoint.origin
        seen = await self._accepted(key)
        if checkpoint.size < seen.size:
            return
        if checkpoint.size == seen.size:
            if checkpoint.root == seen.root:
                self._wanted[key] = published.note
            else:
                await self._alarm(published.note, checkpoint, "another one of the same size")
            return
        proven = published.old == seen.size and verify_consistency(
            seen.size, seen.root, checkpoint.size, checkpoint.root, published.consistency
        )
        if not (proven or await self._read_again(published.origin, seen, checkpoint)):
            why = f"it does not begin with the {seen.size} records of the one before"
            await self._alarm(published.note, checkpoint, why)
            return
        try:
            await self._accept(key, Seen(checkpoint.size, checkpoint.root, seen.size))
        except Overtaken:
            await self._judge(published)
            return
        self._wanted[key] = published.note

    async def _read_again(self, origin: Origin, seen: Seen, checkpoint: Checkpoint) -> bool:
        """Return whether the log itself has both trees: a proof can be missing without
        any fraud.
        """
        frontier, source = Frontier(), self._log
        there = await extend(source, origin, frontier, seen.size) and frontier.root == seen.root
        return (
            there
            and await extend(source, origin, frontier, checkpoint.size)
            and frontier.root == checkpoint.root
        )

    async def _alarm(self, note: Note, checkpoint: Checkpoint, why: str) -> None:
        key = f"{checkpoint.origin} {checkpoint.size:016d} {checkpoint.root.hex()}"
        if await self._store.get(EVIDENCE, [key]):
            return
        await self._store.put([Row(EVIDENCE, key, 1, bytes(note))])
        self._conflicts.inc()
        log.error(
            "%s: ALARM: the checkpoint of %s at %d contradicts: %s",
            self._service, checkpoint.origin, checkpoint.size, why,
        )  # fmt: skip

    # -- what is accepted -----------------------------------------------------------------------

    async def _accepted(self, origin: str) -> Seen:
        rows = await self._store.get(WITNESSED, [origin])
        seen = _seen(rows[origin].body or b"") if rows else Seen()
        while claim := await self._claim(origin, seen.size):
            seen = claim
        return seen

    async def _claim(self, origin: str, size: int) -> Seen | None:
        key = f"{origin} {size}"
        found = await self._store.get_private(_CLAIMS, [key])
        return _seen(found[key]) if found else None

    async def _accept(self, origin: str, new: Seen) -> None:
        """Durable on return. Raises Overtaken: of two that follow the same one, one wins."""
        store = self._store
        rows = await store.get(WITNESSED, [origin])
        before = _seen(rows[origin].body or b"") if rows else Seen()
        won = await store.keep_private(_CLAIMS, f"{origin} {new.before}", bytes(new))
        rows = await store.get(WITNESSED, [origin])
        if won != bytes(new) or (rows and rows[origin].sequence > new.before):
            raise Overtaken
        await store.put([Row(WITNESSED, origin, new.size, bytes(new))])
        # The claim just made outlives the row in a power cut; the one before it is done with.
        if before.size == new.before and new.before:
            await store.delete_private(_CLAIMS, [f"{origin} {before.before}"])

    # -- cosigning ------------------------------------------------------------------------------

    async def _cosign(self, origin: str, note: Note) -> Signature:
        """Cosign an accepted checkpoint, and publish that unless it is done."""
        size = read_checkpoint(note.text).size
        seconds = int(self._clock().timestamp())
        signature = cosign(note.text, self.name, self._signer, seconds)
        key = f"{origin} {self.name}"
        rows = await self._store.get(COSIGNED, [key])
        if key not in rows or rows[key].sequence < size:
            record = witness_record(origin, note.text, signature)
            await self._log.send(TOPIC, [record])
            await self._store.put([Row(COSIGNED, key, size, record.value)])
        return signature

    async def add(self, old: int, proof: Sequence[bytes], note: Note) -> Signature:
        """Return the cosignature of a checkpoint that was not read from the topic, published there
        as well. Raises Declined, Unavailable.
        """
        checkpoint = read_checkpoint(note.text)
        key = checkpoint.origin
        try:
            published = Published(note, read_origin(key), checkpoint)
        except BadNote as error:
            raise Declined(404, str(error)) from error
        if not self._is_owners(published.origin) or published.origin.agency == self.name:
            raise Declined(404, f"this witness does not know {key}")
        if not await self._signed(published, None):
            raise Declined(403, f"{published.origin.agency} has not signed it")
        if old > checkpoint.size:
            raise Declined(400, "the old size exceeds the checkpoint's")
        await self._up_to_date()
        async with self._one:
            seen = await self._accepted(key)
            if old != seen.size:
                raise Declined(409, str(seen.size))
            if old == checkpoint.size and checkpoint.root != seen.root:
                await self._alarm(note, checkpoint, "another one of the same size")
                raise Declined(409, str(seen.size))
            if not verify_consistency(old, seen.root, checkpoint.size, checkpoint.root, proof):
                raise Declined(422, f"the proof does not lead from {old} to {checkpoint.size}")
            if checkpoint.size > seen.size:
                try:
                    await self._accept(key, Seen(checkpoint.size, checkpoint.root, seen.size))
                except Overtaken as error:
                    raise Declined(409, str((await self._accepted(key)).size)) from error
            return await self._cosign(key, note)

    async def _up_to_date(self) -> None:
        """Raise Unavailable until all has been read that was published before this process."""
        if self._before is None:
            self._before = await self._log.ends(TOPIC)
        if not await self._reached({TOPIC: self._before}):
            raise Unavailable("this witness still reads what was published before it started")
