"""The composition root: a service is its domain, reactions, views and routes, started, stopped."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

import uuid_utils

from shared.events import delivery as delivery_events
from shared.events import keys as key_events
from shared.events.base import Catalogue, Event
from shared.events.delivery import Activation
from shared.eventsourcing.command_handler import Committer
from shared.eventsourcing.decider import AnyDecider
from shared.eventsourcing.idempotency import Cause
from shared.eventsourcing.policies import Reaction
from shared.eventsourcing.projections import View
from shared.eventsourcing.timers import run_timers
from shared.kernel.backoff import Backoff
from shared.kernel.logs import log
from shared.kernel.ports import Clock, Log, Store, Unavailable, scan_all
from shared.kernel.settings import Settings
from shared.messaging import delivery_receipts as delivery
from shared.messaging.dead_letters import PARKED, Parking
from shared.messaging.delivery_receipts import Acknowledge, Activate
from shared.messaging.log_recovery import Recovery
from shared.messaging.outbox_relay import Relay
from shared.messaging.projection_rebuild import refold_changed_views
from shared.messaging.subscriber import POSITIONS, Consumer
from shared.privacy.erasure import Erasure
from shared.privacy.key_wrapping import Wrapping
from shared.privacy.pseudonyms import Actors
from shared.signing.key_history import SERVICE as KEYS
from shared.signing.key_history import Keyring
from shared.signing.keys import BadKey, Secret, Signer
from shared.signing.trust_store import Trust
from shared.transparency.checkpoints import TOPIC as CHECKPOINTS
from shared.transparency.publisher import Checkpointer
from shared.transparency.witness import Witness
from shared.web.worklist import Waits

if TYPE_CHECKING:
    from shared.web.router import Api

_STATES_PAUSE = 0.02
_DRAIN = 5.0
_KEYS_PAUSE = 1.0


@dataclass(frozen=True)
class Definition:
    """What a service is, before it runs. `source` is the URN of the agency that runs it."""

    name: str
    source: str
    title: str
    events: Sequence[type[Event]]
    deciders: Sequence[AnyDecider]
    reactions: Sequence[Reaction]
    views: Sequence[View]
    routes: "Callable[[Service, Api], None]"
    inbox: Sequence[Waits] = ()
    erasure: "Callable[[Service], Erasure] | None" = None

    @property
    def topic(self) -> str:
        return topic_of(self.name)

    @property
    def all_views(self) -> tuple[View, ...]:
        """The service's own views, and one for each task of its inboxes."""
        return (*self.views, *(waits.view(self.topic) for waits in self.inbox))


def topic_of(service: str) -> str:
    return f"{service}.events"


@dataclass(frozen=True)
class Landscape:
    """What all services know of each other: the published language and who owns which topic."""

    catalogue: Catalogue
    owners: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, definitions: Sequence[Definition]) -> "Landscape":
        events = {d.name: (*d.events, *delivery_events.EVENTS) for d in definitions}
        return cls(
            Catalogue({**events, KEYS: key_events.EVENTS}),
            {d.topic: frozenset({d.source}) for d in definitions},
        )


@dataclass(frozen=True)
class Keys:
    """What a service signs, verifies and seals with."""

    signer: Signer
    secret: Secret
    wrapping: Wrapping
    ring: Keyring

    @property
    def trust(self) -> Trust:
        return self.ring.trust


def system_clock() -> datetime:
    return datetime.now(UTC)


