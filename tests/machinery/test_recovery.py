"""A service after a crash, with an old store, a log that lost its tail, or no rows at all."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from apps.audit.verify import Verification
from shared.eventsourcing.idempotency import Cause
from shared.eventsourcing.projections import Part
from shared.kernel.ports import Commit, Log, Position, Record, Row, Store, Unavailable
from shared.messaging.delivery_receipts import Acknowledge, receipts_of
from shared.messaging.log_recovery import Forked
from shared.runtime.application import digests_of
from shared.runtime.service import Service
from shared.signing.cloudevents import GENESIS, Draft, Envelope, freeze, sign_group
from shared.signing.key_history import Pinned
from shared.transparency.checkpoints import TOPIC as CHECKPOINTS
from tests.conftest import Backend
from tests.toy import Added, World, add, reaches, total, until


@asynccontextmanager
async def both(backend: Backend, log: Log) -> AsyncIterator[tuple[Service, Service]]:
    world = backend.world
    alpha = world.service(world.alpha, backend.store(world.alpha.name), log)
    beta = world.service(world.beta, backend.store(world.beta.name), log)
    async with alpha.run(), beta.run():
        yield alpha, beta


async def holds(world: World, log: Log, *services: Service) -> None:
    """The log proves itself and every row of the services."""

    async def ask(name: str) -> AsyncIterator[Mapping[str, Any]]:
        service = next(s for s in services if s.name == name)
        async for line in digests_of(service).stream():
            yield orjson.loads(line)

    report = await Verification(log, world.definitions, Pinned(world.trust), ask).run()
    # On Kafka all tests share the topic of checkpoints, and what intruders have put there.
    problems = [p for p in report.problems if p.topic != CHECKPOINTS]
    assert [*problems, *report.differences, *report.unchecked] == [], report
    assert sum(report.rows.values()) > 0


async def test_what_a_crash_left_pending_is_sent_and_taken_up(backend: Backend, log: Log) -> None:
    """The claim is committed, the process dies before anything else: the step is taken later."""
    world = backend.world
    alpha = world.service(world.alpha, backend.store(world.alpha.name), log)
    await alpha.store.open()
    await add(alpha, "counter/claim", 5)
    assert len(await alpha.store.pending(10)) == 1
    await alpha.store.close()
    async with both(backend, log) as (alpha, beta):
        await reaches(beta, "counter/claim", 5)
        await holds(world, log, alpha, beta)


class Failing:
    """A store whose positions can't be written: as if the process died just before."""

    def __init__(self, store: Store) -> None:
        self._store, self.failures = store, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def put(self, rows: Sequence[Row]) -> None:
        if self.failures < 3 and any(row.table == "positions" for row in rows):
            self.failures += 1
            raise Unavailable("injected")
        await self._store.put(rows)


async def test_a_reaction_that_was_not_acknowledged_takes_effect_once(
    backend: Backend, log: Log
) -> None:
    world = backend.world
    alpha = world.service(world.alpha, backend.store(world.alpha.name), log)
    failing = Failing(backend.store(world.beta.name))
    beta = world.service(world.beta, failing, log)
    async with alpha.run(), beta.run():
        for amount in range(1, 11):
            await add(alpha, "counter/one", amount)

        async def tried() -> bool:
            return failing.failures == 3

        await until(tried, "the write failed three times")
        await add(alpha, "counter/two", 1)
        await reaches(beta, "counter/two", 1)
        await reaches(beta, "counter/one", 55)
        assert len(await beta.store.history("counter/one")) == 10


async def test_an_old_copy_of_a_store_heals_without_a_fork(backend: Backend, log: Log) -> None:
    world = backend.world
    async with both(backend, log) as (alpha, beta):
        await asyncio.gather(*(add(alpha, f"counter/{i}", 1) for i in range(5)))
        await reaches(beta, "counter/4", 1)
    back = [await backend.copy(d.name) for d in world.definitions]
    async with both(backend, log) as (alpha, beta):
        await asyncio.gather(*(add(alpha, f"counter/{i}", 2) for i in range(8)))
        for i in range(8):
            await reaches(beta, f"counter/{i}", 3 if i < 5 else 2)
    for put_back in back:
        await put_back()
    async with both(backend, log) as (alpha, beta):
        assert await total(alpha, "counter/7") == 2
        await asyncio.gather(*(add(alpha, f"counter/{i}", 4) for i in range(8)))
        for i in range(8):
            await reaches(beta, f"counter/{i}", 7 if i < 5 else 6)
        await holds(world, log, alpha, beta)


