"""Each partition held against the checkpoints that its owner and the witnesses have signed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from apps.audit.index import Index, Table
from apps.audit.reading import Ends
from apps.audit.report import Covered
from shared.kernel.ports import Log, LogRecord, Position
from shared.signing.merkle import Frontier, leaf_hash
from shared.signing.record_codec import leaf_data
from shared.signing.stream_chains import Problem
from shared.signing.trust_store import TrustStore, Untrusted
from shared.transparency.checkpoints import (
    HOLE,
    MOST_LEAVES,
    TOPIC,
    Origin,
    extend,
    leaf_hashes,
    read_origin,
    read_published,
)
from shared.transparency.signed_notes import (
    COSIGNATURE,
    ED25519,
    BadNote,
    Checkpoint,
    Note,
    read_checkpoint,
    read_note,
)


@dataclass(slots=True)
class Signed:
    """One size of a partition for which somebody has signed: the root, where, and who saw it."""

    root: bytes
    place: Position | None
    witnesses: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Wrong:
    """A partition that does not lead to a signed root; `leaves` are its own since `base`."""

    origin: Origin
    base: bytes
    leaves: list[bytes]
    size: int
    signed: Signed


class Notes:
    """The sizes and roots that have been signed of every partition, each signature checked."""

    def __init__(self, owners: Mapping[str, Iterable[str]], trust: TrustStore) -> None:
        self._owners, self._trust = owners, trust
        self.signed: dict[Origin, dict[int, Signed]] = {}
        self.problems: list[Problem] = []

    async def read(self, log: Log) -> None:
        """Read all of the topic `checkpoints`."""
        for partition, end in (await log.ends(TOPIC)).items():
            async for batch in log.read(TOPIC, partition, 0, end):
                for place in batch:
                    self._take(place)

    def _take(self, place: LogRecord) -> None:
        try:
            published = read_published(place.record)
            if published.origin.topic not in self._owners:
                return  # of a service that this program does not know
            name = published.witness or str(published.origin)
            agency = published.witness or published.origin.agency
            kind = COSIGNATURE if published.witness else ED25519
            self._signer(published.note, name, agency, kind, place)
            self._keep(published.origin, published.checkpoint, place, published.witness)
        except BadNote as error:
            self._problem(place, "note", str(error))
        except Untrusted as error:
            self._problem(place, error.code, str(error))

    def add(self, raw: bytes) -> None:
        """Add a checkpoint that the auditor has kept. Raises BadNote for one that nobody signed."""
        note = read_note(raw)
        checkpoint = read_checkpoint(note.text)
        origin = read_origin(checkpoint.origin)
        try:
            self._signer(note, str(origin), origin.agency, ED25519, None)
        except Untrusted as error:
            raise BadNote(str(error)) from error
        self._keep(origin, checkpoint, None, "")

    def _signer(
        self, note: Note, name: str, agency: str, kind: int, place: LogRecord | None
    ) -> None:
        for key in self._trust.listed(agency):
            if note.by(name, key.public, kind) is not None:
                if place is not None:
                    key.judge("events", place.topic, place.partition, place.offset)
                return
        raise Untrusted("note-signature", f"no key of {agency} has signed this checkpoint")

    def _keep(
        self, origin: Origin, checkpoint: Checkpoint, place: LogRecord | None, witness: str
    ) -> None:
        if origin.agency not in self._owners.get(origin.topic, ()):
            raise BadNote(f"{origin.agency} does not own {origin.topic}")
        sizes = self.signed.setdefault(origin, {})
        at = Position(place.partition, place.offset) if place else None
        known = sizes.setdefault(checkpoint.size, Signed(checkpoint.root, at))
        if known.root != checkpoint.root:
            who = witness or origin.agency
            self.problems.append(
                Problem(
                    origin.topic,
                    origin.partition,
                    checkpoint.size - 1,
                    "two-checkpoints",
                    f"{who} signed another root for the size {checkpoint.size} than was signed"
                    " before: the log has two histories",
                )
            )
        elif witness:
            known.witnesses.add(witness)

    def _problem(self, place: LogRecord, code: str, why: str) -> None:
        self.problems.append(Problem(place.topic, place.partition, place.offset, code, why))


class PartitionTree:
    """A partition's tree while its records are read, compared wherever a root was signed."""

    def __init__(self, origin: Origin, frontier: Frontier, signed: Mapping[int, Signed]) -> None:
        self.origin, self.frontier = origin, frontier
        self._signed = signed
        self._wanted = sorted((s for s in signed if s > frontier.size), reverse=True)
        self._base, self._leaves = frontier.state, list[bytes]()
        self.checked: list[tuple[int, bytes]] = []
        self.wrong: Wrong | None = None

    def take(self, place: LogRecord) -> None:
        while self.frontier.size < place.offset:
            self.append(HOLE)
        self.append(leaf_hash(leaf_data(place.record)))

    def append(self, leaf: bytes) -> None:
        self.frontier.append(leaf)
        if self.wrong or not self._wanted:
            return
        # Only these many are ever published with a checkpoint, to compare with.
        if len(self._leaves) <= MOST_LEAVES:
            self._leaves.append(leaf)
        if self.frontier.size == self._wanted[-1]:
            self._compare(self._wanted.pop())

    def _compare(self, size: int) -> None:
        signed = self._signed[size]
        if signed.root != self.frontier.root:
            self.wrong = Wrong(self.origin, self._base, self._leaves, size, signed)
            return
        self.checked.append((size, signed.root))
        self._base, self._leaves = self.frontier.state, []

    @property
    def beyond(self) -> int | None:
        """The least signed size that the partition has not reached."""
        return self._wanted[-1] if self._wanted and not self.wrong else None


