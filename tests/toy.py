"""Two small services that count: what the machinery's own tests run."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from fastapi import APIRouter

from shared.embedded import EmbeddedLog
from shared.envelope import Envelope
from shared.events.base import Event
from shared.keys import Secret, Signer, Trust
from shared.ports import Log, Store
from shared.reactions import Do, Reaction
from shared.service import Definition, Keys, Landscape, Service, system_clock
from shared.settings import Settings
from shared.sqlite import SqliteStore
from shared.stream import Command, Context, Decider, NotYet, Refused, State, Timeout, unexpected
from shared.views import Part, View


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
        case Echo(amount=13):
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
    yield Do(envelope.subject, Echo(amount=event.amount))


def _sum(part: Part | None, envelope: Envelope, event: Added) -> Part:
    total = part["total"] if part else 0
    assert isinstance(total, int)
    return {"total": total + event.amount}


def _routes(service: Service) -> APIRouter:
    return APIRouter()


SUMS = View("sums", "alpha.events", (Added,), lambda e, _: ["all"], _sum)
ECHO = Reaction("echo", "alpha.events", (Added,), _echo)
ALPHA = Definition(
    "alpha", "urn:sinergi:a", "Alpha", (Added, Rang), (COUNTER,), (), (SUMS,), _routes
)
BETA = Definition(
    "beta", "urn:sinergi:b", "Beta", (Echoed,), (COUNTER,), (ECHO,), (SUMS,), _routes
)
TOYS = (ALPHA, BETA)
LANDSCAPE = Landscape.of(TOYS)
SIGNERS = {"alpha": Signer(b"a" * 32), "beta": Signer(b"b" * 32)}
TRUST = Trust({d.source: [SIGNERS[d.name].public] for d in TOYS})


def keys(name: str) -> Keys:
    return Keys(SIGNERS[name], Secret(name.encode().ljust(32, b".")), TRUST)


def toy(definition: Definition, store: Store, log: Log, **settings: object) -> Service:
    return Service(
        definition,
        LANDSCAPE,
        Settings(receipt_seconds=3600, **settings),  # type: ignore[arg-type]
        store,
        log,
        keys(definition.name),
        system_clock,
    )


async def embedded_log(folder: Path) -> EmbeddedLog:
    log = EmbeddedLog(folder / "log.sqlite")
    await log.open()
    await log.create_topics(["alpha.events", "beta.events"])
    return log


def sqlite_store(folder: Path, name: str) -> SqliteStore:
    return SqliteStore(folder / f"{name}.sqlite")
