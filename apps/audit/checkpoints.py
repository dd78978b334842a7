"""Checkpoints and proofs from the log and the trust list alone: no service is asked."""

from base64 import b64encode
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager
from typing import NamedTuple, TypedDict

from apps.composition.system import TOPOLOGY, reading_log, trust_file
from shared.kernel.ports import Log, LogRecord
from shared.kernel.settings import BadSetting, Settings
from shared.signing.key_history import KeyHistory
from shared.signing.merkle import Levels, root_from_path, verify_consistency
from shared.signing.record_codec import leaf_data
from shared.signing.trust_store import TrustStore, read_roots
from shared.transparency.checkpoints import (
    TOPIC,
    Origin,
    Published,
    leaf_hashes,
    read_origin,
    read_published,
    valid_signature,
)
from shared.transparency.signed_notes import (
    COSIGNATURE,
    BadNote,
    Note,
    cosigned_at,
    join_notes,
    read_checkpoint,
    read_note,
)


class Signed(NamedTuple):
    """A checkpoint as it was published, its signature checked at its place."""

    place: LogRecord
    published: Published

    @property
    def size(self) -> int:
        return self.published.checkpoint.size


class Cosigned(TypedDict):
    """The size up to which a witness has cosigned a partition, and when (seconds since 1970)."""

    size: int
    time: int


class Listed(TypedDict):
    """A partition's newest checkpoint; `cosigned` by witness, `note` with all its signatures."""

    origin: str
    size: int
    root: str
    cosigned: dict[str, Cosigned]
    note: str


class Proof(TypedDict, total=False):
    """`holds` says whether it is proven, `why` why not; the other fields prove it to others.

    Hashes are in base64.
    """

    holds: bool
    why: str
    leaf: str
    path: list[str]
    note: str
    old_root: str
    root: str
    origin: str
    size: int
    signed: bool
    cosigned: list[str]