async def test_a_store_that_contradicts_the_log_is_refused(backend: Backend, log: Log) -> None:
    world = backend.world
    async with both(backend, log) as (alpha, _):
        await add(alpha, "counter/one", 1)
    back = await backend.copy(world.alpha.name)
    async with both(backend, log) as (alpha, beta):
        await add(alpha, "counter/one", 2)
        await reaches(beta, "counter/one", 3)
    await back()
    # Somebody wrote to the old copy without letting it catch up first.
    alpha = world.service(world.alpha, backend.store(world.alpha.name), log)
    await alpha.store.open()
    await add(alpha, "counter/one", 5)
    await alpha.store.close()
    with pytest.raises(Forked):
        async with alpha.run():
            pass


async def test_an_emptied_store_is_rebuilt_from_the_log(backend: Backend, log: Log) -> None:
    world = backend.world
    async with both(backend, log) as (alpha, beta):
        await asyncio.gather(*(add(alpha, f"counter/{i % 4}", i) for i in range(40)))
        await add(alpha, "counter/bad", 1313)
        for i in range(4):
            await reaches(beta, f"counter/{i}", sum(range(i, 40, 4)))

        async def parked() -> bool:
            return len(await beta.dead_letters.list()) == 1

        await until(parked, "the poison is parked")
        for topic in beta.subscribers:
            await beta.acknowledge(topic)
        commits = {f"counter/{i}": await beta.store.history(f"counter/{i}") for i in range(4)}
    await empty(backend.store(world.beta.name))
    async with both(backend, log) as (alpha, beta):
        for stream, before in commits.items():
            assert _without_places(await beta.store.history(stream)) == _without_places(before)
        await until(parked_again(beta), "the poison is parked again")
        ends = {topic: await log.ends(topic) for topic in beta.subscribers}

        async def caught_up() -> bool:
            return await beta.reached(ends)

        await until(caught_up, "the topics are applied again")
        await add(alpha, "counter/0", 1)
        await reaches(beta, "counter/0", sum(range(0, 40, 4)) + 1)
        assert len(await beta.store.history("counter/0")) == len(commits["counter/0"]) + 1
        await holds(world, log, alpha, beta)


async def test_a_log_full_of_repeats_restores_each_event_once(backend: Backend, log: Log) -> None:
    """The relay may have sent anything twice; the store that is restored from it has it once."""
    world = backend.world
    alpha = world.service(world.alpha, backend.store(world.alpha.name), log)
    async with alpha.run():
        for amount in range(1, 6):
            await add(alpha, f"counter/{amount % 2}", amount)
        await until(relayed(alpha, log, 5), "five records are on the log")
        before = {f"counter/{i}": await alpha.store.history(f"counter/{i}") for i in (0, 1)}
        sent = await everything(log, world.alpha.topic)
    for record in sent:
        await log.send(world.alpha.topic, [record, record])
    await empty(backend.store(world.alpha.name))
    alpha = world.service(world.alpha, backend.store(world.alpha.name), log)
    async with alpha.run():
        for stream, commits in before.items():
            assert _without_places(await alpha.store.history(stream)) == _without_places(commits)
        assert await total(alpha, "counter/0") + await total(alpha, "counter/1") == 15


async def test_a_commit_of_several_events_survives_repeats_inside_it(
    backend: Backend, log: Log
) -> None:
    world = backend.world
    alpha = world.service(world.alpha, backend.store(world.alpha.name), log)
    first, second = pair(world, 1, 2)
    await log.send(world.alpha.topic, [first, first, second, first, second])
    async with alpha.run():
        (commit,) = await alpha.store.history("counter/pair")
        assert commit.records == (first, second)
        assert await total(alpha, "counter/pair") == 3


@pytest.mark.parametrize("forged", [0, 1])
async def test_a_repeat_with_another_body_is_a_fork(
    backend: Backend, log: Log, forged: int
) -> None:
    """Before its commit is whole, and after it: the log must not tell two stories of one event."""
    world = backend.world
    first, second = pair(world, 1, 2)
    other = pair(world, 8, 9)[0]
    records = [first, other, second] if forged == 0 else [first, second, other]
    await log.send(world.alpha.topic, records)
    alpha = world.service(world.alpha, backend.store(world.alpha.name), log)
    with pytest.raises(Forked, match="has another counter/pair/1"):
        async with alpha.run():
            pass


def pair(world: World, *amounts: int) -> list[Record]:
    """One commit of two events, signed by alpha."""
    signer, time = world.signers[world.alpha.name], datetime(2026, 1, 2, tzinfo=UTC)
    prevhash, records, hashes = GENESIS, [], []
    for number, amount in enumerate(amounts, 1):
        draft = Draft(
            source=world.alpha.source,
            type=f"sinergi.{world.alpha.name}.Added.v1",
            subject="counter/pair",
            time=time,
            sequence=number,
            first=1,
            count=len(amounts),
            cause="test/pair",
            fingerprint="",
            correlation="test",
            causation="test",
            actor="tester",
            prevhash=prevhash,
            data=Added(amount=amount).data(),
        )
        record, prevhash = freeze(draft, signer.keyid, None)
        records.append(record)
        hashes.append(prevhash)
    return list(sign_group(signer, records, hashes))


