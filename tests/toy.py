"""Two small services that count: what the machinery's own tests run."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, assert_never

from shared.events.base import Event, Topic
from shared.eventsourcing.decider import Command, Context, Decider, State, StreamRef, Timeout
from shared.eventsourcing.idempotency import request_cause, request_id
from shared.eventsourcing.policies import AnyDispatch, Dispatch, Dispatches, policy
from shared.eventsourcing.projections import Part, projection
from shared.eventsourcing.refusal import NotYet, Refused
from shared.kernel.clock import system_clock
from shared.kernel.ports import Clock, Commit, Log, Store
from shared.kernel.settings import Settings
from shared.kernel.topology import Topology
from shared.privacy.key_wrapping import Wrapping
from shared.privacy.service_keys import ServiceKeys
from shared.runtime.definition import Definition
from shared.runtime.service import Service
from shared.signing.cloudevents import Envelope
from shared.signing.key_history import Pinned
from shared.signing.keys import Secret, Signer
from shared.signing.trust_store import TrustStore
from shared.transparency.checkpoints import TOPIC as CHECKPOINTS
from shared.web.authentication import Role
from shared.web.request_context import RequestContext
from shared.web.resources import Resources
from shared.web.router import Api

WRAPPING = Wrapping([b"w" * 32])


class Added(Event):
    amount: int
    due: datetime | None = None


class Rang(Event):
    pass


class Echoed(Event):
    amount: int


class Add(Command):
    amount: int
    due: datetime | None = None


class Echo(Command):
    amount: int
    needs: int = 0


class Counter(State):
    total: int = 0
    times: int = 0
    due: datetime | None = None


CounterCommand = Add | Echo | Timeout
CounterEvent = Added | Rang | Echoed


def decide(state: Counter, command: CounterCommand, context: Context) -> Sequence[CounterEvent]:
    match command:
        case Add(amount=amount) if amount < 0:
            raise Refused("no-items")
        case Add(amount=amount) if amount > 0 and state.total + amount > 1_000_000:
            raise Refused("repeated-item")
        case Add(amount=amount, due=due):
            return [Added(amount=amount, due=due)]
        case Echo(needs=needs) if state.times < needs:
            raise NotYet("counter/gate")
        case Echo(amount=1313):
            raise RuntimeError("thirteen is poison")
        case Echo(amount=amount):
            return [Echoed(amount=amount)]
        case Timeout():
            return [Rang()] if state.due else []
        case _:
            assert_never(command)


def evolve(state: Counter, event: CounterEvent) -> Counter:
    match event:
        case Added(amount=amount, due=due):
            return Counter(total=state.total + amount, times=state.times + 1, due=due)
        case Rang():
            return state.model_copy(update={"due": None})
        case Echoed(amount=amount):
            return Counter(total=state.total + amount, times=state.times + 1)
        case _:
            assert_never(event)


COUNTER = Decider("counter", Counter(), decide, evolve, lambda state: state.due)


def counter(name: str) -> StreamRef[Counter, CounterCommand]:
    """Name a counter by its id, or by its stream's name."""
    return COUNTER.stream(name.removeprefix("counter/"))


def _echo(envelope: Envelope, event: Added) -> Dispatches:
    needs = 1 if event.amount == 777 else 0
    yield Dispatch(counter(envelope.subject), Echo(amount=event.amount, needs=needs))


def _all(envelope: Envelope, event: Added) -> Iterable[str]:
    return ["all"]


def _sum(part: Part | None, envelope: Envelope, event: Added) -> Part:
    total = part["total"] if part else 0
    assert isinstance(total, int)
    return {"total": total + event.amount}


def _routes(service: Resources, api: Api) -> None:
    async def add(ask: RequestContext, body: Add) -> AnyDispatch:
        return Dispatch(counter(ask.path["id"]), body)

    async def new(ask: RequestContext, body: Add) -> AnyDispatch:
        return Dispatch(counter(str(ask.request_id)), body)

    api.command("POST", "/v1/counters", Add, (Role.OPERATOR,), new, "Begin")
    api.command("POST", "/v1/counters/{id}", Add, (Role.OPERATOR,), add, "Add")
    api.states(COUNTER, "/v1/counters", (Role.OPERATOR,))


_SETTINGS: dict[str, Any] = {
    "receipt_seconds": 3600,
    "checkpoint_seconds": 3600,
    "react_from": "beginning",
}


class World:
    """Alpha counts, Beta echoes what Alpha counts; the suffix keeps worlds on one log apart."""

    def __init__(self, suffix: str = "") -> None:
        source = f"alpha{suffix}"
        topic = Topic(f"{source}.events")
        sums = projection("sums", _all, _sum, topic=topic)
        echo = policy(name="echo", topic=topic)(_echo)
        self.alpha = Definition(
            name=source,
            topic=topic,
            source="urn:sinergi:a",
            title="Alpha",
            events=(Added, Rang),
            deciders=(COUNTER,),
            policies=(),
            projections=(sums,),
            routes=_routes,
        )
        self.beta = Definition(
            name=f"beta{suffix}",
            topic=Topic(f"beta{suffix}.events"),
            source="urn:sinergi:b",
            title="Beta",
            events=(Echoed,),
            deciders=(COUNTER,),
            policies=(echo,),
            projections=(sums,),
            routes=_routes,
        )
        self.definitions = (self.alpha, self.beta)
        self.topics = [*(d.topic for d in self.definitions), CHECKPOINTS]
        self.topology = Topology.of([each.owner for each in self.definitions])
        self.signers = {self.alpha.name: Signer(b"a" * 32), self.beta.name: Signer(b"b" * 32)}
        self.trust = TrustStore({d.source: [self.signers[d.name].public] for d in self.definitions})

    def keys(self, name: str) -> ServiceKeys:
        secret = Secret(name.encode().ljust(32, b"."))
        return ServiceKeys(self.signers[name], secret, WRAPPING, Pinned(self.trust))

    def service(
        self,
        definition: Definition,
        store: Store,
        log: Log,
        clock: Clock = system_clock,
        **settings: Any,
    ) -> Service:
        return Service(
            definition,
            topology=self.topology,
            settings=Settings(**{**_SETTINGS, **settings}),
            store=store,
            log_=log,
            keys=self.keys(definition.name),
            clock=clock,
        )


async def add(service: Service, stream: str, amount: int, **more: Any) -> Commit:
    """One command, as a request of its own."""
    cause = request_cause(
        request_id(service.keys.secret, "tester", "add", None), actor="tester", agency="urn:x"
    )
    commit = await service.command_handler.handle(
        counter(stream), Add(amount=amount, **more), cause
    )
    assert commit is not None
    return commit


async def until(check: Callable[[], Awaitable[bool]], what: str, seconds: float = 60) -> None:
    """Polls until the check holds; fails when it does not within the deadline."""
    deadline = time.monotonic() + seconds
    while not await check():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        await asyncio.sleep(0.01)


async def total(service: Service, stream: str) -> int:
    return (await service.command_handler.state(counter(stream)))[0].total


async def reaches(service: Service, stream: str, wanted: int, seconds: float = 60) -> None:
    async def reached() -> bool:
        return await total(service, stream) == wanted

    await until(reached, f"{service.name}: {stream} = {wanted}", seconds)
