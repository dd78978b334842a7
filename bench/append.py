"""From a decision to durable events, beside saving an aggregate of the `eventsourcing` package."""

import time
from collections.abc import Sequence
from itertools import cycle, islice

from bench.history import alpha, ask, stream
from bench.library import Tally, application
from bench.measure import Result, Site, in_turn
from shared.eventsourcing.decider import Command, Context, Decider
from tests.toy import COUNTER, Added, Counter, CounterEvent

_STREAMS = 20
_ONE, _MANY = 400, 60


class Times(Command):
    """So many events at once."""

    number: int


def _decide(state: Counter, command: Times, context: Context) -> Sequence[CounterEvent]:
    return [Added(amount=1) for _ in range(command.number)]


async def measure(site: Site) -> list[Result]:
    folder = site.new("append")
    decider = Decider("counter", Counter(), _decide, COUNTER.evolve)
    library = application(folder / "library.sqlite")
    tallies = [Tally() for _ in range(_STREAMS)]
    library.save(*tallies)
    async with alpha(folder / "alpha.sqlite", decider=decider) as command_handler:
        streams = [stream() for _ in range(_STREAMS)]

        async def ours(transactions: int, events: int) -> float:
            started = time.perf_counter()
            for name in islice(cycle(streams), transactions):
                await ask(command_handler, name, Times(number=events))
            return transactions * events / (time.perf_counter() - started)

        async def theirs(transactions: int, events: int) -> float:
            started = time.perf_counter()
            for tally in islice(cycle(tallies), transactions):
                for _ in range(events):
                    tally.add(1)
                library.save(tally)
            return transactions * events / (time.perf_counter() - started)

        one = await in_turn(site.rounds, lambda: ours(_ONE, 1), lambda: theirs(_ONE, 1))
        many = await in_turn(site.rounds, lambda: ours(_MANY, 100), lambda: theirs(_MANY, 100))
    library.close()
    what = (
        "a command decided, hashed, signed and durable on SQLite FULL / eventsourcing:"
        " Application.save of an aggregate in memory, its SQLite recorder (FULL);"
    )
    return [
        Result("append 1", f"{what} one event a transaction", "events/s", one[0], one[1], 1.5),
        Result(
            "append 100", f"{what} 100 events of one stream a transaction",
            "events/s", many[0], many[1], 4,
        ),
    ]  # fmt: skip
