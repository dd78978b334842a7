"""A log of the toy world written directly: what services would have written, without them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from shared.adapters.sqlite_log import EmbeddedLog
from shared.events.base import Event
from shared.events.delivery import Activation, EventsAcknowledged, ReactionsActivated
from shared.eventsourcing.idempotency import event_cause, request_cause, request_id
from shared.kernel.ports import Record
from shared.kernel.topology import Topology
from shared.runtime.definition import Definition
from shared.signing.cloudevents import GENESIS, Draft, freeze, read, sign_group
from shared.signing.keys import Secret, Signer
from shared.signing.merkle import Levels
from shared.transparency.checkpoints import MOST_LEAVES, TOPIC, Origin, leaf_hashes, owners_record
from shared.transparency.signed_notes import Checkpoint
from tests.toy import Added, Echoed, World

_SECRET = Secret(b"s" * 32)
_STEP = timedelta(milliseconds=1)
_EACH = 8
_RECEIPT = 2000
_AT_ONCE = 64


@dataclass
class Author:
    """One service's commits, frozen and signed in groups as its command_handler does."""

    definition: Definition
    topology: Topology
    signer: Signer
    heads: dict[str, tuple[int, str]] = field(default_factory=dict)
    written: int = 0

    def draft(
        self, subject: str, event: Event, time: datetime, cause: str, correlation: str, by: str
    ) -> tuple[Record, str]:
        sequence, prevhash = self.heads.get(subject, (0, GENESIS))
        record, hash_ = freeze(
            Draft(
                source=self.definition.source,
                type=self.topology.catalogue.type_of(self.definition.name, type(event)),
                subject=subject,
                time=time,
                sequence=sequence + 1,
                first=sequence + 1,
                count=1,
                cause=cause,
                fingerprint="",
                correlation=correlation,
                causation=by,
                actor="bench",
                prevhash=prevhash,
                data=event.data(),
            ),
            self.signer.keyid,
        )
        self.heads[subject] = sequence + 1, hash_
        return record, hash_

    async def send(
        self, log: EmbeddedLog, drafts: Sequence[tuple[Record, str]], group: int
    ) -> list[Record]:
        signed: list[Record] = []
        for start in range(0, len(drafts), group):
            records, hashes = zip(*drafts[start : start + group], strict=True)
            signed += sign_group(self.signer, records, hashes)
        await log.send(self.definition.topic, signed)
        self.written += len(signed)
        return signed


async def write(log: EmbeddedLog, events: int, group: int) -> World:
    """So many events, of which Beta's half reacts to Alpha's, in commit groups of this size.

    As applications come and go, 64 streams of 8 events each grow side by side, then the next.
    Beta's receipts and both owners' checkpoints are among them.
    """
    world = World()
    await log.create_topics(world.topics)
    alpha, beta = (Author(d, world.topology, world.signers[d.name]) for d in world.definitions)
    time, subjects = datetime(2026, 1, 1, tzinfo=UTC), list[str]()
    activated = Activation(reaction="echo", version=1, offsets={"0": 0})
    await beta.send(log, [_told(beta, time, alpha, activated)], 1)
    while alpha.written + beta.written < events:
        if alpha.written % (_AT_ONCE * _EACH) == 0:
            subjects = [f"counter/{request_id(_SECRET, 'b', 'b', None)}" for _ in range(_AT_ONCE)]
        time += _STEP
        drafts = []
        for subject in subjects:
            cause = request_cause(
                request_id(_SECRET, "b", "b", None), actor="bench", agency="urn:x"
            )
            drafts.append(
                alpha.draft(subject, Added(amount=1), time, cause.key, cause.correlation, cause.id)
            )
        told = [read(record) for record in await alpha.send(log, drafts, group)]
        time += _STEP
        drafts = []
        for event in told:
            cause = event_cause(event, "echo", event.subject)
            drafts.append(
                beta.draft(
                    event.subject, Echoed(amount=1), time, cause.key, cause.correlation, cause.id
                )
            )
        await beta.send(log, drafts, group)
        if alpha.written // _RECEIPT > (alpha.written - _AT_ONCE) // _RECEIPT:
            time += _STEP
            await beta.send(log, [_told(beta, time, alpha)], 1)
        if subjects[0] in alpha.heads and alpha.heads[subjects[0]][0] == _EACH:
            for subject in subjects:
                del alpha.heads[subject], beta.heads[subject]
    for author in (alpha, beta):
        await _checkpoints(log, author)
    return world


def _told(
    beta: Author, time: datetime, alpha: Author, activated: Activation | None = None
) -> tuple[Record, str]:
    """Return Beta's record on Alpha's topic: where it begins to react, or how far it has come."""
    topic = alpha.definition.topic
    event: Event = (
        ReactionsActivated(topic=topic, activations=(activated,))
        if activated
        else EventsAcknowledged(
            topic=topic, offsets={"0": alpha.written}, reactions={"echo": 1}, parked=0
        )
    )
    id_ = str(request_id(_SECRET, "b", "b", None))
    return beta.draft(f"consumer/{topic}", event, time, f"receipt/{id_}", id_, f"receipt/{id_}")


async def _checkpoints(log: EmbeddedLog, author: Author) -> None:
    topic, tree = author.definition.topic, Levels()
    origin = Origin(author.definition.source, topic, 0)
    for end in range(MOST_LEAVES, author.written + MOST_LEAVES, MOST_LEAVES):
        old, leaves = tree.size, list[bytes]()
        async for hashes in leaf_hashes(log, topic, 0, old, min(end, author.written)):
            leaves += hashes
        for leaf in leaves:
            tree.append(leaf)
        checkpoint = Checkpoint(str(origin), tree.size, tree.root(tree.size))
        path = tree.consistency(old, tree.size)
        await log.send(TOPIC, [owners_record(checkpoint, author.signer, old, path, leaves)])
