"""The audit's verification of a log, beside a bare loop over the signatures that it checks."""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from nacl.signing import VerifyKey

from apps.audit.index import Index
from apps.audit.verify import Verification
from bench.measure import Result, Site, in_turn
from bench.written import write
from shared.adapters.sqlite_log import EmbeddedLog
from shared.signing.cloudevents import Claim, claims
from shared.signing.key_history import Pinned
from tests.toy import World

_EVENTS = 30_000
_GROUP = 64
_SAMPLE = 1000
_GOAL = 0.8

Call = tuple[Callable[[bytes, bytes], object], bytes, bytes]


async def measure(site: Site) -> list[Result]:
    folder = site.new("verify")
    alone = await written(folder / "alone.sqlite", 1)
    grouped = await written(folder / "grouped.sqlite", _GROUP)
    results = await _measured(site, "verify", "groups of one event", alone)
    with _one_core():
        results += await _measured(site, "verify-one-core", "the same on one core", alone)
    groups = f"groups of {_GROUP} events under one signature"
    results += await _measured(site, "verify-groups", groups, grouped)
    results += await _measured(
        site, "verify-records", f"{groups}, the yardstick checks each record's", grouped, every=True
    )
    return results


async def written(file: Path, group: int, events: int = _EVENTS) -> Path:
    """A log of the toy world in this file."""
    log = EmbeddedLog(file)
    await log.open()
    await write(log, events, group)
    await log.close()
    return file


async def _measured(
    site: Site, name: str, how: str, file: Path, *, every: bool = False
) -> list[Result]:
    signed = await _claims(file)
    wanted = signed if every else list(dict.fromkeys(signed))
    library, calls = _fastest(wanted)

    async def ours() -> float:
        return len(wanted) / await verified(file)

    async def bare() -> float:
        return len(wanted) / _seconds(calls)

    mine, beside = await in_turn(site.rounds, ours, bare)
    what = (
        f"{how}: sinergi audit verify of {_EVENTS:,} events on an embedded log (without services),"
        f" by the signatures in it / {library} verifying them in a bare loop"
    )
    return [Result(name, what, "signatures/s", mine, beside, _GOAL)]


async def verified(file: Path, index: Path | None = None) -> float:
    """The seconds that a verification of the whole log takes."""
    world, log, notes = World(), EmbeddedLog(file, readonly=True), Index(index, "")
    await log.open()
    started = time.perf_counter()
    ring = Pinned(world.trust)
    report = await Verification(log, world.definitions, ring, None, index=notes).run()
    seconds = time.perf_counter() - started
    await log.close()
    notes.close()
    if report.exit_code != 0:
        raise RuntimeError(f"a good log does not hold: {report}")
    return seconds


async def _claims(file: Path) -> list[Claim]:
    world, log = World(), EmbeddedLog(file, readonly=True)
    await log.open()
    found = []
    for topic in world.topology.owners:
        async for batch in log.read(topic, 0, 0, 10 * _EVENTS):
            found += [claims(place.record)[1] for place in batch]
    await log.close()
    return found


def _fastest(wanted: Sequence[Claim]) -> tuple[str, list[Call]]:
    """The faster of two libraries, and its calls to check all of these."""
    signers = World().signers.values()
    nacl = {s.keyid: VerifyKey(s.public) for s in signers}
    other = {s.keyid: Ed25519PublicKey.from_public_bytes(s.public) for s in signers}
    calls: dict[str, list[Call]] = {
        "PyNaCl": [(nacl[k].verify, message, signature) for k, message, signature in wanted],
        "cryptography": [(other[k].verify, signature, message) for k, message, signature in wanted],
    }
    return min(calls.items(), key=lambda named: min(_seconds(named[1][:_SAMPLE]) for _ in range(3)))


def _seconds(calls: Iterable[Call]) -> float:
    started = time.perf_counter()
    for verify, first, second in calls:
        verify(first, second)
    return time.perf_counter() - started


@contextmanager
def _one_core() -> Iterator[None]:
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)
