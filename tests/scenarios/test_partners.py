"""The network over HTTP: agreements, help from several, instructors' days, alignment."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.paser import TODAY, Paser, partner, paser, programme, terms
from tests.toy import until

BLK, SECRETARIAT = "kepala-blk", "sekretariat-bpvp"
EVIDENCE = {"kind": "receipt", "sha256": "0" * 64, "media_type": "application/pdf"}
VALID = {"number": "1", "valid_until": str(TODAY + timedelta(days=700))}


@pytest.fixture
async def system(tmp_path: Path) -> AsyncIterator[Paser]:
    async with paser(tmp_path) as running:
        yield running


async def join(system: Paser, code: str, *fields: str) -> None:
    await system.said(SECRETARIAT, f"partners/v1/partners/{code}", partner(code, *fields))


async def agree(system: Paser, code: str, field: str, *kinds: str) -> str:
    proposed = await system.said(BLK, "partners/v1/agreements", terms(code, field, *kinds))
    at = f"partners/v1/agreements/{proposed['id']}"
    await system.refused(BLK, f"{at}/signature", None, 409, "same-side")
    await system.said(f"bpvp-{code}", f"{at}/signature")
    return str(proposed["id"])


async def ask(system: Paser, kind: str, field: str, **more: Any) -> str:
    form = {"kind": kind, "kejuruan": field, **more}
    asked = await system.said(BLK, "partners/v1/support", form)
    return f"partners/v1/support/{asked['id']}"


def items(name: str, quantity: int) -> list[dict[str, Any]]:
    return [{"item": name, "quantity": quantity}]


async def test_help_comes_from_several_and_under_agreements_only(system: Paser) -> None:
    """Partners are registered by a request: no program names them."""
    await join(system, "makassar", "las")
    await join(system, "medan", "las", "kayu")
    makassar = await agree(system, "makassar", "las", "equipment")
    medan = await agree(system, "medan", "kayu", "equipment")
    at = await ask(system, "equipment", "las", items=items("mesin-las", 5))
    outside = {"partner": "medan", "agreement": medan, "items": items("mesin-las", 2)}
    await system.refused("bpvp-medan", f"{at}/offers", outside, 409, "no-agreement")
    medan = await agree(system, "medan", "las", "equipment")
    offer = {"partner": "makassar", "agreement": makassar, "items": items("mesin-las", 4)}
    await system.said("bpvp-makassar", f"{at}/offers", offer)
    await system.said("bpvp-medan", f"{at}/offers", outside | {"agreement": medan})
    part = {"offer": 1, "items": items("mesin-las", 3)}
    await system.refused("bpvp-medan", f"{at}/acceptance", part, 403, "forbidden")
    await system.said(BLK, f"{at}/acceptance", part)
    await system.said(BLK, f"{at}/acceptance", {"offer": 2})
    await system.eventually(BLK, at, status="covered")
    fulfilled = {"offer": 1, "evidence": EVIDENCE}
    await system.refused("bpvp-medan", f"{at}/fulfilment", fulfilled, 403, "not-yours")
    await system.said("bpvp-makassar", f"{at}/fulfilment", fulfilled)
    await system.said("bpvp-medan", f"{at}/fulfilment", fulfilled | {"offer": 2})
    await system.eventually(BLK, at, status="fulfilled")
    await system.eventually(BLK, "registration/v1/workshops/las", equipment={"mesin-las": 5})


async def test_an_instructor_is_promised_once(system: Paser) -> None:
    await join(system, "semarang", "menjahit")
    agreement = await agree(system, "semarang", "menjahit", "instructor")
    listing = {"fields": ["menjahit"], "methodology": VALID, "competency": VALID}
    await system.said("bpvp-semarang", "partners/v1/instructors/semarang.1", listing)
    days = {"starts_on": str(TODAY), "ends_on": str(TODAY + timedelta(days=30))}
    offer = {
        "partner": "semarang", "agreement": agreement, "items": items("instructor", 1),
        "visit": {"instructor": "semarang.1", **days},
    }  # fmt: skip
    asked = [await ask(system, "instructor", "menjahit", quantity=1, **days) for _ in range(2)]
    for at in asked:
        await system.said("bpvp-semarang", f"{at}/offers", offer)
    for at in asked:
        await system.said(BLK, f"{at}/acceptance", {"offer": 1})
    first, second = asked
    secured = await system.eventually(BLK, first, status="covered")
    assert secured["offers"]["1"]["status"] in ("accepted", "secured")
    failed = await system.eventually(BLK, second, status="open")
    assert failed["offers"]["1"]["status"] == "failed"
    await system.refused("bpvp-semarang", f"{second}/offers", offer, 409, "double-booked")
    await system.said("bpvp-semarang", f"{first}/fulfilment", {"offer": 1, "evidence": EVIDENCE})
    visitor = f"registration/v1/instructors/{first.rpartition('/')[2]}.1"
    found = await system.eventually(BLK, visitor, partner="semarang")
    assert (found["visits_from"], found["visits_until"]) == (days["starts_on"], days["ends_on"])


async def test_what_region_and_centre_agree_on_is_published(system: Paser) -> None:
    await join(system, "makassar", "las")
    need = {"labour_market": "Tambang mencari juru las.", "content": programme()}
    opened = await system.said(BLK, "partners/v1/alignments", need)
    at = f"partners/v1/alignments/{opened['id']}"
    await system.refused("bpvp-medan", f"{at}/agreement", {"draft": 1}, 403, "not-concerned")
    await system.said("bpvp-makassar", f"{at}/comments", {"comment": "Tambah jam praktik."})
    await system.said("bpvp-makassar", f"{at}/agreement", {"draft": 1})
    await system.said(BLK, f"{at}/revision", {"content": programme(hours=300)})
    await system.refused("bpvp-makassar", f"{at}/agreement", {"draft": 1}, 409, "other-draft")
    await system.said(BLK, f"{at}/agreement", {"draft": 2})
    await system.said("bpvp-makassar", f"{at}/agreement", {"draft": 2})
    path = f"registration/v1/programmes/{opened['id']}"
    published = await system.eventually(BLK, path, number=1)
    assert published["content"]["hours"] == 300
    again = need | {"content": programme(hours=320), "programme": opened["id"]}
    second = await system.said(BLK, "partners/v1/alignments", again)
    for account in (BLK, "bpvp-makassar"):
        path_ = f"partners/v1/alignments/{second['id']}/agreement"
        await system.said(account, path_, {"draft": 1})
    await system.eventually(BLK, path, number=2)


async def test_a_partner_speaks_for_itself(system: Paser) -> None:
    await join(system, "makassar", "las")
    at = "partners/v1/partners/makassar"
    await system.said("bpvp-makassar", f"{at}/update", {"fields": ["las"], "capacity": 48})
    spare = {"items": items("mesin-las", 2)}
    await system.said("bpvp-makassar", f"{at}/spare-equipment", spare)
    await system.eventually(BLK, at, capacity=48, spare=spare["items"])
    await system.refused("bpvp-medan", f"{at}/spare-equipment", spare, 403, "not-yours")
    listing = {"fields": ["las"], "methodology": VALID, "competency": VALID}
    no_partner = "partners/v1/instructors/1"
    await system.refused("bpvp-makassar", no_partner, listing, 422, "unknown-partner")
    form = {"unit": "x", "city": "x", "agency": "urn:x:y", "fields": ["las"], "capacity": 1}
    await system.refused(SECRETARIAT, "partners/v1/partners/A.1", form, 422, "partner-code")


async def test_a_partner_proposes_and_either_side_may_refuse_or_end(system: Paser) -> None:
    await join(system, "makassar", "las")
    terms = {
        "partner": "makassar", "kinds": ["seats"], "fields": ["las"], "number": "1",
        "starts_on": str(TODAY), "ends_on": str(TODAY + timedelta(days=365)),
    }  # fmt: skip
    path, theirs = "partners/v1/agreements", terms | {"centre": "urn:sinergi:blk-paser"}
    await system.refused("bpvp-makassar", path, terms, 422, "centre-missing")
    await system.refused("bpvp-medan", path, theirs, 403, "not-yours")
    one = f"{path}/{(await system.said('bpvp-makassar', path, theirs))['id']}"
    await system.refused("bpvp-medan", f"{one}/signature", None, 403, "not-yours")
    await system.said(BLK, f"{one}/signature")
    await system.said("bpvp-makassar", f"{one}/termination", {"reason": "Gedung direnovasi."})
    await system.eventually(BLK, one, status="ended", ended="terminated")
    other = f"{path}/{(await system.said(BLK, path, terms))['id']}"
    await system.said("bpvp-makassar", f"{other}/refusal", {"reason": "Tidak ada asrama."})
    await system.eventually(BLK, other, status="ended", ended="refused")


async def test_offers_and_requests_are_taken_back(system: Paser) -> None:
    await join(system, "makassar", "las")
    agreement = await agree(system, "makassar", "las", "curriculum")
    at = await ask(system, "curriculum", "las", quantity=1)
    material = {
        "partner": "makassar", "agreement": agreement, "items": items("curriculum", 1),
        "curriculum": EVIDENCE,
    }  # fmt: skip
    await system.said("bpvp-makassar", f"{at}/offers", material)
    await system.said("bpvp-makassar", f"{at}/offer-withdrawal", {"offer": 1})
    await system.refused(BLK, f"{at}/acceptance", {"offer": 1}, 409, "illegal-step")
    await system.said("bpvp-makassar", f"{at}/offers", material)
    done = await system.said(BLK, f"{at}/withdrawal", {"reason": "Dibuat sendiri."})
    said = [event["type"].split(".")[2] for event in done["events"]]
    assert said == ["SupportWithdrawn", "OfferDeclined"]
    await system.refused("bpvp-makassar", f"{at}/offers", material, 409, "request-closed")
    wrong = {"kind": "seats", "kejuruan": "las", "items": items("mesin-las", 1)}
    await system.refused(BLK, "partners/v1/support", wrong, 422, "kind-item")


async def test_requests_of_a_field_come_page_by_page(system: Paser) -> None:
    await join(system, "makassar", "las")
    agreement = await agree(system, "makassar", "las", "equipment")
    asked = [await ask(system, "equipment", "las", items=items("mesin-las", n)) for n in (1, 2)]
    await ask(system, "curriculum", "menjahit", quantity=1)
    offer = {"partner": "makassar", "agreement": agreement, "items": items("mesin-las", 1)}
    await system.said("bpvp-makassar", f"{asked[0]}/offers", offer)
    path = "partners/v1/support-by-field?kejuruan=las&limit=1"

    async def page(after: str = "") -> dict[str, Any]:
        answer = await system.call(BLK, "GET", f"{path}&after={after}")
        assert answer.is_success, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def offered() -> bool:
        found = await page()
        return bool(found["items"]) and bool(found["items"][0]["offers"]) and "next" in found

    await until(offered, "the field has two requests, the first with an offer")
    first = await page()
    last = await page(first["next"])
    assert "next" not in last
    rows = [*first["items"], *last["items"]]
    ids = [at.rpartition("/")[2] for at in asked]
    assert [row["key"] for row in rows] == [f"las/{id_}" for id_ in ids]
    assert [row["stream"] for row in rows] == [f"support/{id_}" for id_ in ids]
    # What there is not is told as null, in a row and in its offers.
    assert (rows[0]["intake"], rows[0]["proposal"]) == (None, None)
    assert rows[0]["offers"]["1"]["visit"] is None
    nobody = await system.call(BLK, "GET", f"{asked[0]}/referred")
    assert nobody.text == '{"items":[]}'
