"""A defect in a projection, a policy or a timer holds its own stream, and nothing else."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from shared.eventsourcing.projections import Part, projection
from shared.eventsourcing.timers import PARKED_TIMERS
from shared.kernel.ports import Log
from shared.messaging.incoming import QUARANTINE
from shared.runtime.definition import Definition
from shared.runtime.service import Service
from shared.signing.cloudevents import Envelope
from tests.conftest import Backend
from tests.machinery.test_delivery import forged, operator
from tests.toy import Added, add, counter, reaches, total, until

_BAD = 666


def _broken(definition: Definition, where: str) -> Definition:
    """Return the service with a projection that fails on one amount, in `keys` or in `fold`."""

    def fail(event: Added, place: str) -> None:
        if place == where and event.amount == _BAD:
            raise ZeroDivisionError("a defect")

    def keys(envelope: Envelope, event: Added) -> Iterable[str]:
        fail(event, "keys")
        return ["all"]

    def fold(part: Part | None, envelope: Envelope, event: Added) -> Part:
        fail(event, "fold")
        return {"seen": envelope.sequence}

    broken = projection("broken", keys, fold, topic=definition.policies[0].topic)
    return replace(definition, projections=(*definition.projections, broken))


async def _reasons(service: Service) -> list[tuple[str, int, str]]:
    return [
        (each["subject"], each["sequence"], each["reason"])
        for each in await service.dead_letters.list()
    ]


@pytest.mark.parametrize("where", ["keys", "fold"])
async def test_an_event_that_a_projection_fails_on_holds_its_stream_only(
    backend: Backend, log: Log, where: str
) -> None:
    world = backend.world
    alpha = world.service(world.alpha, backend.store(world.alpha.name), log)
    beta = world.service(_broken(world.beta, where), backend.store(world.beta.name), log)
    async with alpha.run(), beta.run():
        await add(alpha, "counter/bad", 1)
        await add(alpha, "counter/bad", _BAD)
        await add(alpha, "counter/bad", 2)
        for amount in range(1, 6):
            await add(alpha, "counter/good", amount)
        await reaches(beta, "counter/good", 15)

        async def parked() -> bool:
            return await _reasons(beta) == [
                ("counter/bad", 2, "failed"),
                ("counter/bad", 3, "behind"),
            ]

        await until(parked, "only the stream of the bad event is held")

        async def seen() -> bool:
            rows = await beta.store.scan("view.broken")
            return {r.key: orjson.loads(r.body or b"")["seen"] for r in rows} == {
                "all counter/bad": 1,
                "all counter/good": 5,
            }

        await until(seen, "the projection has what it could take")
    # With the defect mended, an operator asks to try it again: nothing took effect twice.
    mended = world.service(_broken(world.beta, ""), beta.store, log)
    async with alpha.run(), mended.run():
        redrive = mended.dead_letters.redrive(world.alpha.source, "counter/bad", 2)
        await mended.command_handler.handle(redrive.stream, redrive.command, operator(mended))
        await reaches(mended, "counter/bad", 3 + _BAD)

        async def empty() -> bool:
            return await _reasons(mended) == []

        await until(empty, "nothing waits any more")
        sums = await mended.store.get("view.sums", ["all counter/bad"])
        assert orjson.loads(sums["all counter/bad"].body or b"") == {"total": 3 + _BAD}


async def test_a_signed_record_whose_subject_names_no_stream_is_quarantined(
    backend: Backend, log: Log
) -> None:
    world = backend.world
    alpha = world.service(world.alpha, backend.store(world.alpha.name), log)
    beta = world.service(world.beta, backend.store(world.beta.name), log)
    strange = ["no-slash", "Counter/a", "counter/a b", f"counter/{'a' * 201}", "counter/"]
    await log.send(alpha.definition.topic, [forged(alpha, subject) for subject in strange])
    await log.send(alpha.definition.topic, [forged(alpha, "counter/good")])
    async with beta.run():
        await reaches(beta, "counter/good", 1000)

        async def judged() -> bool:
            return len(await beta.store.scan(QUARANTINE)) == len(strange)

        await until(judged, "each strange record is quarantined")
        assert await _reasons(beta) == []


async def test_a_timer_that_fails_is_parked_and_those_behind_it_fire(
    backend: Backend, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = backend.world
    now = datetime.now(UTC)
    alpha = world.service(world.alpha, backend.store(world.alpha.name), log, lambda: now)
    streams = [f"counter/{number}" for number in range(8)]
    async with alpha.run():
        for number, stream in enumerate(streams):
            await add(alpha, stream, 1, due=now + timedelta(minutes=number + 1))
    later = now + timedelta(hours=1)
    alpha = world.service(world.alpha, backend.store(world.alpha.name), log, lambda: later)
    handle = alpha.command_handler.handle
    failing = True

    async def fails(ref, command, cause, **more):  # type: ignore[no-untyped-def]
        if failing and str(ref) == streams[0] and cause.key.startswith("timer/"):
            raise ZeroDivisionError("a defect")
        return await handle(ref, command, cause, **more)

    monkeypatch.setattr(alpha.command_handler, "handle", fails)
    async with alpha.run():

        async def others_rang() -> bool:
            states = [await alpha.command_handler.state(counter(s)) for s in streams[1:]]
            return all(sequence == 2 for _, sequence in states)

        await until(others_rang, "the timers behind the failing one fire")
        (timer,) = await alpha.timers.list()
        assert (timer["stream"], timer["sequence"]) == (streams[0], 1)
        assert "a defect" in timer["reason"]
        assert alpha.ready.is_set()
        failing = False
        # A stream that has moved is tried at once, not only in a minute.
        await add(alpha, streams[0], 5, due=now + timedelta(minutes=1))

        async def rang() -> bool:
            return (await alpha.command_handler.state(counter(streams[0])))[1] == 3

        await until(rang, "the parked timer fires when its stream has moved", 20)
        assert await total(alpha, streams[0]) == 6
        assert await alpha.store.scan(PARKED_TIMERS) == []
