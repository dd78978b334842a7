"""A finished demo's log, changed in many ways: each change is found, and where it is."""

import random
from collections.abc import Callable, Sequence

import pytest

from apps.audit.report import Report
from apps.audit.verify import Verification
from apps.composition.system import SERVICES
from shared.kernel.ports import Record
from shared.signing.key_history import KeyHistory
from shared.signing.trust_store import read_roots
from tests.memory_log import MemoryLog
from tests.scenarios.finished import Finished

MUTATIONS = 1000
FEW = 14 * 7  # of each kind as many, in a run that does not take long
SHARES = 6  # of one worker of pytest-xdist each
TOPICS = tuple(definition.topic for definition in SERVICES.values())
Records = list[Record | None]
Change = Callable[[random.Random, Records, int], Sequence[int]]


async def verified(keys: KeyHistory, log: MemoryLog) -> Report:
    return await Verification(log, SERVICES.values(), keys, None).run()


# -- what can be done to a log; each says where it must be found ----------------------------------


def _flip(choice: random.Random, value: bytes) -> bytes:
    at = choice.randrange(len(value))
    return value[:at] + bytes([value[at] ^ 1 << choice.randrange(8)]) + value[at + 1 :]


def _record(records: Records, at: int) -> Record:
    record = records[at]
    assert record is not None
    return record


def edit_data(choice: random.Random, records: Records, at: int) -> Sequence[int]:
    record = _record(records, at)
    records[at] = record._replace(value=_flip(choice, record.value or b""))
    return (at,)


def edit_header(choice: random.Random, records: Records, at: int) -> Sequence[int]:
    record = _record(records, at)
    number = choice.randrange(len(record.headers))
    name, value = record.headers[number]
    headers = list(record.headers)
    headers[number] = (name, _flip(choice, value or b"-"))
    records[at] = record._replace(headers=tuple(headers))
    return (at,)


def edit_key(choice: random.Random, records: Records, at: int) -> Sequence[int]:
    record = _record(records, at)
    records[at] = record._replace(key=_flip(choice, record.key or b"-"))
    return (at,)


def drop_header(choice: random.Random, records: Records, at: int) -> Sequence[int]:
    record = _record(records, at)
    number = choice.randrange(len(record.headers))
    records[at] = record._replace(headers=record.headers[:number] + record.headers[number + 1 :])
    return (at,)


def repeat_header(choice: random.Random, records: Records, at: int) -> Sequence[int]:
    record = _record(records, at)
    records[at] = record._replace(headers=(*record.headers, choice.choice(record.headers)))
    return (at,)


def add_header(choice: random.Random, records: Records, at: int) -> Sequence[int]:
    record = _record(records, at)
    records[at] = record._replace(headers=(*record.headers, ("x-added", b"1")))
    return (at,)


def respell_header(choice: random.Random, records: Records, at: int) -> Sequence[int]:
    record = _record(records, at)
    number = choice.randrange(len(record.headers))
    name, value = record.headers[number]
    headers = list(record.headers)
    headers[number] = (name.upper(), value)
    records[at] = record._replace(headers=tuple(headers))
    return (at,)


def drop(choice: random.Random, records: Records, at: int) -> Sequence[int]:
    del records[at]
    return (at,)


def hollow(choice: random.Random, records: Records, at: int) -> Sequence[int]:
    """The place stays, its record is gone."""
    if at == len(records) - 1:
        del records[at]
    else:
        records[at] = None
    return (at,)


def insert(choice: random.Random, records: Records, at: int) -> Sequence[int]:
    records.insert(at, Record(b"intruder/1", b"{}", (("content-type", b"application/json"),)))
    return (at,)


def repeat(choice: random.Random, records: Records, at: int) -> Sequence[int]:
    """An earlier record once more, at a place of its own."""
    records.insert(at, records[choice.randrange(at + 1)])
    # Beside itself it can't be told which of the two is the repeat.
    while at and records[at - 1] == records[at]:
        at -= 1
    while at + 1 < len(records) and records[at] == records[at + 1]:
        at += 1
    return (at,)


def swap(choice: random.Random, records: Records, at: int) -> Sequence[int]:
    at = min(at, len(records) - 2)
    records[at], records[at + 1] = records[at + 1], records[at]
    return (at,)


def replace(choice: random.Random, records: Records, at: int) -> Sequence[int]:
    """Another record of the topic in its place."""
    other = (at + 1 + choice.randrange(len(records) - 1)) % len(records)
    records[at] = records[other]
    return (at,)


def truncate(choice: random.Random, records: Records, at: int) -> Sequence[int]:
    del records[at:]
    return (at,)


CHANGES: Sequence[Change] = (
    edit_data, edit_header, edit_key, drop_header, repeat_header, add_header, respell_header,
    drop, hollow, insert, repeat, swap, replace, truncate,
)  # fmt: skip


async def _missed(finished: Finished, seeds: Sequence[int]) -> list[str]:
    """Those of the seeds' changes that were not found, or not where they are."""
    whole, missed = await MemoryLog.of(finished.file), []
    keys = KeyHistory(read_roots(finished.trust))
    for seed in seeds:
        choice = random.Random(seed)
        change = CHANGES[seed % len(CHANGES)]
        topic = choice.choice(TOPICS)
        log, records = whole.changed(topic)
        places = change(choice, records, choice.randrange(len(records)))
        assert records != whole.topics[topic], f"{seed}: {change.__name__} changed nothing"
        report = await verified(keys, log)
        found = {(p.topic, p.offset) for p in report.problems}
        if report.exit_code != 1 or not found & {(topic, at) for at in places}:
            missed.append(f"{seed}: {change.__name__} {topic} {places}: {report.problems[:3]}")
    return missed


@pytest.mark.timeout(900)
@pytest.mark.parametrize("share", range(2))
async def test_each_kind_of_change_is_found_where_it_is(finished: Finished, share: int) -> None:
    missed = await _missed(finished, range(share, FEW, 2))
    assert not missed, missed[:5]


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("share", range(SHARES))
async def test_every_one_of_a_thousand_changes_is_found_where_it_is(
    finished: Finished, share: int
) -> None:
    missed = await _missed(finished, range(share, MUTATIONS, SHARES))
    assert not missed, missed[:5]


async def _clean(finished: Finished, moments: int) -> None:
    keys = KeyHistory(read_roots(finished.trust))
    assert len(finished.before) >= moments, len(finished.before)
    step = len(finished.before) / moments
    chosen = (finished.before[int(n * step)] for n in range(moments - 1))
    for path in [*chosen, finished.file]:
        report = await verified(keys, await MemoryLog.of(path))
        assert report.exit_code == 0, (path.name, report.problems, report.unchecked)
    assert all(c.size == c.records for c in report.covered.values()), report.covered


@pytest.mark.timeout(900)
async def test_no_moment_of_a_clean_log_raises_an_alarm(finished: Finished) -> None:
    await _clean(finished, 20)


@pytest.mark.long
@pytest.mark.timeout(900)
async def test_none_of_a_hundred_moments_of_a_clean_log_raises_an_alarm(
    finished: Finished,
) -> None:
    await _clean(finished, 100)
