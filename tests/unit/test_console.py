"""The console over a real embedded log: its page, its lists, its live events."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import Message

from apps.composition.keys import publish
from apps.composition.system import (
    SERVICES,
    TOPICS,
    TOPOLOGY,
    VERSION,
    key_folder,
    make_dev_keys,
    trust_file,
)
from apps.console import app as console
from apps.console import page, words
from apps.console.timeline import Happening, Timeline, by_cause
from shared.adapters.sqlite_log import EmbeddedLog
from shared.events.base import Event
from shared.events.delivery import EventsAcknowledged
from shared.events.equipment.proposal import ProposalApproved, ProposalSubmitted, ReviewOverdue
from shared.events.partners.support import SupportRequested
from shared.events.registration.application import ApplicantRegistered, ApplicationVerified
from shared.events.registration.intake import IntakeStarted, IntakeWorkshopReady
from shared.events.registration.programme import ProgrammePublished
from shared.events.registration.workshop import WorkshopReady
from shared.kernel.ports import Record, Unavailable
from shared.kernel.settings import Settings
from shared.signing.cloudevents import GENESIS, Draft, freeze, sign_group
from shared.signing.key_history import KeyHistory
from shared.signing.keys import BadKey, Signer, read_key
from shared.signing.trust_store import read_roots

ADDRESS = "http://127.0.0.1:8000"
URLS = {name: f"{ADDRESS}/{name}" for name in SERVICES}
NOON = datetime(2026, 3, 5, 4, 0, tzinfo=UTC)  # 12:00 in Paser
SECONDS = 60.0


@dataclass
class Desk:
    """Publishes signed events, each a second after the one before."""

    log: EmbeddedLog
    folder: Path
    heads: dict[tuple[str, str], tuple[int, str]] = field(default_factory=dict)
    ticks: int = 0

    def record(
        self,
        service: str,
        event: type[Event],
        subject: str,
        cause: str = "request/r1",
        chain: str = "0199aaaa-0000-7000-8000-00000000c0de",
        signer: Signer | None = None,
    ) -> tuple[Record, str]:
        sequence, before = self.heads.get((service, subject), (0, GENESIS))
        self.ticks += 1
        key = signer or Signer(read_key(self.folder / "keys" / service / "agency.key"))
        source = SERVICES[service].source
        draft = Draft(
            source=source,
            type=TOPOLOGY.catalogue.type_of(service, event),
            subject=subject,
            time=NOON + timedelta(seconds=self.ticks),
            sequence=sequence + 1,
            first=sequence + 1,
            count=1,
            cause=cause,
            fingerprint="",
            correlation=chain,
            causation=cause,
            actor="someone",
            prevhash=before,
            data=b'{"sealed":"private-data"}',
        )
        record, digest = freeze(draft, key.keyid)
        if signer is None:
            self.heads[service, subject] = sequence + 1, digest
        (signed,) = sign_group(key, [record], [digest])
        return signed, f"{source}/{subject}/{sequence + 1}"

    async def publish(self, service: str, event: type[Event], subject: str, **more: Any) -> str:
        """The event's name across agencies."""
        record, ref = self.record(service, event, subject, **more)
        await self.log.send(SERVICES[service].topic, [record])
        return ref


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = Settings(data=tmp_path, log="", store="", issuer="", dev_issuer=False)
    make_dev_keys(settings)
    return settings


@pytest.fixture
async def desk(settings: Settings) -> AsyncIterator[Desk]:
    log = EmbeddedLog(settings.data / "log.sqlite")
    await log.open()
    await log.create_topics(TOPICS)
    await publish(key_folder(settings), log)
    yield Desk(log, settings.data)
    await log.close()


@dataclass
class Site:
    """A console whose log is followed, and a client for it."""

    app: Starlette
    client: httpx.AsyncClient

    async def text(self, path: str = "/", **headers: str) -> str:
        answer = await self.client.get(path, headers=headers)
        assert answer.status_code == 200, answer.text
        return answer.text

    async def json(self, path: str) -> Any:
        return orjson.loads(await self.text(path))


