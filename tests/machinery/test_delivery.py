"""Events between two services: each takes effect once, in order, or is named as waiting."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from prometheus_client import REGISTRY

from shared.eventsourcing.idempotency import Cause, OtherRequest, request_cause, request_id
from shared.eventsourcing.refusal import Refused
from shared.kernel.ports import Commit, Log, Record
from shared.messaging.dead_letter_record import parked_stream
from shared.messaging.dead_letters import PARKED
from shared.messaging.incoming import QUARANTINE
from shared.runtime.service import Service
from shared.signing.cloudevents import GENESIS, Draft, freeze, read, sign_group
from shared.signing.keys import Signer
from tests.conftest import Backend
from tests.toy import Add, Added, Echo, add, counter, reaches, total, until


def forged(service: Service, subject: str, sequence: int = 1, **changes: object) -> Record:
    """A record for the topic of a service, signed by its own key unless told otherwise."""
    signer = changes.pop("signer", service.keys.signer)
    assert isinstance(signer, Signer)
    draft = Draft(
        source=service.definition.source,
        type=service.topology.catalogue.type_of(service.name, Added),
        subject=subject,
        time=datetime.now(UTC),
        sequence=sequence,
        first=sequence,
        count=1,
        cause=f"request/{subject}/{sequence}",
        fingerprint="",
        correlation="c",
        causation="request/x",
        actor="tester",
        prevhash=GENESIS,
        data=Added(amount=1000).data(),
    )
    record, hash_ = freeze(replace(draft, **changes), signer.keyid)  # type: ignore[arg-type]
    return sign_group(signer, [record], [hash_])[0]


async def test_every_event_takes_effect_once_and_in_order(backend: Backend, log: Log) -> None:
    world = backend.world
    alpha = world.service(world.alpha, backend.store(world.alpha.name), log)
    beta = world.service(world.beta, backend.store(world.beta.name), log)
    async with alpha.run(), beta.run():
        await asyncio.gather(*(add(alpha, f"counter/{i % 5}", i) for i in range(100)))
        for stream in range(5):
            wanted = sum(range(stream, 100, 5))
            await reaches(beta, f"counter/{stream}", wanted)
            echoed = await beta.store.history(f"counter/{stream}")
            amounts = [orjson.loads(r.value or b"")["amount"] for c in echoed for r in c.records]
            own = await alpha.store.history(f"counter/{stream}")
            assert amounts == [orjson.loads(c.records[0].value or b"")["amount"] for c in own]

        async def folded() -> bool:
            rows = await beta.store.scan("view.sums")
            return bool(sum(orjson.loads(r.body or b"")["total"] for r in rows) == sum(range(100)))

        await until(folded, "the view holds all")


async def test_fifty_requests_with_one_key_have_one_effect(backend: Backend, log: Log) -> None:
    world = backend.world
    alpha = world.service(world.alpha, backend.store(world.alpha.name), log)
    async with alpha.run():
        id_ = request_id(alpha.keys.secret, "tester", "add", "the key")
        cause = request_cause(id_, actor="tester", agency="urn:x", fingerprint="f1")
        commits = await asyncio.gather(
            *(
                alpha.command_handler.handle(counter("counter/one"), Add(amount=3), cause)
                for _ in range(50)
            )
        )
        assert {c.first for c in commits if c} == {1}
        assert all(c and c.hash == commits[0].hash for c in commits if commits[0])
        assert await total(alpha, "counter/one") == 3
        other = replace(cause, fingerprint="f2")
        with pytest.raises(OtherRequest):
            await alpha.command_handler.handle(counter("counter/one"), Add(amount=4), other)


async def test_of_two_writers_one_wins_and_the_other_decides_anew(
    backend: Backend, log: Log
) -> None:
    world = backend.world
    first = world.service(world.alpha, backend.store(world.alpha.name), log)
    second = world.service(world.alpha, backend.store(world.alpha.name), log)
    async with first.run(), second.run():
        for service in (first, second):
            await add(service, "counter/one", 0)
        await asyncio.gather(
            *(add(service, "counter/one", 1) for _ in range(20) for service in (first, second))
        )
        commits = await first.store.history("counter/one")
        assert [c.first for c in commits] == list(range(1, 43))
        assert await total(first, "counter/one") == await total(second, "counter/one") == 40
        # A refusal must not rest on what another replica has changed since.
        await add(first, "counter/one", 999_960)
        with pytest.raises(Refused):
            await add(second, "counter/one", 1)


async def test_a_poison_event_parks_its_stream_and_no_other(backend: Backend, log: Log) -> None:
    world = backend.world
    alpha = world.service(world.alpha, backend.store(world.alpha.name), log)
    beta = world.service(world.beta, backend.store(world.beta.name), log)
    async with alpha.run(), beta.run():
        await add(alpha, "counter/bad", 5)
        await add(alpha, "counter/bad", 1313)
        await add(alpha, "counter/bad", 6)
        await add(alpha, "counter/good", 1)
        await reaches(beta, "counter/good", 1)

        async def waits() -> bool:
            return len(await beta.dead_letters.list()) == 2

        await until(waits, "the poison and what is behind it are parked")
        assert await total(beta, "counter/bad") == 5
        assert [p["reason"] for p in await beta.dead_letters.list()] == ["failed", "behind"]

        # A redrive that fails again parks it again; a discard lets the rest go on.
        redrive = beta.dead_letters.redrive(world.alpha.source, "counter/bad", 2)
        await beta.command_handler.handle(redrive.stream, redrive.command, operator(beta))

        async def parked_twice() -> bool:
            history = await beta.store.history(
                str(parked_stream(world.alpha.source, "counter/bad"))
            )
            return len(history) == 3

        await until(parked_twice, "the redriven record is parked again")
        discard = beta.dead_letters.discard(world.alpha.source, "counter/bad", 2, "poison")
        await beta.command_handler.handle(discard.stream, discard.command, operator(beta))
        await reaches(beta, "counter/bad", 11)

        async def empty() -> bool:
            return not await beta.store.scan(PARKED)

        await until(empty, "nothing is parked any more")


def operator(service: Service) -> Cause:
    """Return the cause of an operator's next command."""
    id_ = request_id(service.keys.secret, "operator", "parked", None)
    return request_cause(id_, actor="operator", agency="urn:x")


