"""Views whose fold has changed are folded anew from the log."""

from typing import TYPE_CHECKING

from shared.eventsourcing.projections import Parts, View
from shared.kernel.logs import log
from shared.kernel.ports import Row
from shared.messaging.subscriber import MARKS, POSITIONS
from shared.signing.stream_chains import Chains

if TYPE_CHECKING:
    from shared.runtime.service import Service

FOLDS = "folds"


async def refold_changed_views(service: "Service") -> None:
    """Drops and refolds each view whose stored version is not the program's.

    Only what the service has applied is folded: marks say up to where, per stream.
    """
    views = {view.name: view for view in service.definition.all_views}
    stored = await service.store.get(FOLDS, list(views))
    for name, view in views.items():
        row = stored.get(name)
        if row and row.sequence == view.version:
            continue
        await service.store.drop(view.table)
        if row:
            log.info("%s: folding the view %s anew", service.name, name)
        await _fold(service, view)
        await service.store.delete(FOLDS, [name])
        await service.store.put([Row(FOLDS, name, view.version, None)])


async def _fold(service: "Service", view: View) -> None:
    consumer = service.consumers[view.topic]
    chains = Chains(service.landscape.owners[view.topic], service.keys.trust)
    for row in await service.store.scan(POSITIONS, f"{view.topic}/"):
        partition = int(row.key.rpartition("/")[2])
        async for batch in service.log.read(view.topic, partition, 0, row.sequence):
            opened = [consumer.open(p) for place in batch for p, _ in chains.take(place)]
            marks = await service.store.get(MARKS, list({d.stream for d in opened}))
            folded = [
                (delivery.envelope, delivery.event)
                for delivery in opened
                if delivery.event is not None
                and delivery.stream in marks
                and delivery.envelope.sequence <= marks[delivery.stream].sequence
                and not service.parking.discarded(delivery.stream, delivery.envelope.sequence)
            ]
            parts = Parts(service.store, [view])
            await parts.load(folded)
            for envelope, event in folded:
                parts.fold(envelope, event)
            await service.store.put(parts.rows())