class Trees:
    """The trees of all partitions; what was proven of them is kept in the index."""

    def __init__(self, notes: Notes, owners: Mapping[str, Iterable[str]], index: Index) -> None:
        self._notes, self._owners = notes, owners
        self._frontiers: Table[bytes] = index.table("trees", lambda _, b: b, bytes)
        self._roots: Table[bytes] = index.table("roots", lambda _, b: b, bytes)
        self._trees: dict[tuple[str, int], PartitionTree] = {}
        self.problems: list[Problem] = []

    def starts(self, ends: Ends) -> Ends:
        """Return the offset from which each partition is still to be read."""
        for topic, partitions in ends.items():
            for partition in partitions:
                self._open(topic, partition)
        return {
            topic: {p: self._trees[topic, p].frontier.size for p in partitions}
            for topic, partitions in ends.items()
        }

    def _open(self, topic: str, partition: int) -> None:
        if (topic, partition) in self._trees:
            return
        (agency,) = self._owners[topic]
        origin = Origin(agency, topic, partition)
        frontier = Frontier(self._frontiers.get(origin.log) or bytes(8))
        signed = self._notes.signed.get(origin, {})
        self._trees[topic, partition] = PartitionTree(origin, frontier, signed)

    def take(self, place: LogRecord) -> None:
        self._trees[place.topic, place.partition].take(place)

    def put(self) -> None:
        """Put what is proven by now into the index."""
        for tree in self._trees.values():
            self._frontiers.put(tree.origin.log, tree.frontier.state)
            for size, root in tree.checked:
                self._roots.put(f"{tree.origin.log} {size}", root)
            tree.checked.clear()

    @property
    def sizes(self) -> dict[str, Covered]:
        """Return for each partition how much of it its newest good checkpoint covers."""
        covered: dict[str, Covered] = {}
        for tree in self._trees.values():
            sizes = self._notes.signed.get(tree.origin, {})
            reached = [s for s in sizes if s <= tree.frontier.size]
            if reached and not tree.wrong:
                newest = max(reached)
                covered[tree.origin.log] = Covered(
                    newest, tree.frontier.size, sorted(sizes[newest].witnesses)
                )
        return covered

    async def changed(self, log: Log, ends: Ends) -> list[Problem]:
        """Return a problem for each partition whose earlier records are not the same any more."""
        found = []
        for (topic, partition), tree in self._trees.items():
            size, now = tree.frontier.size, Frontier()
            if size > ends[topic][partition]:
                continue  # it is told at the end that these are missing
            await extend(log, tree.origin, now, size)
            if now.state != tree.frontier.state:
                why = (
                    f"the first {size} records are not those that an earlier verification has read"
                )
                found.append(Problem(topic, partition, size - 1, "changed", why))
        return found

    async def finish(self, log: Log, starts: Ends, ends: Ends) -> None:
        """Note what does not lead to a signed root, once all has been read."""
        for (topic, partition), tree in self._trees.items():
            await self._earlier(log, tree, starts[topic][partition])
            if tree.frontier.size > (end := ends[topic][partition]):
                why = f"an earlier verification has read {tree.frontier.size} records"
                self._problem(tree, end, "truncated", f"{why}, and there are {end}")
            if tree.wrong:
                self._problem(tree, *await _located(log, tree.wrong))
            elif (size := tree.beyond) is not None:
                end = tree.frontier.size
                why = f"{tree.origin.agency} signed for {size} records, and there are {end}"
                self._problem(tree, end, "truncated", why)

    async def _earlier(self, log: Log, tree: PartitionTree, start: int) -> None:
        """Check signed sizes within what an earlier verification has proven."""
        sizes = self._notes.signed.get(tree.origin, {})
        unknown = []
        for size, signed in sizes.items():
            if size <= start:
                root = self._roots.get(f"{tree.origin.log} {size}")
                if root is None:
                    unknown.append(size)
                elif root != signed.root:
                    self._problem(tree, size - 1, "checkpoint", _another(tree.origin, size))
        if not unknown:
            return
        again = PartitionTree(tree.origin, Frontier(), {s: sizes[s] for s in unknown})
        async for hashes in leaf_hashes(log, *tree.origin[1:], 0, max(unknown)):
            for leaf in hashes:
                again.append(leaf)
        for size, root in again.checked:
            self._roots.put(f"{tree.origin.log} {size}", root)
        if again.wrong:
            self._problem(tree, *await _located(log, again.wrong))

    def _problem(self, tree: PartitionTree, offset: int, code: str, why: str) -> None:
        self.problems.append(Problem(tree.origin.topic, tree.origin.partition, offset, code, why))


