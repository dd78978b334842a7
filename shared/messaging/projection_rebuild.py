"""Projection rebuild: rows of changed projections, folded anew from the log."""

from collections.abc import Collection, Iterable, Mapping

from shared.eventsourcing.projections import AnyProjection, Parts
from shared.kernel.logs import log
from shared.kernel.ports import Log, Row, Store
from shared.messaging.dead_letters import DeadLetters
from shared.messaging.subscriber import MARKS, POSITIONS, Subscriber
from shared.signing.stream_chains import StreamChains
from shared.signing.trust_store import TrustStore

FOLDS = "folds"


class ProjectionRebuild:
    """Drop and fold anew each projection whose stored version is not the program's.

    Only events that the service has applied are folded: marks say up to where, per stream.
    """

    def __init__(
        self,
        *,
        service: str,
        store: Store,
        log_: Log,
        subscribers: Mapping[str, Subscriber],
        owners: Mapping[str, Collection[str]],
        trust: TrustStore,
        dead_letters: DeadLetters,
    ) -> None:
        self._service, self._store, self._log = service, store, log_
        self._subscribers, self._owners, self._trust = subscribers, owners, trust
        self._dead_letters = dead_letters

    async def run(self, projections: Iterable[AnyProjection]) -> None:
        """Bring the stored rows of these projections to the program's versions."""
        wanted = {each.name: each for each in projections}
        stored = await self._store.get(FOLDS, list(wanted))
        for name, each in wanted.items():
            row = stored.get(name)
            if row and row.sequence == each.version:
                continue
            await self._store.drop(each.table)
            if row:
                log.info("%s: folding the projection %s anew", self._service, name)
            await self._fold(each)
            await self._store.delete(FOLDS, [name])
            await self._store.put([Row(FOLDS, name, each.version, None)])

    async def _fold(self, projection: AnyProjection) -> None:
        topic = projection.topic
        subscriber = self._subscribers[topic]
        chains = StreamChains(self._owners[topic], self._trust)
        for row in await self._store.scan(POSITIONS, f"{topic}/"):
            partition = int(row.key.rpartition("/")[2])
            async for batch in self._log.read(topic, partition, 0, row.sequence):
                taken = [found for place in batch for found, _ in chains.take(place)]
                opened = [subscriber.incoming.open(found) for found in taken]
                marks = await self._store.get(MARKS, list({d.stream for d in opened}))
                folded = [
                    (delivery.envelope, delivery.event)
                    for delivery in opened
                    if delivery.event is not None
                    and delivery.stream in marks
                    and delivery.envelope.sequence <= marks[delivery.stream].sequence
                    and not self._dead_letters.discarded(
                        delivery.stream, delivery.envelope.sequence
                    )
                ]
                parts = Parts(self._store, [projection])
                await parts.load(folded)
                for envelope, event in folded:
                    parts.fold(envelope, event)
                await self._store.put(parts.rows())
