"""Measure the gain of committing in groups: 64 commands at once beside one after another."""

import time

from bench.history import AT_ONCE, alpha, ask_all, stream
from bench.measure import Result, Site, in_turn

_SINGLE, _GROUPED = 400, 4800


async def measure(site: Site) -> list[Result]:
    folder = site.new("group")
    async with alpha(folder / "alpha.sqlite") as command_handler:

        async def rate(count: int, at_once: int) -> float:
            streams = [stream() for _ in range(count)]
            started = time.perf_counter()
            await ask_all(command_handler, streams, at_once)
            seconds = time.perf_counter() - started
            await command_handler.write_states()  # a service does so all along, beside
            return count / seconds

        grouped, single = await in_turn(
            site.rounds, lambda: rate(_GROUPED, AT_ONCE), lambda: rate(_SINGLE, 1)
        )
    what = (
        f"the command handler (decide, freeze, sign, SQLite FULL) with {AT_ONCE} commands at once /"
        " the same with one at a time; each begins a stream"
    )
    return [Result("group", what, "commits/s", grouped, single, 10)]