async def everything(log: Log, topic: str) -> list[Record]:
    return [
        place.record
        for partition, end in (await log.ends(topic)).items()
        async for batch in log.read(topic, partition, 0, end)
        for place in batch
    ]


async def empty(store: Store) -> None:
    await store.open()
    await store.clear()
    await store.close()


async def test_below_a_receipt_views_fold_and_reactions_rest(backend: Backend, log: Log) -> None:
    world = backend.world
    alpha = world.service(world.alpha, backend.store(world.alpha.name), log)
    beta = world.service(world.beta, backend.store(world.beta.name), log)
    async with alpha.run():
        for amount in (1, 2, 3):
            await add(alpha, "counter/one", amount)
        await until(relayed(alpha, log, 3), "three records are on the log")
        ends = {str(p): end for p, end in (await log.ends(alpha.definition.topic)).items()}
        # As if beta had reacted to all of it before its store was lost.
        topic = alpha.definition.topic
        receipt = Acknowledge(topic=topic, offsets=ends, reactions={"echo": 1}, parked=0)
        await beta.store.open()
        cause = Cause(key="receipt/test", correlation="test", id="receipt/test")
        await beta.command_handler.handle(receipts_of(topic), receipt, cause)
        await beta.store.close()
        beta = world.service(world.beta, backend.store(world.beta.name), log)
        async with beta.run():

            async def folded() -> bool:
                rows = await beta.store.scan("view.sums")
                return [orjson.loads(r.body or b"") for r in rows] == [{"total": 6}]

            await until(folded, "the view holds all")
            assert await total(beta, "counter/one") == 0
            await add(alpha, "counter/one", 4)
            await reaches(beta, "counter/one", 4)


def relayed(service: Service, log: Log, count: int) -> Callable[[], Awaitable[bool]]:
    async def check() -> bool:
        return sum((await log.ends(service.definition.topic)).values()) == count

    return check


def parked_again(service: Service) -> Callable[[], Awaitable[bool]]:
    async def check() -> bool:
        return [p["subject"] for p in await service.dead_letters.list()] == ["counter/bad"]

    return check


def _without_places(commits: Sequence[Commit]) -> list[Commit]:
    return [replace(commit, sent=None) for commit in commits]


async def test_a_log_that_lost_its_tail_gets_it_again(backend: Backend, log: Log) -> None:
    world = backend.world
    if not backend.embedded:
        await _unsend_on_kafka(backend, log)
        return
    async with both(backend, log) as (alpha, beta):
        for amount in range(1, 6):
            await add(alpha, "counter/one", amount)
        await reaches(beta, "counter/one", 15)
    before = await log.ends(world.alpha.topic)
    await log.close()
    with closing(sqlite3.connect(backend.folder / "log.sqlite")) as db:
        db.execute('DELETE FROM records WHERE topic=? AND "offset">=3', (world.alpha.topic,))
        db.commit()
    log = await backend.log()
    async with both(backend, log) as (alpha, beta):

        async def resent() -> bool:
            return (await log.ends(world.alpha.topic))[0] >= before[0]

        await until(resent, "the tail is on the log again")
        assert await total(beta, "counter/one") == 15
        await add(alpha, "counter/one", 6)
        await reaches(beta, "counter/one", 21)
        await holds(world, log, alpha, beta)
    await log.close()


async def _unsend_on_kafka(backend: Backend, log: Log) -> None:
    """Kafka does not forget on demand: marks beyond the end stand for a tail that is gone."""
    world = backend.world
    alpha = world.service(world.alpha, backend.store(world.alpha.name), log)
    await alpha.store.open()
    commit = await add(alpha, "counter/one", 5)
    await alpha.store.mark_sent({commit.place: Position(0, 7)})
    await alpha.store.close()
    async with both(backend, log) as (alpha, beta):
        await reaches(beta, "counter/one", 5)
        await holds(world, log, alpha, beta)


async def test_a_changed_fold_is_folded_anew(backend: Backend, log: Log) -> None:
    world = backend.world
    async with both(backend, log) as (alpha, beta):
        for amount in (1, 2, 3):
            await add(alpha, "counter/one", amount)
        await reaches(beta, "counter/one", 6)
    (view,) = world.beta.projections

    def fold(part: Part | None, envelope: Envelope, event: Added) -> Part:
        total = part["total"] if part else 0
        assert isinstance(total, int)
        return {"total": total + 2 * event.amount}

    doubled = replace(view, version=2, fold=fold)
    changed = replace(world.beta, projections=(doubled,))
    beta = world.service(changed, backend.store(world.beta.name), log)
    async with beta.run():

        async def folded() -> bool:
            # What the first life had reacted to and not folded yet comes again.
            (row,) = await beta.store.scan("view.sums")
            return row.sequence == 3

        await until(folded, "the view is folded")
        (row,) = await beta.store.scan("view.sums")
        assert orjson.loads(row.body or b"") == {"total": 12}
