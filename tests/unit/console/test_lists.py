"""The console's answers to programs: where everything is, and events in pages."""

import pytest

from apps.composition.system import SERVICES, VERSION
from shared.kernel.settings import Settings
from tests.unit.console.desk import Desk, publish_story
from tests.unit.console.site import ADDRESS, URLS, site


async def test_the_system_says_where_everything_is(settings: Settings, desk: Desk) -> None:
    async with site(settings, desk.log) as it:
        assert await it.json("/v1/system") == {
            "name": "sinergi",
            "version": VERSION,
            "mode": "embedded",
            "log": "sqlite",
            "store": "sqlite",
            "issuer": f"{ADDRESS}/issuer",
            "services": URLS,
        }
    deployed = settings.model_copy(
        update={"log": "kafka://k:9092", "store": "mongodb://m", "issuer": "https://id.example"}
    )
    async with site(deployed, desk.log, embedded=False) as it:
        found = await it.json("/v1/system")
        assert (found["mode"], found["log"], found["store"]) == ("deployed", "kafka", "mongodb")
        assert "banner" not in await it.text()
    offered = deployed.model_copy(update={"dev_issuer": True})
    async with site(offered, desk.log, embedded=False) as it:
        assert "akun demo" in await it.text()


async def test_events_are_paged(settings: Settings, desk: Desk) -> None:
    await publish_story(desk)
    async with site(settings, desk.log) as it:
        first = await it.json("/v1/events?limit=4")
        second = await it.json(f"/v1/events?limit=4&after={first['next']}")
        end = await it.json(f"/v1/events?after={second['next']}")
        items = first["items"] + second["items"]
        assert [i["event"] for i in items] == [
            "ApplicantRegistered", "ApplicationVerified", "ApplicantRegistered",
            "ProposalApproved", "SupportRequested", "ReviewOverdue",
        ]  # fmt: skip
        assert items[4] == {
            "cursor": second["items"][0]["cursor"],
            "topic": "partners.events",
            "partition": 0,
            "offset": 0,
            "source": SERVICES["partners"].source,
            "agency": "Jejaring BPVP",
            "type": "sinergi.partners.SupportRequested.v1",
            "event": "SupportRequested",
            "subject": "support/s1",
            "sequence": 1,
            "time": "2026-03-05T04:00:05+00:00",
            "actor": "someone",
            "causationid": f"{SERVICES['equipment'].source}/proposal/p1/1",
            "correlationid": "0199aaaa-0000-7000-8000-00000000c0de",
        }
        assert end == {"items": [], "next": second["next"]}
        # A cursor from before a restart begins with what is kept.
        assert (await it.json("/v1/events?after=00000000-3"))["items"] == items


@pytest.mark.parametrize(
    ("query", "field"), [("after=x", "after"), ("after=%00", "after"), ("limit=0", "limit")]
)
async def test_bad_paging_is_named(settings: Settings, desk: Desk, query: str, field: str) -> None:
    async with site(settings, desk.log) as it:
        for path in ("/v1/events", "/v1/events/stream"):
            if field == "limit" and path.endswith("stream"):
                continue
            answer = await it.client.get(f"{path}?{query}")
            assert answer.status_code == 422
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["errors"][0]["field"] == field


async def test_unknown_paths_are_problems(settings: Settings, desk: Desk) -> None:
    async with site(settings, desk.log) as it:
        assert (await it.client.get("/nowhere")).json()["status"] == 404
        answer = await it.client.post("/v1/system")
        assert answer.json()["status"] == 405
        assert "GET" in answer.headers["allow"]
        assert (await it.client.head("/v1/events/stream")).status_code == 200