async def test_a_reaction_waits_for_its_precondition(backend: Backend, log: Log) -> None:
    world = backend.world
    alpha = world.service(world.alpha, backend.store(world.alpha.name), log)
    beta = world.service(world.beta, backend.store(world.beta.name), log)
    async with alpha.run(), beta.run():
        await add(alpha, "counter/late", 777)

        async def deferred() -> bool:
            return [p["reason"] for p in await beta.dead_letters.list()] == ["deferred"]

        await until(deferred, "the reaction is deferred")
        for stream in ("counter/late", "counter/gate"):
            await beta.command_handler.handle(counter(stream), Echo(amount=1), operator(beta))
        await reaches(beta, "counter/late", 778)


async def test_a_foreign_key_never_reaches_a_reaction(backend: Backend, log: Log) -> None:
    world = backend.world
    alpha = world.service(world.alpha, backend.store(world.alpha.name), log)
    beta = world.service(world.beta, backend.store(world.beta.name), log)
    async with alpha.run(), beta.run():
        await log.send(
            alpha.definition.topic, [forged(alpha, "counter/x", signer=Signer(b"z" * 32))]
        )
        await log.send(
            alpha.definition.topic, [forged(alpha, "counter/x", signer=beta.keys.signer)]
        )
        await add(alpha, "counter/x", 4)
        await reaches(beta, "counter/x", 4)
        quarantined = await beta.store.scan(QUARANTINE)
        assert [orjson.loads(r.body or b"")["code"] for r in quarantined] == ["key", "agency"]
        assert not await beta.store.scan(PARKED)
        for reason in ("key", "agency"):
            labels = {"service": beta.name, "topic": alpha.definition.topic, "reason": reason}
            assert REGISTRY.get_sample_value("sinergi_quarantined_records_total", labels) == 1


BROKEN: dict[str, Callable[[Record], Record]] = {
    "a missing header": lambda r: r._replace(headers=r.headers[1:]),
    "a duplicate header": lambda r: r._replace(headers=(*r.headers, r.headers[3])),
    "a null header": lambda r: r._replace(headers=(("ce_id", None), *r.headers[1:])),
    "a header that is not UTF-8": lambda r: r._replace(
        headers=tuple((n, b"\xff\xfe" if n == "ce_actor" else v) for n, v in r.headers)
    ),
    "another content type": lambda r: r._replace(
        headers=(("content-type", b"text/plain"), *r.headers[1:])
    ),
    "another key": lambda r: r._replace(key=b"counter/other"),
    "no data": lambda r: r._replace(value=None),
    "an edited byte": lambda r: r._replace(value=(r.value or b"").replace(b"1000", b"1001")),
    "257 KiB": lambda r: r._replace(value=b" " * 257 * 1024),
    "no signature": lambda r: r._replace(
        headers=tuple((n, v) for n, v in r.headers if n != "ce_signature")
    ),
    "an invented proof": lambda r: r._replace(headers=(*r.headers, ("ce_proof", b"0:2:AAAA"))),
    "no headers at all": lambda r: r._replace(headers=()),
}


