"""The composition root: a service is its definition, started and stopped."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from uuid import uuid4

import uuid_utils

from shared.events.base import Topic
from shared.events.delivery import Activation
from shared.eventsourcing.command_handler import CommandHandler
from shared.eventsourcing.decider import AnyStream
from shared.eventsourcing.idempotency import Cause
from shared.eventsourcing.tallies import Tallies
from shared.eventsourcing.timers import Timers
from shared.kernel.backoff import Backoff
from shared.kernel.clock import system_clock
from shared.kernel.lease import DUTIES, Lease
from shared.kernel.logs import log
from shared.kernel.ports import Clock, Commit, Log, Store, Unavailable, scan_all
from shared.kernel.settings import Settings
from shared.kernel.topology import Topology
from shared.messaging.dead_letter_record import PARKED
from shared.messaging.dead_letters import PARKED as PARKED_ROWS
from shared.messaging.dead_letters import DeadLetters
from shared.messaging.delivery_receipts import RECEIPTS, Acknowledge, Activate, receipts_of
from shared.messaging.log_recovery import LogRecovery
from shared.messaging.outbox_relay import OutboxRelay
from shared.messaging.projection_rebuild import ProjectionRebuild
from shared.messaging.subscriber import POSITIONS, Subscriber
from shared.privacy.pseudonyms import Pseudonyms
from shared.privacy.service_keys import ServiceKeys
from shared.runtime.definition import Definition
from shared.signing.keys import BadKey
from shared.transparency.checkpoints import TOPIC as CHECKPOINTS
from shared.transparency.publisher import CheckpointPublisher
from shared.transparency.witness import Witness
from shared.web.resources import Resources

_STATES_PAUSE, _STATES_SELDOM = 0.02, 0.25
_DRAIN, _RELEASE = 5.0, 1.0
_KEYS_PAUSE = 1.0


class Service:
    """A running service. `run` is its life; `ready` is set while it serves."""

    def __init__(
        self,
        definition: Definition,
        *,
        topology: Topology,
        settings: Settings,
        store: Store,
        log_: Log,
        keys: ServiceKeys,
        clock: Clock = system_clock,
    ) -> None:
        self.definition, self.topology, self.settings = definition, topology, settings
        self.store, self.log, self.keys = store, log_, keys
        self.name, topic = definition.name, definition.topic
        holder = f"{os.uname().nodename}:{os.getpid()}:{uuid4().hex[:8]}"
        self.lease = Lease(store, DUTIES, holder)
        self.relay = OutboxRelay(
            service=self.name,
            topic=topic,
            store=store,
            log_=log_,
            lease=self.lease,
            on_sent=lambda records, positions: self.publisher.offer(records, positions),
        )
        self.publisher = CheckpointPublisher(
            service=self.name,
            source=definition.source,
            topic=topic,
            store=store,
            log_=log_,
            signer=keys.signer,
            seconds=settings.checkpoint_seconds,
            lease=self.lease,
            idle=self.relay.drained,
            reached=self.reached,
        )
        self.witness = Witness(
            service=self.name,
            agency=definition.source,
            store=store,
            log_=log_,
            signer=keys.signer,
            trust=lambda: keys.trust,
            refresh_keys=self.refresh_keys,
            owners=topology.owners,
            clock=clock,
            reached=self.reached,
        )
        self.command_handler = CommandHandler(
            service=self.name,
            source=definition.source,
            store=store,
            signer=keys.signer,
            catalogue=topology.catalogue,
            deciders=(*definition.deciders, RECEIPTS, PARKED),
            clock=clock,
            on_commit=self._committed,
        )
        self.timers = Timers(self.name, store, self.command_handler)
        self.dead_letters = DeadLetters(self.name, store, self.command_handler)
        self.ready = asyncio.Event()
        self.resources = Resources(
            name=self.name,
            source=definition.source,
            settings=settings,
            catalogue=topology.catalogue,
            store=store,
            command_handler=self.command_handler,
            keys=keys,
            pseudonyms=Pseudonyms(store, keys.secret),
            clock=clock,
            ready=self.ready.is_set,
            tallies=Tallies(clock),
        )
        self.erasure = definition.erasure(self.resources) if definition.erasure else None
        topics = {each.topic for each in definition.all_projections}
        topics |= {each.topic for each in definition.policies}
        self.subscribers: dict[str, Subscriber] = {
            each: self._subscriber(each) for each in sorted(topics)
        }

    def _subscriber(self, topic: Topic) -> Subscriber:
        return Subscriber(
            service=self.name,
            topic=topic,
            owners=self.topology.owners[topic],
            trust=self.keys.trust,
            catalogue=self.topology.catalogue,
            store=self.store,
            command_handler=self.command_handler,
            dead_letters=self.dead_letters,
            projections=self.definition.all_projections,
            policies=self.definition.policies,
            refresh_keys=self.refresh_keys,
            erasure=self.erasure if topic == self.definition.topic else None,
        )

    def _committed(self, commits: Sequence[Commit]) -> None:
        self.relay.offer(commits)
        moved = {commit.stream for commit in commits}
        for subscriber in self.subscribers.values():
            subscriber.held.committed(moved)

    # -- life -----------------------------------------------------------------------------------

    @asynccontextmanager
    async def run(self) -> AsyncIterator[asyncio.Task[None]]:
        """Serve while the context is open; the task ends only when something fails for good.

        Entering waits for the store and the log; leaving drains within 10 s. Raises Forked when
        store and log contradict each other.
        """
        async with AsyncExitStack() as stack:
            await self._open(stack)
            await self._recover()
            stop = asyncio.Event()
            task = asyncio.create_task(self._work(stop), name=self.name)
            try:
                ready = asyncio.create_task(self.ready.wait())
                await asyncio.wait({ready, task}, return_when=asyncio.FIRST_COMPLETED)
                ready.cancel()
                if task.done():
                    await task
                yield task
            finally:
                self.ready.clear()
                stop.set()
                await task

    async def _open(self, stack: AsyncExitStack) -> None:
        await patiently(f"{self.name}: waiting for the store", self.store.open)
        stack.push_async_callback(self.store.close)
        for topic in (*self.subscribers, CHECKPOINTS):
            await patiently(
                f"{self.name}: waiting for the topic {topic}", partial(self.log.ends, topic)
            )

    async def refresh_keys(self) -> bool:
        """Read what has been said of keys since; return whether there was anything."""
        return await self.keys.ring.refresh(self.log)

    def _own_key(self) -> None:
        """Raise BadKey unless this service's key may sign what comes next."""
        source, keyid = self.definition.source, self.keys.signer.keyid
        key = self.keys.trust.key(keyid)
        if key is None or key.agency != source:
            raise BadKey(
                f"{self.name}: the log does not know the key {keyid} as one of {source}: publish it"
                " (`sinergi keys publish`), or mount the right key"
            )
        if key.until is not None:
            raise BadKey(
                f"{self.name}: the key {keyid} was {key.end}: mount the key that took its place, or"
                " finish the change with `sinergi keys rotate`"
            )

    async def _recover(self) -> None:
        definition = self.definition
        await patiently(f"{self.name}: waiting for the keys", self.refresh_keys)
        self._own_key()
        recovery = LogRecovery(
            service=self.name,
            topic=definition.topic,
            owners=self.topology.owners[definition.topic],
            trust=self.keys.trust,
            store=self.store,
            log_=self.log,
        )

        async def compare() -> None:
            self.relay.offer((await recovery.run(self.command_handler)).resent)

        await patiently(f"{self.name}: waiting to compare store and log", compare)
        if self.erasure:
            await patiently(f"{self.name}: waiting to repeat erasures", self.erasure.repeat)
        await self.dead_letters.load()
        rebuild = ProjectionRebuild(
            service=self.name,
            store=self.store,
            log_=self.log,
            subscribers=self.subscribers,
            owners=self.topology.owners,
            trust=self.keys.trust,
            dead_letters=self.dead_letters,
        )
        await rebuild.run(definition.all_projections)
        for subscriber in self.subscribers.values():
            await self._activate(subscriber)

    async def _activate(self, subscriber: Subscriber) -> None:
        """Record from where this service's policies run that it has never run before."""
        receipts = receipts_of(subscriber.topic)
        state, _ = await self.command_handler.state(receipts)
        new = [each for each in subscriber.policies if each.name not in state.activations]
        if new:
            ends = await self.log.ends(subscriber.topic)
            late = self.settings.react_from == "end"
            offsets = {str(p): end if late else 0 for p, end in ends.items()}
            activations = tuple(
                Activation(reaction=each.name, version=each.version, offsets=offsets)
                for each in new
            )
            command = Activate(topic=subscriber.topic, activations=activations)
            cause = _internal("activation", receipts)
            await self.command_handler.handle(receipts, command, cause)
            state, _ = await self.command_handler.state(receipts)
        subscriber.activations = state.activations
        subscriber.acknowledged = state.acknowledged

    async def _work(self, stop: asyncio.Event) -> None:
        async with AsyncExitStack() as subscriptions, asyncio.TaskGroup() as group:
            helpers = [
                group.create_task(self.relay.run(self.command_handler), name="relay"),
                group.create_task(self._write_states(), name="states"),
                *(
                    group.create_task(self._redeliver(subscriber), name=f"redeliver {topic}")
                    for topic, subscriber in self.subscribers.items()
                ),
                group.create_task(self._timers(), name="timers"),
                group.create_task(self._receipts(), name="receipts"),
                group.create_task(self._follow_keys(), name="keys"),
                group.create_task(self.publisher.run(), name="checkpoints"),
            ]
            for topic, subscriber in self.subscribers.items():
                await subscriptions.enter_async_context(
                    self.log.subscribe(topic, f"{self.name}.{topic}", subscriber)
                )
            await subscriptions.enter_async_context(
                self.log.subscribe(CHECKPOINTS, f"{self.name}.{CHECKPOINTS}", self.witness)
            )
            self.ready.set()
            try:
                await stop.wait()
            finally:
                await subscriptions.aclose()
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_DRAIN):
                        await self._acknowledge_all()
                        await self.relay.drained.wait()
                await self.publisher.finish()
                # A lease that is not given up is taken over five seconds later.
                with contextlib.suppress(Unavailable, TimeoutError):
                    async with asyncio.timeout(_RELEASE):
                        await self.lease.release()
                for helper in helpers:
                    helper.cancel()

    async def _redeliver(self, subscriber: Subscriber) -> None:
        backoff = Backoff()
        while True:
            try:
                await subscriber.redeliver()
            except Unavailable as error:
                log.warning("%s: dead letters wait: %s", self.name, error)
                await backoff.wait()

    async def _write_states(self) -> None:
        backoff = Backoff()
        while True:
            try:
                await self.command_handler.write_states()
                await asyncio.sleep(_STATES_PAUSE if self.store.shared else _STATES_SELDOM)
                backoff.reset()
            except Unavailable as error:
                log.warning("%s: states wait: %s", self.name, error)
                await backoff.wait()

    async def _follow_keys(self) -> None:
        while True:
            await asyncio.sleep(_KEYS_PAUSE)
            try:
                if await self.refresh_keys():
                    for subscriber in self.subscribers.values():
                        subscriber.judge_again()
            except Unavailable as error:
                log.warning("%s: the keys wait: %s", self.name, error)

    async def _timers(self) -> None:
        """Fire timers after a replay: it may bring the very step that a timer would miss."""

        async def caught_up() -> None:
            ends = {topic: await self.log.ends(topic) for topic in self.subscribers}
            while not await self.reached(ends):  # noqa: ASYNC110 - the store is asked
                await asyncio.sleep(0.1)

        await patiently(f"{self.name}: waiting to fire timers", caught_up)
        await self.timers.run()

    async def reached(self, ends: Mapping[str, Mapping[int, int]]) -> bool:
        """Return True when all topics have been applied up to these ends."""
        for topic, partitions in ends.items():
            positions = await self.positions(topic)
            if any(positions.get(str(p), 0) < end for p, end in partitions.items()):
                return False
        return True

    async def positions(self, topic: str) -> dict[str, int]:
        """Per partition of a topic the offset up to which all is applied."""
        rows = await self.store.scan(POSITIONS, f"{topic}/")
        return {row.key.rpartition("/")[2]: row.sequence for row in rows}

    async def _receipts(self) -> None:
        while True:
            await asyncio.sleep(self.settings.receipt_seconds)
            await self._acknowledge_all()

    async def _acknowledge_all(self) -> None:
        for topic, subscriber in self.subscribers.items():
            if subscriber.moved:
                try:
                    await self.acknowledge(topic)
                except Unavailable as error:
                    subscriber.moved = True
                    log.warning("%s: a receipt waits: %s", self.name, error)

    async def acknowledge(self, topic: str) -> None:
        """Publish up to where this service has applied the topic."""
        subscriber = self.subscribers[topic]
        subscriber.moved = False
        offsets = await self.positions(topic)
        parked = [row async for row in scan_all(self.store, PARKED_ROWS)]
        command = Acknowledge(
            topic=topic,
            offsets=offsets,
            reactions={each.name: each.version for each in subscriber.policies},
            parked=len(parked),
        )
        receipts = receipts_of(topic)
        await self.command_handler.handle(receipts, command, _internal("receipt", receipts))


def _internal(what: str, stream: AnyStream) -> Cause:
    id_ = str(uuid_utils.uuid7())
    return Cause(key=f"{what}/{stream}/{id_}", correlation=id_, id=f"{what}/{id_}")


async def patiently(what: str, attempt: Callable[[], Awaitable[object]]) -> None:
    """Await the attempt until it does not raise Unavailable, and log what it waits for."""
    backoff = Backoff()
    while True:
        try:
            await attempt()
            return
        except Unavailable as error:
            log.warning("%s: %s", what, error)
            await backoff.wait()
