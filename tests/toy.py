"""Two small services that count: what the machinery's own tests run."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from shared.events.base import Event
from shared.eventsourcing.decider import (
    Command,
    Context,
    Decider,
    NotYet,
    Refused,
    State,
    Timeout,
    unexpected,
)
from shared.eventsourcing.idempotency import request_cause, request_id
from shared.eventsourcing.policies import Do, Reaction
from shared.eventsourcing.projections import Part, View
from shared.kernel.ports import Clock, Commit, Log, Store
from shared.kernel.settings import Settings
from shared.privacy.key_wrapping import Wrapping
from shared.runtime.service import Definition, Keys, Landscape, Service, system_clock
from shared.signing.cloudevents import Envelope
from shared.signing.key_history import Pinned
from shared.signing.keys import Secret, Signer
from shared.signing.trust_store import Trust
from shared.transparency.checkpoints import TOPIC as CHECKPOINTS
from shared.web.authentication import Role
from shared.web.request_context import Ask
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


def decide(state: Counter, command: Command, context: Context) -> Sequence[Event]:
    match command:
        case Add(amount=amount) if amount < 0:
            raise Refused("negative", "Give a positive amount.", "Beri angka positif.")
        case Add(amount=amount) if amount > 0 and state.total + amount > 1_000_000:
            raise Refused("full", "The counter is full.", "Penghitung penuh.")
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
    raise unexpected(command)


def evolve(state: Counter, event: Event) -> Counter:
    match event:
        case Added(amount=amount, due=due):
            return Counter(total=state.total + amount, times=state.times + 1, due=due)
        case Rang():
            return state.model_copy(update={"due": None})
        case Echoed(amount=amount):
            return Counter(total=state.total + amount, times=state.times + 1)
    return state


COUNTER = Decider("counter", Counter(), decide, evolve, lambda state: state.due)


def _echo(envelope: Envelope, event: Added) -> Iterable[Do]:
    needs = 1 if event.amount == 777 else 0
    yield Do(envelope.subject, Echo(amount=event.amount, needs=needs))


def _sum(part: Part | None, envelope: Envelope, event: Added) -> Part:
    total = part["total"] if part else 0
    assert isinstance(total, int)
    return {"total": total + event.amount}


def _routes(service: Service, api: Api) -> None:
    async def add(ask: Ask, body: Add) -> Do:
        return Do(f"counter/{ask.path['id']}", body)

    async def new(ask: Ask, body: Add) -> Do:
        return Do(f"counter/{ask.request_id}", body)

    api.command("POST", "/v1/counters", Add, (Role.OPERATOR,), new, "Begin")
    api.command("POST", "/v1/counters/{id}", Add, (Role.OPERATOR,), add, "Add")
    api.states("counter", "/v1/counters", (Role.OPERATOR,))


_SETTINGS: dict[str, Any] = {
    "receipt_seconds": 3600,
    "checkpoint_seconds": 3600,
    "react_from": "beginning",
}


class World:
    """Alpha counts, Beta echoes what Alpha counts; the suffix keeps worlds on one log apart."""

    def __init__(self, suffix: str = "") -> None:
        source = f"alpha{suffix}"
        topic = f"{source}.events"
        sums = View("sums", topic, (Added,), lambda e, _: ["all"], _sum)
        echo = Reaction("echo", topic, (Added,), _echo)
        self.alpha = Definition(
            source, "urn:sinergi:a", "Alpha", (Added, Rang), (COUNTER,), (), (sums,), _routes
        )
        self.beta = Definition(
            f"beta{suffix}", "urn:sinergi:b", "Beta", (Echoed,), (COUNTER,), (echo,), (sums,),
            _routes,
        )  # fmt: skip
        self.definitions = (self.alpha, self.beta)
        self.topics = [*(d.topic for d in self.definitions), CHECKPOINTS]
        self.landscape = Landscape.of(self.definitions)
        self.signers = {self.alpha.name: Signer(b"a" * 32), self.beta.name: Signer(b"b" * 32)}
        self.trust = Trust({d.source: [self.signers[d.name].public] for d in self.definitions})

    def keys(self, name: str) -> Keys:
        secret = Secret(name.encode().ljust(32, b"."))
        return Keys(self.signers[name], secret, WRAPPING, Pinned(self.trust))

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
            self.landscape,
            Settings(**{**_SETTINGS, **settings}),
            store,
            log,
            self.keys(definition.name),
            clock,
        )


async def add(service: Service, stream: str, amount: int, **more: Any) -> Commit:
    """One command, as a request of its own."""
    cause = request_cause(
        request_id(service.keys.secret, "tester", "add", None), actor="tester", agency="urn:x"
    )
    commit = await service.committer.handle(stream, Add(amount=amount, **more), cause)
    assert commit is not None
    return commit


async def until(check: Callable[[], Awaitable[bool]], what: str, seconds: float = 60) -> None:
    """Polls until the check holds; fails when it does not within the deadline."""
    deadline = time.monotonic() + seconds
    while not await check():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        await asyncio.sleep(0.01)


async def total(service: Service, stream: str) -> int:
    state, _ = await service.committer.state(stream)
    assert isinstance(state, Counter)
    return state.total


async def reaches(service: Service, stream: str, wanted: int, seconds: float = 60) -> None:
    async def reached() -> bool:
        return await total(service, stream) == wanted

    await until(reached, f"{service.name}: {stream} = {wanted}", seconds)