@asynccontextmanager
async def site(settings: Settings, log: Any, *, embedded: bool = True) -> AsyncIterator[Site]:
    """Mounted below another application, its log read to the end."""
    app = console.console_app(settings, log, URLS, f"{ADDRESS}/issuer", embedded=embedded)
    transport = httpx.ASGITransport(Starlette(routes=[Mount("/", app)]))
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client,
    ):
        await until(lambda: _ready(client))
        yield Site(app, client)


async def _ready(client: httpx.AsyncClient) -> bool:
    return (await client.get("/readyz")).status_code == 200


async def until(check: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(SECONDS):
        while not await check():  # noqa: ASYNC110 - what is waited for is behind HTTP
            await asyncio.sleep(0.01)


class Stream:
    """An open Server-Sent Events response; httpx's ASGI transport would wait for its end."""

    def __init__(self, app: Starlette, query: str, headers: Mapping[str, str]) -> None:
        self.status, self._buffer = 0, b""
        self._sent: asyncio.Queue[Message] = asyncio.Queue()
        self._gone = asyncio.Event()
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": "GET",
            "path": "/v1/events/stream",
            "raw_path": b"/v1/events/stream",
            "root_path": "",
            "scheme": "http",
            "query_string": query.encode(),
            "headers": [(k.encode(), v.encode()) for k, v in headers.items()],
        }
        self.task = asyncio.create_task(app(scope, self._receive, self._sent.put))

    async def _receive(self) -> Message:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def next(self) -> tuple[str, str, Any]:
        """The next message's event, id and data."""
        async with asyncio.timeout(SECONDS):
            while True:
                block, found, rest = self._buffer.partition(b"\n\n")
                if not found:
                    message = await self._sent.get()
                    self.status = message.get("status", self.status)
                    self._buffer += message.get("body", b"")
                    continue
                self._buffer = rest
                lines = dict(line.split(": ", 1) for line in block.decode().splitlines())
                if "data" in lines:
                    return lines["event"], lines.get("id", ""), orjson.loads(lines["data"])

    async def happened(self) -> tuple[str, Any]:
        while True:
            event, id_, data = await self.next()
            if event == "happened":
                return id_, data

    async def close(self) -> None:
        self._gone.set()
        await asyncio.wait_for(self.task, SECONDS)


@asynccontextmanager
async def stream(app: Starlette, query: str = "", **headers: str) -> AsyncIterator[Stream]:
    opened = Stream(app, query, headers)
    try:
        yield opened
    finally:
        await opened.close()


async def _story(desk: Desk) -> None:
    """A proposal half granted, and what follows from it in another agency."""
    await desk.publish("registration", ApplicantRegistered, "application/1")
    await desk.publish("registration", ApplicationVerified, "application/1")
    await desk.publish("registration", ApplicantRegistered, "application/2")
    approved = await desk.publish("equipment", ProposalApproved, "proposal/p1")
    await desk.publish("partners", SupportRequested, "support/s1", cause=approved)
    await desk.publish(
        "equipment", ReviewOverdue, "proposal/p2", cause="timer/proposal/p2/x", chain="t"
    )


# -- the page -----------------------------------------------------------------------------------


async def test_an_empty_log_has_a_page_that_says_what_to_do(settings: Settings, desk: Desk) -> None:
    async with site(settings, desk.log) as it:
        text = await it.text()
        assert "Belum ada peristiwa" in text
        assert await it.json("/v1/events") == {
            "items": [],
            "next": (await it.json("/v1/events"))["next"],
        }