class Service:
    """A running service. `run` is its life; `ready` is set while it serves."""

    def __init__(
        self,
        definition: Definition,
        landscape: Landscape,
        settings: Settings,
        store: Store,
        log_: Log,
        keys: Keys,
        clock: Clock = system_clock,
    ) -> None:
        self.definition, self.landscape, self.settings = definition, landscape, settings
        self.store, self.log, self.keys = store, log_, keys
        self.name, topic = definition.name, definition.topic
        holder = f"{os.uname().nodename}:{os.getpid()}:{uuid4().hex[:8]}"
        self.checkpointer = Checkpointer(self, holder)
        self.witness = Witness(self)
        self.relay = Relay(self.name, topic, store, log_, holder, self.checkpointer.offer)
        self.committer = Committer(
            self.name,
            definition.source,
            store,
            keys.signer,
            landscape.catalogue,
            (*definition.deciders, *delivery.DECIDERS),
            clock,
            self.relay.offer,
        )
        self.parking = Parking(self.name, store, self.committer, holder)
        self.actors = Actors(store, keys.secret)
        self.erasure = definition.erasure(self) if definition.erasure else None
        topics = {v.topic for v in definition.all_views} | {r.topic for r in definition.reactions}
        self.consumers = {t: self._consumer(t) for t in sorted(topics)}
        self.ready = asyncio.Event()

    def _consumer(self, topic: str) -> Consumer:
        return Consumer(
            self.name,
            topic,
            self.landscape.owners[topic],
            self.keys.trust,
            self.landscape.catalogue,
            self.store,
            self.committer,
            self.parking,
            self.definition.all_views,
            self.definition.reactions,
            self.refresh_keys,
            self.erasure if topic == self.definition.topic else None,
        )

    # -- life -----------------------------------------------------------------------------------

    @asynccontextmanager
    async def run(self) -> AsyncIterator[asyncio.Task[None]]:
        """Serves while the context is open; the task ends only when something fails for good.

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
        for topic in (*self.consumers, CHECKPOINTS):
            await patiently(
                f"{self.name}: waiting for the topic {topic}", partial(self.log.ends, topic)
            )

    async def refresh_keys(self) -> bool:
        """Reads what has been said of keys since; whether there was anything."""
        return await self.keys.ring.refresh(self.log)

    def _own_key(self) -> None:
        """Raises BadKey unless this service's key may sign what comes next."""
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
        recovery = Recovery(
            self.name,
            definition.topic,
            self.landscape.owners[definition.topic],
            self.keys.trust,
            self.store,
            self.log,
        )
        await patiently(
            f"{self.name}: waiting to compare store and log",
            lambda: recovery.run(self.committer),
        )
        if self.erasure:
            await patiently(f"{self.name}: waiting to repeat erasures", self.erasure.repeat)
        await self.parking.load()
        await refold_changed_views(self)
        for consumer in self.consumers.values():
            await self._activate(consumer)
            await consumer.judge_again()

    async def _activate(self, consumer: Consumer) -> None:
        """Records from where this service's reactions run that it has never run before."""
        stream = f"consumer/{consumer.topic}"
        state, _ = await self.committer.state(stream)
        new = [r for r in consumer.reactions if r.name not in state.activations]
        if new:
            ends = await self.log.ends(consumer.topic)
            late = self.settings.react_from == "end"
            offsets = {str(p): end if late else 0 for p, end in ends.items()}
            activations = tuple(
                Activation(reaction=r.name, version=r.version, offsets=offsets) for r in new
            )
            command = Activate(topic=consumer.topic, activations=activations)
            await self.committer.handle(stream, command, _internal("activation", stream))
            state, _ = await self.committer.state(stream)
        consumer.activations = state.activations
        consumer.acknowledged = state.acknowledged

    async def _work(self, stop: asyncio.Event) -> None:
        async with AsyncExitStack() as subscriptions, asyncio.TaskGroup() as group:
            helpers = [
                group.create_task(self.relay.run(self.committer), name="relay"),
                group.create_task(self._write_states(), name="states"),
                group.create_task(self.parking.run(self.consumers), name="parking"),
                group.create_task(self._timers(), name="timers"),
                group.create_task(self._receipts(), name="receipts"),
                group.create_task(self._follow_keys(), name="keys"),
                group.create_task(self.checkpointer.run(), name="checkpoints"),
            ]
            for topic, consumer in self.consumers.items():
                await subscriptions.enter_async_context(
                    self.log.subscribe(topic, f"{self.name}.{topic}", consumer)
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
                await self.checkpointer.finish()
                for helper in helpers:
                    helper.cancel()

    async def _write_states(self) -> None:
        backoff = Backoff()
        while True:
            try:
                await self.committer.write_states()
                await asyncio.sleep(_STATES_PAUSE)
                backoff.reset()
            except Unavailable as error:
                log.warning("%s: states wait: %s", self.name, error)
                await backoff.wait()

    async def _follow_keys(self) -> None:
        while True:
            await asyncio.sleep(_KEYS_PAUSE)
            try:
                if await self.refresh_keys():
                    for consumer in self.consumers.values():
                        await consumer.judge_again()
            except Unavailable as error:
                log.warning("%s: the keys wait: %s", self.name, error)

    async def _timers(self) -> None:
        ends = {topic: await self.log.ends(topic) for topic in self.consumers}
        # What a replay is still to bring may be the very step that a timer would miss.
        while not await self.reached(ends):  # noqa: ASYNC110 - the store is asked, no event tells
            await asyncio.sleep(0.1)
        await run_timers(self.name, self.store, self.committer)

    async def reached(self, ends: Mapping[str, Mapping[int, int]]) -> bool:
        """Whether all topics have been applied up to these ends."""
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
        for topic, consumer in self.consumers.items():
            if consumer.moved:
                try:
                    await self.acknowledge(topic)
                except Unavailable as error:
                    consumer.moved = True
                    log.warning("%s: a receipt waits: %s", self.name, error)

    async def acknowledge(self, topic: str) -> None:
        """Publishes up to where this service has applied the topic."""
        consumer = self.consumers[topic]
        consumer.moved = False
        offsets = await self.positions(topic)
        parked = [row async for row in scan_all(self.store, PARKED)]
        command = Acknowledge(
            topic=topic,
            offsets=offsets,
            reactions={r.name: r.version for r in consumer.reactions},
            parked=len(parked),
        )
        stream = f"consumer/{topic}"
        await self.committer.handle(stream, command, _internal("receipt", stream))


def _internal(what: str, stream: str) -> Cause:
    id_ = str(uuid_utils.uuid7())
    return Cause(f"{what}/{stream}/{id_}", id_, f"{what}/{id_}")


async def patiently(what: str, attempt: Callable[[], Awaitable[object]]) -> None:
    """Calls (and awaits) until it does not raise Unavailable, and says what it waits for."""
    backoff = Backoff()
    while True:
        try:
            await attempt()
            return
        except Unavailable as error:
            log.warning("%s: %s", what, error)
            await backoff.wait()
