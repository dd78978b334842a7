"""The network over HTTP: agreements, help from several, instructors' days, alignment."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.paser import TODAY, Paser, paser, programme

BLK, SECRETARIAT = "kepala-blk", "sekretariat-bpvp"
EVIDENCE = {"kind": "receipt", "sha256": "0" * 64, "media_type": "application/pdf"}
VALID = {"number": "1", "valid_until": str(TODAY + timedelta(days=700))}


@pytest.fixture
async def system(tmp_path: Path) -> AsyncIterator[Paser]:
    async with paser(tmp_path) as running:
        yield running


async def join(system: Paser, code: str, *fields: str) -> None:
    form = {
        "unit": f"BPVP {code}", "city": code, "agency": f"urn:sinergi:bpvp-{code}",
        "fields": fields, "capacity": 64,
    }  # fmt: skip
    await system.said(SECRETARIAT, f"partners/v1/partners/{code}", form)


async def agree(system: Paser, code: str, field: str, *kinds: str) -> str:
    terms = {
        "partner": code, "kinds": kinds, "fields": [field], "number": f"560/{code}",
        "starts_on": str(TODAY), "ends_on": str(TODAY + timedelta(days=365)),
    }  # fmt: skip
    proposed = await system.said(BLK, "partners/v1/agreements", terms)
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
    """A sixth partner, which no program names, helps like the others."""
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
