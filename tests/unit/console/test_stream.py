"""The console's live events, and what it says of a log that is lost or unread."""

import asyncio
from pathlib import Path

import httpx
import pytest

from apps.console import app as console
from apps.console import page
from shared.events.delivery import EventsAcknowledged
from shared.events.equipment.proposal import ProposalSubmitted
from shared.events.registration.intake import IntakeStarted
from shared.events.registration.workshop import WorkshopReady
from shared.kernel.settings import Settings
from shared.signing.keys import BadKey
from tests.unit.console.desk import Desk, publish_story
from tests.unit.console.site import ADDRESS, SECONDS, URLS, Stream, site, stream, until


async def test_the_stream_delivers_new_events(settings: Settings, desk: Desk) -> None:
    await publish_story(desk)
    async with site(settings, desk.log) as it, stream(it.app) as live:
        await asyncio.sleep(0)
        await desk.publish("registration", WorkshopReady, "workshop/las")
        cursor, data = await live.happened()
        assert (data["event"], data["cursor"]) == ("WorkshopReady", cursor)
        assert "html" not in data
        # Whoever connects again goes on where it was.
        await desk.publish("registration", IntakeStarted, "intake/i1")
        async with stream(it.app, **{"last-event-id": cursor}) as again:
            assert (await again.happened())[1]["event"] == "IntakeStarted"


async def test_a_page_s_stream_has_rows_and_numbers(settings: Settings, desk: Desk) -> None:
    async with site(settings, desk.log) as it, stream(it.app, "page=en") as live:
        event, _, state = await live.next()
        assert (event, state["reachable"], state["counts"]["equipment.proposal"]) == (
            "state", True, 0,
        )  # fmt: skip
        await desk.publish("registration", EventsAcknowledged, "consumer/registration.events")
        await desk.publish("equipment", ProposalSubmitted, "proposal/p9")
        _, data = await live.happened()
        assert data["html"].startswith("<li id=")
        assert "Equipment proposal submitted" in data["html"]
        event, _, state = await live.next()
        assert (event, state["counts"]["equipment.proposal"]) == ("state", 1)


async def test_a_stream_from_before_a_restart_begins_with_a_page(
    settings: Settings, desk: Desk
) -> None:
    for number in range(page.ROWS + 10):
        await desk.publish("equipment", ProposalSubmitted, f"proposal/{number}")
    async with site(settings, desk.log) as it, stream(it.app, "after=00000000-9") as live:
        assert (await live.happened())[1]["subject"] == "proposal/10"


async def test_streams_end_when_following_ends(settings: Settings, desk: Desk) -> None:
    async with site(settings, desk.log) as it:
        live = Stream(it.app, "page=id", {})
        await live.next()
    await asyncio.wait_for(live.task, SECONDS)


async def test_too_many_streams_are_refused(
    settings: Settings, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(console, "MAX_STREAMS", 0)
    async with site(settings, desk.log) as it:
        answer = await it.client.get("/v1/events/stream")
        assert answer.status_code == 503
        assert answer.headers["retry-after"] == "30"


async def test_a_lost_log_is_said_and_survived(settings: Settings, desk: Desk) -> None:
    await publish_story(desk)
    async with site(settings, desk.log) as it:
        await desk.log.close()

        async def not_ready() -> bool:
            return (await it.client.get("/readyz")).status_code == 503

        await until(not_ready)
        text = await it.text("/?lang=en")
        assert 'id="unreachable">The shared log cannot be reached' in text
        assert "Proposal approved" in text
        assert (await it.client.get("/healthz")).status_code == 200
        await desk.log.open()

        async def ready() -> bool:
            return not await not_ready()

        await until(ready)
        assert 'id="unreachable" hidden' in await it.text("/?lang=en")


async def test_not_ready_before_the_log_has_been_read(settings: Settings, desk: Desk) -> None:
    app = console.console_app(settings, desk.log, URLS, "", embedded=True)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
        assert (await client.get("/readyz")).status_code == 503
        assert 'id="reading">' in (await client.get("/")).text


async def test_no_trust_list_stops_the_start(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(BadKey, match="trust list"):
        console.console_app(Settings(data=tmp_path / "none"), desk.log, URLS, "", embedded=True)
