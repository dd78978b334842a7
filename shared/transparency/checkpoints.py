"""Checkpoints: what an owner says of its partitions, as records on the topic `checkpoints`."""

from collections.abc import AsyncIterator, Sequence
from typing import NamedTuple

from shared.kernel.ports import Log, LogRecord, Record
from shared.signing.keys import Signer
from shared.signing.merkle import Frontier, leaf_hash
from shared.signing.record_codec import leaf_data
from shared.signing.trust_store import TrustStore, Untrusted
from shared.transparency.signed_notes import (
    ED25519,
    BadNote,
    Checkpoint,
    Note,
    Signature,
    read_checkpoint,
    read_hashes,
    read_note,
    read_size,
    sign_note,
)

TOPIC = "checkpoints"
MOST_LEAVES = 4096
HOLE = leaf_hash(b"")


class Origin(NamedTuple):
    """A topic's partition as a log of its own: <agency URN>/<topic>/<partition>."""

    agency: str
    topic: str
    partition: int

    def __str__(self) -> str:
        return f"{self.agency}/{self.log}"

    @property
    def log(self) -> str:
        return f"{self.topic}/{self.partition}"


def read_origin(text: str) -> Origin:
    """Return the partition that a checkpoint's first line names. Raises BadNote."""
    agency, topic, partition = ["", "", *text.rsplit("/", 2)][-3:]
    if not (agency and topic):
        raise BadNote(f"no name of a partition: {text[:200]!r}")
    return Origin(agency, topic, read_size(partition))


class Published(NamedTuple):
    """A record of `checkpoints` in its parts; no signature is checked yet.

    A witness's names itself and holds its cosignatures alone. An owner's has the proof that the
    tree begins with that of size `old`, and the hashes of the leaves since.
    """

    note: Note
    origin: Origin
    checkpoint: Checkpoint
    witness: str = ""
    old: int = 0
    consistency: Sequence[bytes] = ()
    leaves: Sequence[bytes] = ()


def read_published(record: Record) -> Published:
    """Return what a record on `checkpoints` says. Raises BadNote."""
    note = read_note(record.value or b"")
    checkpoint = read_checkpoint(note.text)
    if record.key != checkpoint.origin.encode():
        raise BadNote("the key is not the origin")
    published = Published(note, read_origin(checkpoint.origin), checkpoint)
    headers = {name: value or b"" for name, value in record.headers}
    if (witness := headers.get("witness")) is not None:
        return published._replace(witness=witness.decode("ascii", "replace"))
    if len(headers) != 3 or len(record.headers) != 3:
        raise BadNote("an owner's checkpoint has the headers old, consistency and leaves")
    try:
        old = read_size(headers["old"].decode("ascii", "replace"))
        path, leaves = read_hashes(headers["consistency"]), read_hashes(headers["leaves"])
    except KeyError as error:
        raise BadNote(f"there is no header {error.args[0]}") from error
    return published._replace(old=old, consistency=path, leaves=leaves)


def owners_record(
    checkpoint: Checkpoint,
    signer: Signer,
    old: int,
    consistency: Sequence[bytes],
    leaves: Sequence[bytes],
) -> Record:
    """Return a checkpoint, signed under the origin's name."""
    note = Note(checkpoint.text, (sign_note(checkpoint.text, checkpoint.origin, signer),))
    headers = (
        ("old", str(old).encode()),
        ("consistency", b"".join(consistency)),
        ("leaves", b"".join(leaves)),
    )
    return Record(checkpoint.origin.encode(), bytes(note), headers)


def witness_record(origin: str, text: str, cosignature: Signature) -> Record:
    note = Note(text, (cosignature,))
    return Record(origin.encode(), bytes(note), (("witness", cosignature.name.encode()),))


def valid_signature(
    note: Note,
    name: str,
    agency: str,
    trust: TrustStore,
    place: LogRecord | None,
    kind: int = ED25519,
) -> Signature | None:
    """Return the agency's signature under this name, by a key that may speak at the note's place on
    `checkpoints`; of a note that has no place there, by a key whose time has not ended.
    """
    for key in trust.listed(agency):
        if (signature := note.by(name, key.public, kind)) is None:
            continue
        try:
            if place is not None:
                key.judge("events", place.topic, place.partition, place.offset)
            elif key.until is not None or key.use not in (None, "events"):
                continue
        except Untrusted:
            continue
        return signature
    return None


async def leaf_hashes(
    log: Log, topic: str, partition: int, start: int, end: int
) -> AsyncIterator[list[bytes]]:
    """The hashes of a partition's leaves at start <= index < end, in batches; fewer when the log
    ends earlier. An offset that has no record is the leaf of no data."""
    async for batch in log.read(topic, partition, start, end):
        hashes: list[bytes] = []
        for place in batch:
            hashes += [HOLE] * (place.offset - start - len(hashes))
            hashes.append(leaf_hash(leaf_data(place.record)))
        start += len(hashes)
        yield hashes


async def extend(log: Log, origin: Origin, frontier: Frontier, size: int) -> bool:
    """Let the tree grow to this size by what is on the log; False when the log ends earlier."""
    async for hashes in leaf_hashes(log, origin.topic, origin.partition, frontier.size, size):
        for hash_ in hashes:
            frontier.append(hash_)
    return frontier.size == size
