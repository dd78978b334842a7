"""Attacks by the operator of a log, by an owner and by a thief, as an auditor sees them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from apps.audit.index import Index
from apps.audit.report import Report
from apps.audit.verify import Verification
from shared.kernel.ports import Record
from shared.runtime.service import Service
from shared.signing.cloudevents import read
from shared.signing.key_history import Pinned
from shared.signing.stream_chains import Problem
from shared.transparency.checkpoints import TOPIC as CHECKPOINTS
from shared.transparency.checkpoints import owners_record, read_published
from tests.conftest import Backend
from tests.machinery.test_delivery import forged
from tests.memory_log import MemoryLog
from tests.toy import Added, Echoed, World, add, reaches, until

WORLD = World()
ALPHA, BETA = WORLD.alpha.topic, WORLD.beta.topic


@asynccontextmanager
async def both(backend: Backend, *, deaf: bool = False) -> AsyncIterator[tuple[Service, Service]]:
    """Alpha and Beta at work; a deaf Beta reads and acknowledges, and does nothing."""
    world, log = backend.world, await backend.log()
    beta = world.beta
    if deaf:
        (echo,) = beta.policies
        beta = replace(beta, policies=(replace(echo, react=lambda envelope, event: ()),))
    one = world.service(world.alpha, backend.store("alpha"), log)
    other = world.service(beta, backend.store("beta"), log)
    async with one.run(), other.run():
        yield one, other
    await log.close()


@pytest.fixture
async def log(tmp_path: Path) -> MemoryLog:
    """Of two services that counted and echoed, stopped, and so covered by checkpoints."""
    backend = Backend(WORLD, tmp_path)
    async with both(backend) as (alpha, beta):
        for amount in range(1, 6):
            await add(alpha, "counter/one", amount)
            await add(alpha, "counter/two", amount)
        await reaches(beta, "counter/one", 15)
        await reaches(beta, "counter/two", 15)
    return await MemoryLog.of(tmp_path / "log.sqlite")


async def verify(log: MemoryLog, kept: Sequence[bytes] = (), index: Index | None = None) -> Report:
    ring = Pinned(WORLD.trust)
    return await Verification(log, WORLD.definitions, ring, None, index=index, kept=kept).run()


def problems(report: Report) -> set[tuple[str, int, str]]:
    return {(p.topic, p.offset, p.code) for p in report.problems}


def only(report: Report) -> Problem:
    assert len(report.problems) == 1, report.problems
    return report.problems[0]


def service(name: str, folder: Path) -> Service:
    """One whose keys an attacker has; it does not run."""
    backend = Backend(WORLD, folder)
    definition = next(d for d in WORLD.definitions if d.name == name)
    return WORLD.service(definition, backend.store(f"{name}-stolen"), MemoryLog({}))


def note(log: MemoryLog, topic: str) -> bytes:
    """The newest checkpoint of the owner, as an auditor keeps it."""
    found = [
        record.value or b""
        for record in log.topics[CHECKPOINTS]
        if record and record.key and record.key.endswith(f"{topic}/0".encode())
        and not read_published(record).witness
    ]  # fmt: skip
    return found[-1]


# -- the log's operator ----------------------------------------------------------------------------


async def test_a_clean_log_holds_with_and_without_the_own_checkpoint(log: MemoryLog) -> None:
    assert (await verify(log)).exit_code == 0
    assert (await verify(log, [note(log, ALPHA), note(log, BETA)])).exit_code == 0


@pytest.mark.parametrize("less", [1, 4])
async def test_a_cut_tail_is_missed_by_the_checkpoint(log: MemoryLog, less: int) -> None:
    del log.topics[ALPHA][-less:]
    found = problems(await verify(log))
    assert (ALPHA, len(log.topics[ALPHA]), "truncated") in found


async def test_everything_rolled_back_together_is_found_by_who_kept_a_checkpoint(
    tmp_path: Path,
) -> None:
    """The operator serves an older state of all topics, checkpoints included: a log that holds."""
    backend = Backend(WORLD, tmp_path)
    async with both(backend) as (alpha, beta):
        await add(alpha, "counter/one", 1)
        await reaches(beta, "counter/one", 1)
    yesterday = await MemoryLog.of(tmp_path / "log.sqlite")
    async with both(backend) as (alpha, beta):
        await add(alpha, "counter/one", 2)
        await reaches(beta, "counter/one", 3)
    today = await MemoryLog.of(tmp_path / "log.sqlite")
    kept = note(today, ALPHA)
    assert (await verify(today, [note(yesterday, ALPHA)])).exit_code == 0
    assert (await verify(yesterday)).exit_code == 0
    found = only(await verify(yesterday, [kept]))
    end = len(yesterday.topics[ALPHA])
    assert (found.topic, found.offset, found.code) == (ALPHA, end, "truncated")


async def test_an_index_of_an_earlier_run_is_a_kept_checkpoint_too(log: MemoryLog) -> None:
    index = Index(None, "")
    assert (await verify(log, index=index)).exit_code == 0
    again = await verify(log, index=index)
    assert (again.exit_code, set(again.fresh.values())) == (0, {0})
    del log.topics[ALPHA][-2:]
    log.topics[CHECKPOINTS].clear()
    assert (ALPHA, len(log.topics[ALPHA]), "truncated") in problems(await verify(log, index=index))


async def test_a_change_of_what_was_proven_before_is_found_and_located(log: MemoryLog) -> None:
    index = Index(None, "")
    assert (await verify(log, index=index)).exit_code == 0
    record = _record(log, ALPHA, 3)
    log.topics[ALPHA][3] = record._replace(value=(record.value or b"").replace(b":", b": "))
    log.topics[CHECKPOINTS].clear()
    found = problems(await verify(log, index=index))
    assert {(ALPHA, len(log.topics[ALPHA]) - 1, "changed"), (ALPHA, 3, "signature")} <= found


async def test_another_history_than_the_one_that_was_proven(log: MemoryLog, tmp_path: Path) -> None:
    """It holds by itself; who has read the first one knows better."""
    index = Index(None, "")
    assert (await verify(log, index=index)).exit_code == 0
    (tmp_path / "anew").mkdir()
    async with both(Backend(WORLD, tmp_path / "anew")) as (alpha, beta):
        for amount in range(20):
            await add(alpha, "counter/one", amount)
        await reaches(beta, "counter/one", 190)
    anew = await MemoryLog.of(tmp_path / "anew" / "log.sqlite")
    assert (await verify(anew)).exit_code == 0
    assert {code for *_, code in problems(await verify(anew, index=index))} == {"changed"}


async def test_a_repeat_under_a_new_offset_is_counted_and_harmless(log: MemoryLog) -> None:
    log.topics[ALPHA].append(log.topics[ALPHA][3])
    report = await verify(log)
    assert (report.exit_code, report.repeats) == (0, 1)


async def test_a_repeat_of_something_long_past_is_looked_up(tmp_path: Path) -> None:
    backend = Backend(WORLD, tmp_path)
    async with both(backend) as (alpha, beta):
        for _ in range(100):
            await add(alpha, "counter/one", 1)
        await reaches(beta, "counter/one", 100)
    log = await MemoryLog.of(tmp_path / "log.sqlite")
    log.topics[ALPHA].append(log.topics[ALPHA][0])
    assert (await verify(log)).exit_code == 0
    log.topics[ALPHA].append(forged(service("alpha", tmp_path), "counter/one", 2))
    found = only(await verify(log))
    assert (found.offset, found.code) == (len(log.topics[ALPHA]) - 1, "fork")


# -- an owner against itself -----------------------------------------------------------------------


async def test_the_same_event_with_another_body_is_a_fork(log: MemoryLog, tmp_path: Path) -> None:
    other = forged(service("alpha", tmp_path), "counter/one", 1)
    log.topics[ALPHA].append(other)
    found = only(await verify(log))
    assert (found.offset, found.code) == (len(log.topics[ALPHA]) - 1, "fork")


async def test_a_history_written_anew_is_not_the_one_that_was_signed(
    log: MemoryLog, tmp_path: Path
) -> None:
    """The owner, who has its key, rewrites everything and its checkpoints; one note was kept."""
    kept = note(log, ALPHA)
    backend = Backend(WORLD, tmp_path / "anew")
    (tmp_path / "anew").mkdir()
    async with both(backend) as (alpha, beta):
        for amount in range(1, 6):
            await add(alpha, "counter/one", amount)
            await add(alpha, "counter/two", amount + 1)
        await reaches(beta, "counter/two", 20)
        await reaches(beta, "counter/one", 15)
    anew = await MemoryLog.of(tmp_path / "anew" / "log.sqlite")
    assert (await verify(anew)).exit_code == 0
    assert {code for *_, code in problems(await verify(anew, [kept]))} == {"two-checkpoints"}


async def test_two_checkpoints_of_one_size(log: MemoryLog, tmp_path: Path) -> None:
    last = next(
        published
        for record in reversed(log.topics[CHECKPOINTS])
        if record and (published := read_published(record)).origin.topic == ALPHA
    )
    second = replace(last.checkpoint, root=bytes(32))
    signer = service("alpha", tmp_path).keys.signer
    log.topics[CHECKPOINTS].append(owners_record(second, signer, 0, [], []))
    found = only(await verify(log))
    assert (found.topic, found.offset) == (ALPHA, last.checkpoint.size - 1)
    assert found.code == "two-checkpoints"


# -- causes ----------------------------------------------------------------------------------------


def effect(folder: Path, cause: Record, stream: str, name: str = "echo") -> Record:
    """A reaction of Beta's as it would be recorded."""
    found = read(cause)
    return betas(
        folder,
        stream,
        1,
        cause=f"event/{found.ref}/{name}>{stream}",
        causation=found.ref,
    )


