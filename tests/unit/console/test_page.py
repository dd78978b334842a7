"""The page of the console over a real embedded log, in both languages."""

import re

from apps.composition.system import SERVICES, TOPOLOGY
from apps.console import page, words
from shared.events.delivery import EventsAcknowledged
from shared.events.partners.support import SupportRequested
from shared.events.registration.application import ApplicationVerified
from shared.events.registration.intake import IntakeWorkshopReady
from shared.events.registration.programme import ProgrammePublished
from shared.events.registration.workshop import WorkshopReady
from shared.kernel.ports import Record
from shared.kernel.settings import Settings
from shared.signing.keys import Signer, read_key
from tests.unit.console.desk import Desk, publish_story
from tests.unit.console.site import ADDRESS, site, stream


async def test_an_empty_log_has_a_page_that_says_what_to_do(settings: Settings, desk: Desk) -> None:
    async with site(settings, desk.log) as it:
        text = await it.text()
        assert "Belum ada peristiwa" in text
        assert await it.json("/v1/events") == {
            "items": [],
            "next": (await it.json("/v1/events"))["next"],
        }


async def test_the_page_speaks_indonesian_by_default(settings: Settings, desk: Desk) -> None:
    await publish_story(desk)
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
    await publish_story(desk)
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
    await publish_story(desk)
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
    await publish_story(desk)
    async with site(settings, desk.log) as it:
        text = await it.text()
        link = re.search(r'href="#(e[0-9a-f]{10})">Usulan disetujui', text)
        assert link
        assert f'<li id="{link[1]}"' in text


async def test_a_chain_shows_effects_below_causes(settings: Settings, desk: Desk) -> None:
    await publish_story(desk)
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
    await publish_story(desk)
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
    await publish_story(desk)
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
    await publish_story(desk)
    await desk.publish("registration", EventsAcknowledged, "consumer/registration.events")
    async with site(settings, desk.log) as it:
        assert "Tanda terima antarinstansi" not in await it.text()
        assert "Tanda terima antarinstansi" in await it.text("/?all=1")


async def test_every_published_event_and_stream_has_words() -> None:
    names = {event.name for event in TOPOLOGY.catalogue.types.values()}
    assert names <= set(words.EVENTS)
    assert {noun.kind for d in SERVICES.values() for noun in d.deciders} <= set(words.KINDS)
    assert set(SERVICES) <= set(words.AGENCIES)
