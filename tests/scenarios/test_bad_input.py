"""Bad input over HTTP: a clear problem that names the field or rule, and nothing changed."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from services.equipment.domain.proposal.checklist import POINTS
from tests.scenarios.paser import (
    TODAY,
    Paser,
    applicant,
    key,
    partner,
    paser,
    plan,
    programme,
    terms,
)
from tests.toy import until

BLK, REVIEWER, STORE = "petugas-blk", "peninjau-kemenaker", "gudang-kemenaker"


@pytest.fixture
async def system(tmp_path: Path) -> AsyncIterator[Paser]:
    async with paser(tmp_path) as running:
        yield running


@pytest.fixture
async def intake(system: Paser) -> str:
    return await system.opened(BLK)


def aged(years: int, days: int = 0) -> date:
    """Return the birth date of a person who turned `years` years old `days` days ago."""
    birthday = TODAY - timedelta(days=days)
    try:
        return birthday.replace(year=birthday.year - years)
    except ValueError:  # 29 February
        return birthday.replace(year=birthday.year - years, day=28)


def born(day: date) -> dict[str, str]:
    return {"birth_date": str(day), "nik": f"640104{day:%d%m%y}0001"}


@pytest.mark.parametrize(
    ("changes", "status", "rule", "field"),
    [
        ({"nik": "640104170899000"}, 422, "nik-digits", "nik"),
        ({"nik": "6401041708990O01"}, 422, "nik-digits", "nik"),
        ({"nik": "6401043213990001"}, 422, "nik-date", "nik"),
        ({"birth_date": str(TODAY + timedelta(days=1))}, 422, "birth-date", "birth_date"),
        (born(aged(17, -1)), 422, "min-age", "birth_date"),
        ({"ktp_region": "64.09.01"}, 422, "ktp-paser", "ktp_region"),
        ({"ktp_region": "64.01.11"}, 422, "kecamatan", "ktp_region"),
        ({"intake": "nowhere"}, 422, "unknown-intake", "intake"),
        ({"age": 25}, 422, "invalid-input", "age"),
        ({"employed": "no"}, 422, "invalid-input", "employed"),
        ({"name": None}, 422, "invalid-input", "name"),
    ],
)
async def test_a_registration_that_does_not_fit(
    system: Paser, intake: str, changes: dict[str, Any], status: int, rule: str, field: str
) -> None:
    body = applicant(intake, 1) | changes
    problem = await system.refused(BLK, "registration/v1/applications", body, status, rule)
    assert field in [error["field"] for error in problem["errors"]]
    private = await system.services["registration"].store.get_private("persons", ["x"])
    assert private == {}


async def test_seventeen_today_is_old_enough_and_a_second_time_is_not(
    system: Paser, intake: str
) -> None:
    body = applicant(intake, 1) | born(aged(17))
    first = await system.said(BLK, "registration/v1/applications", body)
    assert [e["type"].split(".")[2] for e in first["events"]] == ["ApplicantRegistered"]
    assert body["nik"] not in str(first)
    again = await system.refused(BLK, "registration/v1/applications", body, 409, "already-applied")
    assert "already applied" in again["detail"]


async def test_who_does_not_fit_the_programme_is_told_why(system: Paser, intake: str) -> None:
    body = applicant(intake, 2) | born(date(1980, 2, 29)) | {"in_school": True}
    answer = await system.said("warga-1", "registration/v1/applications", body)
    registered, declined = answer["events"]
    assert declined["type"] == "sinergi.registration.ApplicationDeclined.v1"
    assert {reason["rule"] for reason in declined["data"]["reasons"]} == {
        "not-in-school",
        "max-age",
    }
    assert registered["data"]["registered_by"] == "applicant"


async def test_broken_requests(system: Paser) -> None:
    client, token = system.clients["registration"], await system.token(BLK)
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}

    async def post(content: bytes, **changes: str) -> tuple[int, str]:
        answer = await client.post(
            "/v1/programmes",
            content=content,
            headers=headers | {k.replace("_", "-"): v for k, v in changes.items()},
        )
        return answer.status_code, answer.json()["rule"]

    assert await post(b'{"title": ') == (400, "malformed-json")
    assert await post(b"[]") == (422, "invalid-input")
    assert await post(b" " * (1024 * 1024 + 1)) == (413, "too-large")
    assert await post(b"{}", content_type="text/plain") == (415, "content-type")
    assert await post(b"{}", idempotency_key="x" * 300) == (400, "idempotency-key")
    assert await post(b"{}", authorization="Bearer nonsense") == (401, "unauthenticated")
    assert (await client.get("/v1/nowhere")).json()["rule"] == "no-such-route"
    german = await client.get("/v1/programmes?limit=9999", headers=headers)
    assert german.headers["content-language"] == "id"
    assert german.status_code == 422


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"hours":260', b'"hours":260,"hours":26'),
        (b'"hours":260', b'"hours":260,"\\u0068ours":260'),
        (b'"title":"', b'"title":"A\xcc\x8a'),
        (b'"title":"', b'"title":"A\\u030a'),
    ],
    ids=["a name twice", "a name twice, escaped", "NFD", "NFD, escaped"],
)
async def test_a_body_that_readers_would_take_differently(
    system: Paser, old: bytes, new: bytes
) -> None:
    """Pydantic alone would accept these: it takes the last of two names, and text as it comes."""
    body = orjson.dumps(programme())
    assert old in body
    headers = {
        "authorization": f"Bearer {await system.token(BLK)}",
        "content-type": "application/json",
    }
    before = await system.size("registration")
    answer = await system.clients["registration"].post(
        "/v1/programmes", content=body.replace(old, new), headers=headers
    )
    problem = answer.json()
    assert (answer.status_code, problem["rule"]) == (400, "ambiguous-json")
    assert "dua kali" in problem["detail"] or "ubah menjadi NFC" in problem["detail"]
    assert await system.size("registration") == before


@pytest.mark.parametrize("value", [b"NaN", b"1e400", b"9007199254740993", b'"\\ud800"', b"[" * 999])
async def test_a_body_that_no_reader_should_take(system: Paser, value: bytes) -> None:
    body = orjson.dumps(programme()).replace(b'"hours":260', b'"hours":' + value)
    headers = {
        "authorization": f"Bearer {await system.token(BLK)}",
        "content-type": "application/json",
    }
    answer = await system.clients["registration"].post(
        "/v1/programmes", content=body, headers=headers
    )
    assert answer.status_code in (400, 422), answer.text
    assert answer.headers["content-type"] == "application/problem+json"


async def test_indonesian_comes_first(system: Paser) -> None:
    body = {
        "title": 7, "hours": 0, "extra": 1, "entry": {"min_education": "phd"}, "equipment": 3,
    }  # fmt: skip
    answer = await system.call(
        BLK, "POST", "registration/v1/programmes", body, accept_language="fr, id;q=0.5"
    )
    details = {error["field"]: error["detail"] for error in answer.json()["errors"]}
    assert details["title"] == "harus berupa teks"
    assert details["hours"] == "paling sedikit 1"
    assert details["extra"] == "isian ini tidak dikenal"
    assert details["entry.min_education"].startswith("harus salah satu dari")
    assert details["skkni"] == "wajib diisi"


async def test_roles_and_agencies(system: Paser, intake: str) -> None:
    unknown = plan("nowhere")
    await system.refused(BLK, "registration/v1/intakes", unknown, 422, "unknown-programme")
    path = "registration/v1/programmes"
    await system.refused("warga-1", path, programme(), 403, "forbidden")
    await system.refused(REVIEWER, path, programme(), 403, "forbidden")
    await system.refused("bpvp-medan", "partners/v1/partners/x", {}, 403, "other-agency")


async def test_one_key_one_effect_whatever_comes_at_once(system: Paser) -> None:
    same, before = key(), await system.size("registration")
    answers = await asyncio.gather(
        *(
            system.call(
                BLK, "POST", "registration/v1/programmes", programme(), idempotency_key=same
            )
            for _ in range(50)
        )
    )
    assert {a.status_code for a in answers} == {201}
    assert len({a.text for a in answers}) == 1
    assert await system.size("registration") == before + 1
    other = await system.call(
        BLK, "POST", "registration/v1/programmes", programme(hours=1), idempotency_key=same
    )
    assert (other.status_code, other.json()["rule"]) == (422, "idempotency-key-reused")


async def test_if_match(system: Paser, intake: str) -> None:
    url = f"registration/v1/intakes/{intake}"
    read = await system.call(BLK, "GET", url)
    assert read.headers["etag"] == '"2"'
    stale = await system.call(BLK, "POST", f"{url}/selection", None, if_match='"7"')
    assert stale.status_code == 412


CHECKED = {"checks": [{"point": point, "met": True} for point in POINTS]}
EVIDENCE = {"kind": "receipt", "sha256": "0" * 64, "media_type": "application/pdf"}


def item(quantity: int = 4, price: int = 12_500_000) -> dict[str, Any]:
    return {
        "item": "mesin-las",
        "name": "Mesin las SMAW 250 A",
        "quantity": quantity,
        "unit_price": price,
    }


def proposal(*items: dict[str, Any]) -> dict[str, Any]:
    return {"kejuruan": "las", "items": list(items), "justification": "Bengkel belum lengkap"}


async def test_equipment_in_the_wrong_order(system: Paser) -> None:
    path = "equipment/v1/proposals"
    await system.refused(BLK, path, proposal(), 422, "no-items")
    await system.refused(BLK, path, proposal(item(price=-1)), 422, "invalid-input")
    drafted = await system.said(BLK, path, proposal(item()))
    one = f"{path}/{drafted['id']}"
    await system.refused(REVIEWER, f"{one}/review", None, 409, "illegal-step")
    await system.said(BLK, f"{one}/submission")
    decision = {"decisions": [{"item": "mesin-las", "approved_quantity": 3, "reason": "pagu"}]}
    await system.refused(REVIEWER, f"{one}/decision", decision, 409, "illegal-step")
    allocation = {"proposal": drafted["id"], "workshop": "Bengkel las BLK Paser"}
    await system.refused(REVIEWER, "equipment/v1/consignments", allocation, 409, "not-granted")
    await system.said(REVIEWER, f"{one}/review")
    await system.refused(REVIEWER, f"{one}/decision", decision, 409, "checklist-incomplete")
    await system.said(REVIEWER, f"{one}/checklist", CHECKED)
    await system.said(REVIEWER, f"{one}/decision", decision)
    allocated = await system.said(REVIEWER, "equipment/v1/consignments", allocation)
    await system.refused(
        REVIEWER, "equipment/v1/consignments", allocation, 409, "already-allocated"
    )
    at = f"equipment/v1/consignments/{allocated['id']}"
    await system.refused(BLK, f"{at}/signatures", {}, 409, "not-delivered")
    shipped = {"items": [{"item": "mesin-las", "quantity": 3}]}
    await system.said(STORE, f"{at}/shipments", shipped)
    too_many = {"items": [{"item": "mesin-las", "good": 3, "damaged": 1}]}
    await system.refused(BLK, f"{at}/deliveries", too_many, 422, "more-than-shipped")
    await system.said(BLK, f"{at}/deliveries", {"items": [{"item": "mesin-las", "good": 3}]})
    await system.refused(BLK, f"{at}/commissioning", None, 409, "not-handed-over")


async def test_support_after_it_is_closed(system: Paser) -> None:
    await system.said(
        "sekretariat-bpvp", "partners/v1/partners/makassar", partner("makassar", "las")
    )
    agreed = await system.said(BLK, "partners/v1/agreements", terms("makassar", "las", "equipment"))
    await system.said("bpvp-makassar", f"partners/v1/agreements/{agreed['id']}/signature")
    submitted = await system.said(BLK, "equipment/v1/proposals", proposal(item(quantity=1)))
    one = f"equipment/v1/proposals/{submitted['id']}"
    await system.said(BLK, f"{one}/submission")
    await system.said(REVIEWER, f"{one}/review")
    await system.said(REVIEWER, f"{one}/checklist", CHECKED)
    rejected = {"decisions": [{"item": "mesin-las", "approved_quantity": 0, "reason": "pagu"}]}
    await system.said(REVIEWER, f"{one}/decision", rejected)
    at = f"partners/v1/support/{submitted['id']}"
    await system.eventually(BLK, at, status="open")
    offer = {
        "partner": "makassar",
        "agreement": agreed["id"],
        "items": [{"item": "mesin-las", "quantity": 1}],
    }
    await system.refused("bpvp-medan", f"{at}/offers", offer, 403, "not-yours")
    await system.said("bpvp-makassar", f"{at}/offers", offer)
    await system.said(BLK, f"{at}/acceptance", {"offer": 1})
    await system.refused("bpvp-makassar", f"{at}/offers", offer, 409, "request-closed")
    await system.said("bpvp-makassar", f"{at}/fulfilment", {"offer": 1, "evidence": EVIDENCE})
    workshop = await system.eventually(BLK, "registration/v1/workshops/las", kejuruan="las")
    assert workshop["equipment"] == {"mesin-las": 1}


async def test_paging(system: Paser) -> None:
    await asyncio.gather(
        *(
            system.said(BLK, "registration/v1/programmes", programme(title=f"P{i}"))
            for i in range(7)
        )
    )

    async def all_listed() -> bool:
        listed = await system.call(BLK, "GET", "registration/v1/programmes")
        return len(listed.json()["items"]) == 7

    await until(all_listed, "all programmes are listed")
    seen, after = [], ""
    while True:
        answer = await system.call(BLK, "GET", f"registration/v1/programmes?limit=3&after={after}")
        page = answer.json()
        seen += [item["content"]["title"] for item in page["items"]]
        if not (after := page.get("next", "")):
            break
    assert sorted(seen) == [f"P{i}" for i in range(7)]
