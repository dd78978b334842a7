"""A class over HTTP, from its seats to what became of its graduates."""

import io
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

from tests.scenarios.paser import TODAY, Paser, applicant, paser, plan, programme

BLK, HEAD = "petugas-blk", "kepala-blk"
V1 = "registration/v1"
VALID = {"number": "1", "valid_until": str(TODAY + timedelta(days=700))}


@pytest.fixture
async def system(tmp_path: Path) -> AsyncIterator[Paser]:
    async with paser(tmp_path) as running:
        yield running


async def started(system: Paser) -> tuple[str, list[str]]:
    """A class of two in training; the third applicant waits."""
    content = programme(hours=16, equipment=[], min_attendance=60)
    published = await system.said(BLK, f"{V1}/programmes", content)
    drafted = await system.said(BLK, f"{V1}/intakes", plan(published["id"]))
    at = f"{V1}/intakes/{drafted['id']}"
    form = {
        "nip": "198001012005011001", "name": "Arif", "fields": ["las"],
        "methodology": VALID, "competency": VALID,
    }  # fmt: skip
    instructor = await system.said(BLK, f"{V1}/instructors", form)
    assignment = {"instructor": instructor["id"]}
    # A draft may still change its days, so nobody is booked for them.
    await system.refused(BLK, f"{at}/instructors", assignment, 409, "illegal-step")
    await system.said(BLK, f"{at}/opening")
    await system.said(BLK, f"{at}/instructors", assignment)
    await system.refused(BLK, f"{at}/instructors", assignment, 409, "already-assigned")
    people = []
    for serial in range(1, 4):
        body = applicant(drafted["id"], serial)
        people.append((await system.said(BLK, f"{V1}/applications", body))["id"])
    for number, person in enumerate(people):
        one = f"{V1}/applications/{person}"
        await system.said(BLK, f"{one}/verification")
        await system.said(BLK, f"{one}/scores", {"written": 90 - number, "interview": 80})
    await system.eventually(BLK, at, candidates=3, workshop_ready=True)
    await system.refused(BLK, f"{at}/selection", None, 409, "illegal-step")
    await system.said(BLK, f"{at}/closing", {"reason": "Semua sudah mendaftar."})
    await system.said(BLK, f"{at}/selection")
    await system.refused(BLK, f"{at}/start", None, 409, "start-incomplete")
    for person in people[:2]:
        one = f"{V1}/applications/{person}"
        await system.eventually(BLK, one, status="offered")
        await system.said(BLK, f"{one}/seat")
        await system.eventually(BLK, one, status="confirmed")
    await system.eventually(BLK, f"{V1}/applications/{people[2]}", status="waitlisted")
    await system.said(HEAD, f"{at}/start")
    return drafted["id"], people


async def test_from_the_first_session_to_the_figures(system: Paser) -> None:
    intake, (good, absent, waiting) = await started(system)
    at = f"{V1}/trainings/{intake}"
    await system.eventually(BLK, at, begun=True)
    day = {"day": str(TODAY), "hours": 8}
    await system.said(BLK, f"{at}/sessions", {"session": 1, "absent": [absent], **day})
    again = {"session": 1, **day}
    await system.refused(BLK, f"{at}/sessions", again, 409, "session")
    tomorrow = {"session": 2, "day": str(TODAY + timedelta(days=1)), "hours": 8}
    await system.refused(BLK, f"{at}/sessions", tomorrow, 422, "future-day")
    await system.said(BLK, f"{at}/sessions", {"session": 2, "absent": [absent], **day})
    wrong = {"session": 1, "application": absent, "present": True, "reason": "salah-catat"}
    await system.said(BLK, f"{at}/sessions/correction", wrong)
    found = await system.eventually(BLK, at, taught=16)
    assert found["attendance"] == {good: 100, absent: 50}
    await system.refused(HEAD, f"{at}/completion", None, 409, "not-all-assessed")
    for person in (good, absent):
        await system.said(BLK, f"{at}/recommendations", {"application": person, "competent": True})
    passed = {"application": good, "passed": True}
    await system.refused(BLK, f"{at}/assessments", passed, 403, "same-person")
    await system.said(HEAD, f"{at}/assessments", passed)
    too_seldom = {"application": absent, "passed": True}
    await system.refused(HEAD, f"{at}/assessments", too_seldom, 409, "attendance")
    await system.said(HEAD, f"{at}/assessments", too_seldom | {"passed": False})
    await system.said(HEAD, f"{at}/completion")
    await system.eventually(BLK, f"{V1}/intakes/{intake}", status="completed")
    await system.eventually(BLK, f"{V1}/applications/{waiting}", status="lost")
    await system.eventually(BLK, f"{V1}/applications/{good}", status="finished", passed=True)
    await _certified(system, good, absent)
    await _placed(system, good)


async def _certified(system: Paser, good: str, failed: str) -> None:
    await system.refused(HEAD, f"{V1}/certificates", {"application": failed}, 409, "not-passed")
    issued = await system.said(HEAD, f"{V1}/certificates", {"application": good})
    await system.refused(HEAD, f"{V1}/certificates", {"application": good}, 409, "already-issued")
    path = f"/v1/certificates/{issued['id']}"
    nobody = system.clients["registration"]
    shown = (await nobody.get(path)).json()
    assert shown["status"] == "valid"
    assert set(shown) == {
        "number", "title", "skkni", "kejuruan", "hours", "issued_on", "status"
    }  # fmt: skip
    assert (await nobody.get(f"{path[:-1]}_")).status_code == 404
    lsp = {
        "lsp": "LSP Las", "scheme": "Plate Welder 3G", "number": "KOM-1",
        "issued_on": str(TODAY), "valid_until": VALID["valid_until"],
    }  # fmt: skip
    await system.said(BLK, f"registration{path}/competency", lsp)
    number = issued["id"]
    certificates = {"training": number, "competency": number}
    await system.eventually(BLK, f"{V1}/applications/{good}", certificates=certificates)
    await system.said(HEAD, f"registration{path}/revocation", {"reason": "salah-terbit"})
    assert (await nobody.get(path)).json()["status"] == "revoked"


async def _placed(system: Paser, good: str) -> None:
    at = f"{V1}/placements/{good}"
    await system.eventually(BLK, at, application=good)
    await system.said(BLK, at, {"months": 3, "outcome": "own-business"})
    await system.refused(BLK, at, {"months": 3, "outcome": "job"}, 409, "already-answered")

    async def figures(query: str) -> Any:
        return await system.call(BLK, "GET", f"{V1}/figures?{query}")

    await system.eventually(
        BLK, f"{V1}/figures?by=kejuruan",
        items=[{"key": "las", "applied": 3, "eligible": 3, "accepted": 2, "finished": 2,
                "certified": 1, "placed": 1}],
    )  # fmt: skip
    assert (await figures("by=sex&kejuruan=listrik")).json()["items"] == []
    table = pq.read_table(io.BytesIO((await figures("by=sex&format=parquet")).content))
    assert table.to_pydict()["suppressed"] == [True]
    csv = await figures("by=sex&format=csv")
    assert csv.headers["content-type"] == "text/csv; charset=utf-8"
    assert csv.text.splitlines() == [
        "key,applied,eligible,accepted,finished,certified,placed,suppressed", "male,,,,,,,True",
    ]  # fmt: skip
    assert (await figures("by=nik")).status_code == 422
    assert (await figures("format=pdf")).status_code == 422