class Auditor:
    """Reads a log as an auditor does, with the pinned roots and nothing else."""

    def __init__(self, log: Log, trust: TrustStore, owners: Mapping[str, Collection[str]]) -> None:
        """`owners` says which agencies own which topic."""
        self.log, self.trust, self._topics = log, trust, owners

    async def signed(self, witness: bool = False) -> AsyncIterator[Signed]:
        """Yield all valid checkpoints, or all valid cosignatures, in their order."""
        for partition, end in (await self.log.ends(TOPIC)).items():
            async for batch in self.log.read(TOPIC, partition, 0, end):
                for place in batch:
                    try:
                        found = read_published(place.record)
                    except BadNote:
                        continue
                    if bool(found.witness) == witness and self._valid(found, place):
                        yield Signed(place, found)

    def _valid(self, found: Published, place: LogRecord) -> bool:
        if found.witness:
            by = found.witness
            return bool(valid_signature(found.note, by, by, self.trust, place, COSIGNATURE))
        return self._signed(found.note, found.origin, place)

    def _signed(self, note: Note, origin: Origin, place: LogRecord | None) -> bool:
        return origin.agency in self._topics.get(origin.topic, ()) and bool(
            valid_signature(note, str(origin), origin.agency, self.trust, place)
        )

    async def newest(self) -> Mapping[str, Signed]:
        """Return the largest checkpoint of each partition."""
        found: dict[str, Signed] = {}
        async for signed in self.signed():
            key = str(signed.published.origin)
            if key not in found or signed.size > found[key].size:
                found[key] = signed
        return found

    async def listed(self) -> list[Listed]:
        """Return each partition's newest checkpoint with all its signatures, and the size that each
        witness has cosigned."""
        cosigned: dict[str, dict[str, Cosigned]] = {}
        notes: dict[str, list[Note]] = {}
        async for found in self.signed(witness=True):
            note, witness = found.published.note, found.published.witness
            row = Cosigned(size=found.size, time=cosigned_at(note.signatures[0]))
            cosigned.setdefault(str(found.published.origin), {})[witness] = row
            notes.setdefault(note.text, []).append(note)
        return [
            {
                "origin": origin,
                "size": signed.size,
                "root": b64encode(signed.published.checkpoint.root).decode(),
                "cosigned": cosigned.get(origin, {}),
                "note": bytes(
                    join_notes([signed.published.note, *notes.get(signed.published.note.text, ())])
                ).decode(),
            }
            for origin, signed in sorted((await self.newest()).items())
        ]

    async def tree(self, origin: Origin, size: int) -> Levels:
        """Build the tree of the records on the log, up to this size or the log's end."""
        tree = Levels()
        async for hashes in leaf_hashes(self.log, origin.topic, origin.partition, 0, size):
            for hash_ in hashes:
                tree.append(hash_)
        return tree

    async def last(self, topic: str, partition: int) -> Signed:
        """Return the partition's newest checkpoint. Raises BadSetting when there is none."""
        for signed in (await self.newest()).values():
            origin = signed.published.origin
            if (origin.topic, origin.partition) == (topic, partition):
                return signed
        raise BadSetting(f"there is no checkpoint of {topic}/{partition}")

    async def inclusion(self, topic: str, partition: int, offset: int) -> Proof:
        """Prove that a record is in its partition's newest signed tree."""
        signed = await self.last(topic, partition)
        checkpoint, origin = signed.published.checkpoint, signed.published.origin
        if offset >= checkpoint.size:
            raise BadSetting(f"{origin.log} is signed up to {checkpoint.size} records")
        tree = await self.tree(origin, checkpoint.size)
        if tree.size < checkpoint.size:
            return {"holds": False, "why": f"the log has only {tree.size} records"}
        data = b""
        async for batch in self.log.read(topic, partition, offset, offset + 1):
            for place in batch:
                data = leaf_data(place.record)
        path = tree.inclusion(offset, checkpoint.size)
        return {
            "holds": root_from_path(data, offset, checkpoint.size, path) == checkpoint.root,
            "leaf": b64encode(data).decode(),
            "path": [b64encode(hash_).decode() for hash_ in path],
            "note": bytes(signed.published.note).decode(),
        }

    async def consistency(self, topic: str, partition: int, old: int, size: int | None) -> Proof:
        """Prove that a tree begins with an earlier one, both from the log as it is signed."""
        signed = await self.last(topic, partition)
        size = signed.size if size is None else size
        tree = await self.tree(signed.published.origin, max(size, signed.size))
        if not 0 <= old <= size <= tree.size:
            raise BadSetting(f"there are no trees of {old} and of {size} in {tree.size} records")
        path, roots = tree.consistency(old, size), (tree.root(old), tree.root(size))
        if tree.size < signed.size:
            return {"holds": False, "why": f"the log has only {tree.size} records"}
        return {
            "holds": verify_consistency(old, roots[0], size, roots[1], path)
            and tree.root(signed.size) == signed.published.checkpoint.root,
            "old_root": b64encode(roots[0]).decode(),
            "root": b64encode(roots[1]).decode(),
            "path": [b64encode(hash_).decode() for hash_ in path],
        }

    async def check(self, raw: bytes) -> Proof:
        """Check a note that was kept: its signatures, and that the log still begins as it says."""
        note = read_note(raw)
        checkpoint = read_checkpoint(note.text)
        origin = read_origin(checkpoint.origin)
        found: Proof = {
            "origin": str(origin),
            "size": checkpoint.size,
            "signed": bool(await self._owners(note, origin)),
            "cosigned": sorted(a for a in self.trust.agencies if self._cosigned(note, a)),
        }
        tree = await self.tree(origin, checkpoint.size)
        if tree.size < checkpoint.size:
            why = f"the log has only {tree.size} of {checkpoint.size} records"
        elif tree.root(checkpoint.size) != checkpoint.root:
            why = f"the log's first {checkpoint.size} records are others"
        elif not found["signed"]:
            why = f"{origin.agency} has not signed it"
        else:
            return {**found, "holds": True, "why": ""}
        return {**found, "holds": False, "why": why}

    async def _owners(self, note: Note, origin: Origin) -> bool:
        if self._signed(note, origin, None):
            return True
        # The key's time may have ended since: then the note's place on the log says if it counts.
        async for signed in self.signed():
            if signed.published.note.text == note.text:
                return self._signed(note, origin, signed.place)
        return False

    def _cosigned(self, note: Note, agency: str) -> bool:
        return any(note.by(agency, key.public, COSIGNATURE) for key in self.trust.listed(agency))


@asynccontextmanager
async def auditor(settings: Settings) -> AsyncIterator[Auditor]:
    """Open the log that the settings name for an auditor. Raises BadKey and Unavailable."""
    async with reading_log(settings) as log:
        history = KeyHistory(read_roots(trust_file(settings)))
        await history.refresh(log)
        yield Auditor(log, history.trust, TOPOLOGY.owners)