async def test_the_page_speaks_indonesian_by_default(settings: Settings, desk: Desk) -> None:
    await _story(desk)
    async with site(settings, desk.log) as it:
        text = await it.text()
        assert '<html lang="id">' in text
        for said in (
            "Pendaftar baru",
            "Usulan disetujui, Kemenaker",
            "permintaan seseorang",
            "tenggat waktu yang tiba",
            "5 Mar 12.00.01",
            "akun demo",
        ):
            assert said in text
        assert "private-data" not in text


async def test_the_page_speaks_english_when_asked(settings: Settings, desk: Desk) -> None:
    await _story(desk)
    async with site(settings, desk.log) as it:
        for text in (await it.text("/?lang=en"), await it.text(**{"accept-language": "en-GB"})):
            assert '<html lang="en">' in text
            for said in (
                "Applicant registered",
                "Proposal approved, Kemenaker",
                "5 Mar 12:00:01",
                "a person&#39;s request",
                "a deadline that came",
                "demo accounts",
            ):
                assert said in text
        assert '<html lang="id">' in await it.text("/?lang=id", **{"accept-language": "en"})
        assert '<html lang="id">' in await it.text("/?lang=xx")


async def test_the_cards_count_streams_not_events(settings: Settings, desk: Desk) -> None:
    await _story(desk)
    async with site(settings, desk.log) as it:
        text = await it.text()
        counts = dict(re.findall(r'data-count="([\w.]+)">([\d.]+)<', text))
        assert counts["registration.application"] == "2"
        assert counts["equipment.proposal"] == "2"
        assert counts["partners.support"] == "1"
        assert counts["partners.partner"] == "0"
        # Embedded, the links follow whatever name this page was reached by.
        assert 'href="registration/docs"' in text
    async with site(settings, desk.log, embedded=False) as it:
        assert f'href="{ADDRESS}/registration/docs"' in await it.text()


async def test_a_cause_links_to_its_event(settings: Settings, desk: Desk) -> None:
    await _story(desk)
    async with site(settings, desk.log) as it:
        text = await it.text()
        link = re.search(r'href="#(e[0-9a-f]{10})">Usulan disetujui', text)
        assert link
        assert f'<li id="{link[1]}"' in text


async def test_a_chain_shows_effects_below_causes(settings: Settings, desk: Desk) -> None:
    await _story(desk)
    chain = "0199aaaa-0000-7000-8000-00000000c0de"
    async with site(settings, desk.log) as it:
        assert f'href="?chain={chain}">c0de<' in await it.text()
        text = await it.text(f"/?chain={chain}&lang=en")
        assert text.count("<li ") == 5
        assert text.index("Proposal approved") < text.index("Support requested")
        assert len(re.findall(r'class="c\d d1"', text)) == 1
        assert "not, or no longer" in await it.text("/?chain=other&lang=en")


async def test_a_cause_that_is_not_on_the_page_leads_to_its_chain(
    settings: Settings, desk: Desk
) -> None:
    await _story(desk)
    approved = f"{SERVICES['equipment'].source}/proposal/p1/1"
    for number in range(page.ROWS):
        await desk.publish("partners", SupportRequested, f"support/n{number}")
    await desk.publish("partners", SupportRequested, "support/s2", cause=approved)
    await desk.publish("partners", SupportRequested, "support/s3", cause="urn:x/a/b/1")
    await desk.publish(
        "partners",
        SupportRequested,
        "support/s4",
        cause=f"{SERVICES['equipment'].source}/proposal/old/7",
    )
    async with site(settings, desk.log) as it:
        text = await it.text()
        assert re.search(r'href="\?chain=[\w-]+#e[0-9a-f]{10}">Usulan disetujui', text)
        assert "proposal/old/7 dari Kemenaker" in text