def _another(origin: Origin, size: int) -> str:
    return f"{origin.agency} signed another root for the first {size} records"


async def _located(log: Log, wrong: Wrong) -> tuple[int, str, str]:
    """Find the first record that is not what was signed for.

    The leaves that the owner published with its checkpoint tell it, where these lead to the signed
    root."""
    frontier = Frontier(wrong.base)
    start = frontier.size
    if wrong.signed.place is not None:
        partition, offset = wrong.signed.place
        batches = log.read(TOPIC, partition, offset, offset + 1)
        (place,) = [place async for batch in batches for place in batch]
        published = read_published(place.record)
        if published.old == start and len(published.leaves) == len(wrong.leaves):
            for leaf in published.leaves:
                frontier.append(leaf)
            if frontier.root == wrong.signed.root:
                pairs = zip(wrong.leaves, published.leaves, strict=True)
                at = next(i for i, (ours, theirs) in enumerate(pairs) if ours != theirs)
                why = (
                    f"it is not the record for which {wrong.origin.agency} signed: its checkpoint"
                    f" of size {wrong.size} is at {TOPIC}/{partition}/{offset}"
                )
                return start + at, "checkpoint", why
    why = f"{_another(wrong.origin, wrong.size)}; the difference is in {start}..{wrong.size - 1}"
    return start, "checkpoint", why