def betas(folder: Path, stream: str, sequence: int, **changes: object) -> Record:
    beta = service("beta", folder)
    return forged(
        service("alpha", folder),
        stream,
        sequence,
        source=beta.definition.source,
        signer=beta.keys.signer,
        type=beta.topology.catalogue.type_of("beta", Echoed),
        data=Echoed(amount=1).data(),
        **changes,
    )


def _record(log: MemoryLog, topic: str, offset: int) -> Record:
    record = log.topics[topic][offset]
    assert record is not None
    return record


async def test_a_reaction_without_its_cause(log: MemoryLog, tmp_path: Path) -> None:
    never = forged(service("alpha", tmp_path), "counter/never", 1)
    log.topics[BETA].append(effect(tmp_path, never, "counter/never"))
    found = only(await verify(log))
    assert (found.topic, found.offset, found.code) == (BETA, len(log.topics[BETA]) - 1, "cause")
    assert "is not on the log" in found.why


async def test_a_reaction_that_its_cause_does_not_lead_to(log: MemoryLog, tmp_path: Path) -> None:
    log.topics[BETA].append(effect(tmp_path, _record(log, ALPHA, 0), "counter/other"))
    found = only(await verify(log))
    assert (found.offset, found.code) == (len(log.topics[BETA]) - 1, "cause")
    assert "does not lead to it" in found.why