async def test_hostile_text_is_escaped(settings: Settings, desk: Desk) -> None:
    evil = "<script>alert(1)</script>"
    await desk.publish(
        "registration",
        ProgrammePublished,
        f'programme/{evil}"onx=',
        cause=f"{SERVICES['equipment'].source}/proposal/{evil}/1",
        chain=f"'\"{evil}",
    )
    async with site(settings, desk.log) as it:
        shown = (await it.json("/v1/events"))["items"]
        for text in (await it.text(), await it.text(f"/?chain={evil}")):
            assert evil not in text
            assert '"onx=' not in text
        async with stream(it.app, "page=en&after=00000000-1") as live:
            _, data = await live.happened()
        assert evil not in data["html"]
        assert shown[0]["subject"] == f'programme/{evil}"onx='


async def test_scripts_run_only_with_the_page_s_nonce(settings: Settings, desk: Desk) -> None:
    async with site(settings, desk.log) as it:
        answer = await it.client.get("/")
        policy = answer.headers["content-security-policy"]
        nonce = re.search(r"'nonce-([\w-]+)'", policy)
        assert nonce
        assert f'<script nonce="{nonce[1]}">' in answer.text
        assert "unsafe" not in policy


async def test_a_full_page_stays_under_30_kb(settings: Settings, desk: Desk) -> None:
    cause = "request/r1"
    for number in range(80):
        id_ = f"0199aaaa-0000-7000-8000-{number:012x}"
        event = IntakeWorkshopReady
        cause = await desk.publish("registration", event, f"intake/{id_}", cause=cause, chain=id_)
    async with site(settings, desk.log) as it:
        for language in words.LANGUAGES:
            text = await it.text(f"/?lang={language}")
            assert text.count("<li ") == page.ROWS
            css = re.search(r'href="(page\.css\?v=\w+)"', text)
            assert css
            style = await it.client.get("/" + css[1])
            assert style.headers["content-type"].startswith("text/css")
            assert len(text.encode()) + len(style.content) < 30_000


async def test_a_forged_record_is_counted_and_not_shown(settings: Settings, desk: Desk) -> None:
    await _story(desk)
    forged, _ = desk.record(
        "registration", WorkshopReady, "workshop/forged", signer=Signer(b"x" * 32)
    )
    # The ministry's own key does not speak for the centre either.
    ministry = Signer(read_key(settings.data / "keys" / "equipment" / "agency.key"))
    foreign, _ = desk.record("registration", WorkshopReady, "workshop/forged", signer=ministry)
    await desk.log.send("registration.events", [forged, foreign, Record(None, None, ())])
    await desk.publish("registration", ApplicationVerified, "application/2")
    async with site(settings, desk.log) as it:
        text = await it.text("/?lang=en")
        assert "forged" not in text
        assert re.search(r'id="unauthentic">[^<]+<strong>3</strong>', text)
        assert len((await it.json("/v1/events"))["items"]) == 7


async def test_receipts_are_shown_on_request(settings: Settings, desk: Desk) -> None:
    await _story(desk)
    await desk.publish("registration", EventsAcknowledged, "consumer/registration.events")
    async with site(settings, desk.log) as it:
        assert "Tanda terima antarinstansi" not in await it.text()
        assert "Tanda terima antarinstansi" in await it.text("/?all=1")


async def test_every_published_event_and_stream_has_words() -> None:
    names = {event.name for event in TOPOLOGY.catalogue.types.values()}
    assert names <= set(words.EVENTS)
    assert {noun.kind for d in SERVICES.values() for noun in d.deciders} <= set(words.KINDS)
    assert set(SERVICES) <= set(words.AGENCIES)


# -- for programs -------------------------------------------------------------------------------


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
    await _story(desk)
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


# -- live ---------------------------------------------------------------------------------------


async def test_the_stream_delivers_new_events(settings: Settings, desk: Desk) -> None:
    await _story(desk)
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
    await _story(desk)
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


# -- the timeline itself ------------------------------------------------------------------------


def _timeline(settings: Settings, log: Any, **more: Any) -> Timeline:
    trust = KeyHistory(read_roots(trust_file(settings)))
    return Timeline(log, TOPOLOGY.owners, trust, pause=0.01, idle_pause=0.01, **more)


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

    await _story(desk)
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
