"""Every state folded from a verified log, beside the `eventsourcing` package's replay."""

import time
from pathlib import Path

from bench.history import history
from bench.library import Tally, application
from bench.measure import Result, Site, in_turn
from shared.adapters.sqlite_log import EmbeddedLog
from shared.kernel.ports import Commit
from shared.signing.stream_chains import StreamChains
from tests.toy import COUNTER, Counter, World

_STREAMS, _EACH = 200, 50
_EVENTS = _STREAMS * _EACH


async def measure(site: Site) -> list[Result]:
    folder = site.new("replay")
    log = await _filled(folder / "log.sqlite", await history(folder / "a.sqlite", _STREAMS, _EACH))
    library = application(folder / "library.sqlite")
    ids = []
    for _ in range(_STREAMS):
        tally = Tally()
        for _ in range(_EACH - 1):
            tally.add(1)
        library.save(tally)
        ids.append(tally.id)

    async def ours() -> float:
        started = time.perf_counter()
        states = await _fold(log)
        seconds = time.perf_counter() - started
        assert len(states) == _STREAMS
        return _EVENTS / seconds

    async def theirs() -> float:
        started = time.perf_counter()
        for id_ in ids:
            found: Tally = library.repository.get(id_)
            assert found.times == _EACH - 1
        return _EVENTS / (time.perf_counter() - started)

    mine, beside = await in_turn(site.rounds, ours, theirs)
    await log.close()
    library.close()
    what = (
        "the embedded log read, authenticated (hash, group signature and proof, chain), decoded"
        " and folded / eventsourcing: repository.get of aggregates of the same events, SQLite"
    )
    return [Result("replay", what, "events/s", mine, beside, 2.5)]


async def _filled(file: Path, commits: list[Commit]) -> EmbeddedLog:
    log, topic = EmbeddedLog(file), World().alpha.topic
    await log.open()
    await log.create_topics([topic])
    await log.send(topic, [record for commit in commits for record in commit.records])
    return log


async def _fold(log: EmbeddedLog) -> dict[str, Counter]:
    world = World()
    topic, catalogue = world.alpha.topic, world.topology.catalogue
    chains = StreamChains(world.topology.owners[topic], world.trust)
    states: dict[str, Counter] = {}
    async for batch in log.read(topic, 0, 0, _EVENTS):
        for place in batch:
            for _, envelope in chains.take(place):
                kind = catalogue.find(envelope.type)
                assert kind is not None
                state = states.get(envelope.subject, COUNTER.initial)
                event = kind.of(envelope.data).upcast()
                states[envelope.subject] = COUNTER.fold(state, event)
    assert not chains.problems
    return states
