"""The timeline of the console over a real embedded log."""

import asyncio
from typing import Any

import pytest

from apps.composition.system import SERVICES, TOPOLOGY, trust_file
from apps.console.timeline import Happening, Timeline, by_cause
from shared.events.equipment.proposal import ProposalSubmitted
from shared.events.partners.support import SupportRequested
from shared.kernel.ports import Unavailable
from shared.kernel.settings import Settings
from shared.signing.key_history import KeyHistory
from shared.signing.trust_store import read_roots
from tests.unit.console.desk import NOON, Desk, publish_story
from tests.unit.console.site import until


def _timeline(
    settings: Settings, log: Any, *, pause: float = 0.01, idle_pause: float = 0.01, **more: Any
) -> Timeline:
    trust = KeyHistory(read_roots(trust_file(settings)))
    return Timeline(log, TOPOLOGY.owners, trust, pause=pause, idle_pause=idle_pause, **more)


async def _complete(timeline: Timeline) -> None:
    async def complete() -> bool:
        return timeline.complete

    await until(complete)


async def test_only_the_last_events_are_kept_but_all_are_counted(
    settings: Settings, desk: Desk
) -> None:
    for number in range(60):
        await desk.publish("equipment", ProposalSubmitted, f"proposal/{number}")
        await desk.publish("partners", SupportRequested, f"support/{number}")
    timeline = _timeline(settings, desk.log, keep=10)
    async with timeline.following():
        await _complete(timeline)
        assert [h.subject for h in timeline.latest()] == [
            f"{kind}/{number}" for number in range(55, 60) for kind in ("proposal", "support")
        ]
        assert timeline.events == 120
        assert timeline.count(SERVICES["equipment"].source, "proposal") == 60
        assert timeline.find(timeline.latest()[0].ref) == timeline.latest()[0]
        assert timeline.find(f"{SERVICES['equipment'].source}/proposal/1/1") is None


async def test_a_repeated_record_counts_once(settings: Settings, desk: Desk) -> None:
    record, _ = desk.record("equipment", ProposalSubmitted, "proposal/p1")
    await desk.log.send("equipment.events", [record, record])
    timeline = _timeline(settings, desk.log)
    async with timeline.following():
        await _complete(timeline)
        assert (timeline.events, len(timeline.latest())) == (1, 1)


async def test_a_fault_of_any_kind_is_survived(settings: Settings, desk: Desk) -> None:
    class Faulty:
        failures = [ValueError("odd"), Unavailable("gone"), OSError("away")]

        async def ends(self, topic: str) -> dict[int, int]:
            if self.failures:
                raise self.failures.pop()
            return await desk.log.ends(topic)

        ping, read = desk.log.ping, desk.log.read

    await publish_story(desk)
    timeline = _timeline(settings, Faulty())
    async with timeline.following():
        await _complete(timeline)
        assert timeline.events == 6
    assert timeline.stopped


def test_an_event_that_claims_to_have_caused_itself_is_shown_once() -> None:
    def happening(number: int, cause: int) -> Happening:
        return Happening(
            number, "t", 0, 0, "urn:x", "odd", f"a/{number}", 1, NOON, "", f"urn:x/a/{cause}/1", ""
        )

    for causes in ({1: 1}, {1: 2, 2: 1}, {1: 9, 2: 1, 3: 2}):
        happenings = [happening(number, cause) for number, cause in causes.items()]
        assert sorted(h.number for _, h in by_cause(happenings)) == sorted(causes)
    assert happening(1, 2).event == "odd"


@pytest.mark.parametrize("turns", range(6))
async def test_it_stops_however_soon_after_somebody_asked(
    settings: Settings, desk: Desk, turns: int
) -> None:
    timeline = _timeline(settings, desk.log, pause=0, idle_pause=60)
    async with asyncio.timeout(5) as limit, timeline.following():
        await _complete(timeline)
        for _ in range(20):
            await asyncio.sleep(0)  # it rests
        timeline.latest()
        for _ in range(turns):
            await asyncio.sleep(0)
    assert not limit.expired()
