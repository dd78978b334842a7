"""Replicas of Alpha and Beta, the services of tests/toy.py, in a simulated world."""

import asyncio
import random
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast
from uuid import UUID

from shared.adapters.sqlite_store import SqliteStore
from shared.eventsourcing.idempotency import Cause, request_cause
from shared.kernel.backoff import Backoff
from shared.kernel.ports import Log, Store, Unavailable
from shared.messaging.dead_letters import PARKED, letter_of
from shared.messaging.subscriber import MARKS
from shared.runtime.definition import Definition
from shared.signing.cloudevents import read
from tests.simulation.gates import Faults, Gate, GatedLog, GatedStore
from tests.simulation.log import SimulatedLog
from tests.simulation.virtual import utc_now
from tests.toy import Add, World, counter

# Files of a world are written once and thrown away.
_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None


class Replica:
    """One process of a service, which may stand still for a while, or for ever."""

    def __init__(self, world: "Simulation", definition: Definition) -> None:
        self.gate = Gate(world.rng, world.faults)
        self.service = world.world.service(
            definition,
            cast("Store", GatedStore(world.stores[definition.name], self.gate)),
            cast("Log", GatedLog(world.log, self.gate)),
            utc_now,
        )
        self._stop = asyncio.Event()
        self._task = asyncio.create_task(self._run(), name=definition.name)

    async def _run(self) -> None:
        async with self.service.run() as task:
            stopping = asyncio.create_task(self._stop.wait())
            await asyncio.wait({stopping, task}, return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            if task.done():
                task.result()

    async def ready(self) -> None:
        ready = asyncio.create_task(self.service.ready.wait())
        await asyncio.wait({ready, self._task}, return_when=asyncio.FIRST_COMPLETED)
        if self._task.done():
            self._task.result()

    async def stop(self) -> None:
        """Stop as on SIGTERM; raise what the service has failed of."""
        self._stop.set()
        await self._task

    async def cut(self) -> None:
        """Never answer again, and end without a word."""
        self.gate.close()
        self._task.cancel()
        await asyncio.wait({self._task})


class Simulation:
    """Two services with their stores, a log, and any number of replicas."""

    def __init__(self, seed: int, folder: Path, faults: Faults) -> None:
        self.rng, self.faults = random.Random(seed), faults
        self.world, self.log = World(), SimulatedLog(random.Random(seed + 1))
        self.stores = {
            each.name: SqliteStore(folder / f"{each.name}.sqlite")
            for each in self.world.definitions
        }
        self.alphas: list[Replica] = []
        self.betas: list[Replica] = []
        self.wanted: dict[str, list[int]] = {}
        self._turn = 0

    @classmethod
    @asynccontextmanager
    async def of(
        cls, seed: int, alphas: int = 3, betas: int = 2, faults: Faults | None = None
    ) -> AsyncIterator["Simulation"]:
        """Start so many replicas; stop those that are left, and fail if one does."""
        with TemporaryDirectory(dir=_MEMORY) as folder:
            self = cls(seed, Path(folder), faults or Faults())
            await self.log.create_topics(self.world.topics)
            for store in self.stores.values():
                await store.open()
            try:
                await self.start(self.alphas, self.world.alpha, alphas)
                await self.start(self.betas, self.world.beta, betas)
                yield self
                for replica in (*self.alphas, *self.betas):
                    await replica.stop()
            finally:
                for store in self.stores.values():
                    await store.close()

    async def start(self, replicas: list[Replica], definition: Definition, number: int) -> None:
        new = [Replica(self, definition) for _ in range(number)]
        for replica in new:
            await replica.ready()
        replicas += new

    # -- commands -------------------------------------------------------------------------------

    def plan(self, streams: Iterable[str], amounts: Callable[[str], list[int]]) -> None:
        """Say what these streams are to have been given in the end."""
        self.wanted = {stream: amounts(stream) for stream in streams}

    async def add(self, stream: str, amount: int) -> None:
        """Have the next replica add the amount; ask the next one after each failure."""
        cause = request_cause(
            UUID(int=self.rng.getrandbits(128), version=4), actor="tester", agency="urn:x"
        )
        backoff = Backoff()
        while not await self._asked(stream, amount, cause):
            await backoff.wait()

    async def _asked(self, stream: str, amount: int, cause: Cause) -> bool:
        self._turn += 1
        replica = self.alphas[self._turn % len(self.alphas)]
        try:
            async with asyncio.timeout(3):
                await replica.service.command_handler.handle(
                    counter(stream), Add(amount=amount), cause
                )
        except (Unavailable, TimeoutError):
            return False
        return True

    # -- what came of it ------------------------------------------------------------------------

    def arrived(self, topic: str) -> dict[str, list[int]]:
        """Return the sequences of each stream, in the order in which they came to the log."""
        found: defaultdict[str, list[int]] = defaultdict(list)
        for kept in self.log.topics[topic]:
            for record in kept:
                envelope = read(record)
                found[envelope.subject].append(envelope.sequence)
        return found

    def out_of_order(self) -> list[str]:
        """Return the streams of which an event came before its predecessor."""
        topics = (self.world.alpha.topic, self.world.beta.topic)
        arrived = [each for topic in topics for each in self.arrived(topic).items()]
        return [
            stream
            for stream, sequences in arrived
            if (first := list(dict.fromkeys(sequences))) != list(range(1, len(first) + 1))
        ]

    def repeats(self) -> int:
        """Return how many records are on the log more than once."""
        topics = (self.world.alpha.topic, self.world.beta.topic)
        return sum(
            len(sequences) - len(set(sequences))
            for topic in topics
            for sequences in self.arrived(topic).values()
        )

    async def echoed(self) -> dict[str, int]:
        """Return what Beta has counted of each stream, from its store's commits."""
        beta, totals = self.stores[self.world.beta.name], {}
        for stream in self.wanted:
            commits = await beta.history(f"counter/{stream}")
            envelopes = [read(record) for commit in commits for record in commit.records]
            totals[stream] = sum(
                self.world.topology.catalogue.find(e.type).of(e.data).amount  # type: ignore[union-attr]
                for e in envelopes
            )
        return totals

    async def waiting(self) -> list[str]:
        """Say what has not come to its end: commits that are not sent, streams that are held."""
        said = []
        for name, store in self.stores.items():
            said += [f"{name}: {c.stream}/{c.first} is pending" for c in await store.pending(99)]
            for row in await store.scan(PARKED):
                letter = letter_of(row)
                said.append(f"{name}: {letter['subject']}/{letter['sequence']} {letter['reason']}")
        return said

    async def marks(self) -> dict[str, int]:
        """Return up to where Beta has applied Alpha's streams."""
        rows = await self.stores[self.world.beta.name].scan(MARKS, self.world.alpha.source)
        return {row.key.partition(" ")[2]: row.sequence for row in rows}


async def within(seconds: float, check: Callable[[], Awaitable[object]], what: str) -> None:
    """Wait in virtual time until the check finds nothing."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    while found := await check():
        assert loop.time() < deadline, f"not within {seconds} s: {what}: {found}"
        await asyncio.sleep(0.05)
