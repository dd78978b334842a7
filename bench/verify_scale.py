"""Verification of logs that are ten and a hundred times as long: time per event, and memory."""

import asyncio
import resource
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from bench.measure import Result, Site
from bench.verify import verified, written

_SIZES = (10_000, 100_000, 1_000_000)
_GROUP = 64
_SHORT = 5


async def measure(site: Site) -> list[Result]:
    """Once only, however many rounds: the longest log takes minutes."""
    folder, loop = site.new("verify-scale"), asyncio.get_running_loop()
    micros, mib = [], []
    for size in _SIZES:
        file = await written(folder / f"{size}.sqlite", _GROUP, size)
        # Each in a process of its own, so that its peak is its own.
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            seconds, peak = await loop.run_in_executor(pool, _verified, file, size)
        micros.append(seconds / size * 1e6)
        mib.append(peak)
        file.unlink()
    what = f"sinergi audit verify with an index of its own, at {_SIZES[-1]:,} events / at"
    return [
        result
        for size, time, peak in zip(_SIZES[:-1], micros, mib, strict=False)
        for result in (
            Result(f"verify-scale-{size}", f"{what} {size:,}: time per event", "us",
                   micros[-1:], [time], 1.2, True),
            Result(f"verify-memory-{size}", f"{what} {size:,}: peak of memory", "MiB",
                   mib[-1:], [peak], 1.5, True),
        )
    ]  # fmt: skip


def _verified(file: Path, size: int) -> tuple[float, float]:
    """Seconds, the best of several of a short log, and the peak in MiB."""
    times = _SHORT if size == _SIZES[0] else 1
    indexes = [file.with_suffix(f".{number}") for number in range(times)]
    seconds = min(asyncio.run(verified(file, index)) for index in indexes)
    return seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