async def test_a_cause_that_took_effect_twice(log: MemoryLog, tmp_path: Path) -> None:
    echoes = [
        read(record) for record in log.topics[BETA] if record and record.key == b"counter/one"
    ]
    first, last = echoes[0], echoes[-1]
    twice = betas(
        tmp_path,
        last.subject,
        last.sequence + 1,
        first=last.sequence + 1,
        prevhash=last.hash,
        cause=first.cause,
        causation=first.causation,
    )
    log.topics[BETA].append(twice)
    found = only(await verify(log))
    assert (found.offset, found.code) == (len(log.topics[BETA]) - 1, "cause")
    assert "took effect before" in found.why


async def test_what_was_acknowledged_and_never_applied_is_named(tmp_path: Path) -> None:
    backend = Backend(WORLD, tmp_path)
    async with both(backend, deaf=True) as (alpha, beta):
        await add(alpha, "counter/one", 7)

        async def read_on() -> bool:
            return await beta.reached({ALPHA: {0: 1}})

        await until(read_on, "beta has read it")
    log = await MemoryLog.of(tmp_path / "log.sqlite")
    found = only(await verify(log))
    assert (found.topic, found.offset, found.code) == (ALPHA, 0, "unapplied")
    assert "published by urn:sinergi:a, acknowledged by urn:sinergi:b, never applied" in found.why


async def test_what_nobody_has_acknowledged_yet_is_no_fault(log: MemoryLog, tmp_path: Path) -> None:
    alpha = service("alpha", tmp_path)
    log.topics[ALPHA].append(forged(alpha, "counter/late", 1))
    report = await verify(log)
    assert report.exit_code == 0
    (line,) = report.waiting
    assert "published by urn:sinergi:a, not yet acknowledged by urn:sinergi:b since" in line


async def test_data_that_two_readers_take_differently(log: MemoryLog, tmp_path: Path) -> None:
    alpha = service("alpha", tmp_path)
    for data in (b'{"amount":1,"amount":2}', b'{"amount":1,"note":NaN}', b'{"amount":1,"x":1e400}'):
        changed, records = log.changed(ALPHA)
        records.append(forged(alpha, "counter/strange", data=data))
        found = only(await verify(changed))
        assert (found.offset, found.code) in [(len(records) - 1, c) for c in ("json", "schema")]
    assert Added(amount=1).data() == b'{"amount":1}'