async def test_a_broken_record_loses_no_neighbour(backend: Backend, log: Log) -> None:
    world = backend.world
    alpha = world.service(world.alpha, backend.store(world.alpha.name), log)
    beta = world.service(world.beta, backend.store(world.beta.name), log)
    records = [forged(alpha, f"counter/{i}") for i in range(2 * len(BROKEN))]
    for place, break_ in enumerate(BROKEN.values()):
        records[2 * place] = break_(records[2 * place])
    await log.send(alpha.definition.topic, records)
    async with beta.run():
        for place in range(len(BROKEN)):
            await reaches(beta, f"counter/{2 * place + 1}", 1000)

        async def all_judged() -> bool:
            return len(await beta.store.scan(QUARANTINE)) == len(BROKEN)

        await until(all_judged, "every broken record is quarantined")
        assert all([await total(beta, f"counter/{2 * p}") == 0 for p in range(len(BROKEN))])


async def test_data_that_do_not_fit_park_the_stream(backend: Backend, log: Log) -> None:
    world = backend.world
    alpha = world.service(world.alpha, backend.store(world.alpha.name), log)
    beta = world.service(world.beta, backend.store(world.beta.name), log)
    kind = world.topology.catalogue.type_of(alpha.name, Added)
    await log.send(
        alpha.definition.topic,
        [
            forged(alpha, "counter/json", data=b'{"amount": '),
            forged(alpha, "counter/type", data=b'{"amount": "many"}'),
            forged(alpha, "counter/newer", data=b'{"amount": 1, "colour": "red"}'),
            forged(alpha, "counter/v9", type=kind.replace(".v1", ".v9")),
            forged(alpha, "counter/what", type="sinergi.elsewhere.Happened.v1"),
        ],
    )
    async with beta.run():
        await reaches(beta, "counter/newer", 1)

        async def parked() -> bool:
            found = {p["subject"]: p["reason"] for p in await beta.dead_letters.list()}
            return found == {
                "counter/json": "schema",
                "counter/type": "schema",
                "counter/v9": "version",
            }

        await until(parked, "what can't be read is parked, an unknown type is not")


async def test_repeats_are_dropped_gaps_wait_and_forks_are_alarms(
    backend: Backend, log: Log
) -> None:
    world = backend.world
    alpha = world.service(world.alpha, backend.store(world.alpha.name), log)
    beta = world.service(world.beta, backend.store(world.beta.name), log)
    async with alpha.run():
        for amount in (1, 2, 3):
            await add(alpha, "counter/a", amount)
        one, two, three = [c.records[0] for c in await alpha.store.history("counter/a")]
    replayed = world.service(world.beta, beta.store, log)
    topic = alpha.definition.topic
    async with replayed.run():
        await reaches(replayed, "counter/a", 6)
        await log.send(topic, [one, two, three, two])
        await log.send(topic, [forged(alpha, "counter/a", 3, data=Added(amount=99).data())])
        # The next in number, signed by its owner, but not the successor of the last one.
        await log.send(topic, [forged(alpha, "counter/a", 4)])
        # A gap: the third of a stream before its first two.
        first = forged(alpha, "counter/b", 1)
        second = forged(alpha, "counter/b", 2, prevhash=read(first).hash)
        third = forged(alpha, "counter/b", 3, prevhash=read(second).hash)
        await log.send(topic, [third])

        async def waits() -> bool:
            return [p["reason"] for p in await replayed.dead_letters.list()] == ["gap"]

        await until(waits, "the early record waits")
        await log.send(topic, [first, second])
        await reaches(replayed, "counter/b", 3000)
        assert await total(replayed, "counter/a") == 6
        quarantined = await replayed.store.scan(QUARANTINE)
        codes = sorted(orjson.loads(r.body or b"")["code"] for r in quarantined)
        assert codes == ["chain", "fork"]


async def test_a_timer_fires_once_over_restarts(backend: Backend, log: Log) -> None:
    world = backend.world
    now = datetime.now(UTC)
    alpha = world.service(world.alpha, backend.store(world.alpha.name), log, lambda: now)
    async with alpha.run():
        await add(alpha, "counter/clock", 1, due=now + timedelta(hours=1))
    later = now + timedelta(hours=2)
    for _ in range(2):
        alpha = world.service(world.alpha, backend.store(world.alpha.name), log, lambda: later)
        async with alpha.run():

            async def rang() -> bool:
                return (await alpha.command_handler.state(counter("counter/clock")))[1] == 2  # noqa: B023

            await until(rang, "the timer fires")
            await add(alpha, "counter/other", 1)
    history = await _reopened(backend, world.alpha.name, "counter/clock")
    assert [len(c.records) for c in history] == [1, 1]
    assert history[1].time > now + timedelta(hours=1)


async def _reopened(backend: Backend, name: str, stream: str) -> list[Commit]:
    store = backend.store(name)
    await store.open()
    try:
        return await store.history(stream)
    finally:
        await store.close()
