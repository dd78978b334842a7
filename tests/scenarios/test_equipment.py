"""Equipment aid over HTTP: a draft becomes equipment in service, with every detour on the way."""

import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from services.equipment.domain.proposal.checklist import POINTS
from tests.scenarios.paser import Paser, applicant, paser
from tests.toy import until

BLK, HEAD = "petugas-blk", "kepala-blk"
REVIEWER, STORE = "peninjau-kemenaker", "gudang-kemenaker"
PATH = "equipment/v1/proposals"
CHECKS = {"checks": [{"point": point, "met": True} for point in POINTS]}


@pytest.fixture
async def system(tmp_path: Path) -> AsyncIterator[Paser]:
    async with paser(tmp_path) as running:
        yield running


def proposal(quantity: int = 2) -> dict[str, Any]:
    machine = {"item": "mesin-las", "name": "Mesin las", "unit_price": 12_500_000}
    return {
        "kejuruan": "las",
        "items": [machine | {"quantity": quantity}],
        "justification": "Bengkel belum lengkap",
    }


def decision(quantity: int) -> dict[str, Any]:
    line = {"item": "mesin-las", "approved_quantity": quantity, "reason": "pagu"}
    return {"decisions": [line]}


def goods(quantity: int) -> dict[str, Any]:
    return {"items": [{"item": "mesin-las", "quantity": quantity}]}


def arrived(**counts: int) -> dict[str, Any]:
    return {"items": [{"item": "mesin-las", "good": 0} | counts]}


async def approved(system: Paser, quantity: int = 2) -> str:
    id_: str = (await system.said(HEAD, PATH, proposal(quantity)))["id"]
    await system.said(HEAD, f"{PATH}/{id_}/submission")
    await system.said(REVIEWER, f"{PATH}/{id_}/review")
    await system.said(REVIEWER, f"{PATH}/{id_}/checklist", CHECKS)
    await system.said(REVIEWER, f"{PATH}/{id_}/decision", decision(quantity))
    return id_


async def test_a_proposal_is_drafted_reviewed_revised_and_decided(system: Paser) -> None:
    drafted = await system.said(BLK, PATH, proposal(3))
    one = f"{PATH}/{drafted['id']}"
    assert drafted["events"][0]["type"] == "sinergi.equipment.ProposalDrafted.v1"
    await system.said(BLK, f"{one}/draft", proposal(2))
    await system.refused(REVIEWER, f"{one}/review", None, 409, "illegal-step")
    submitted = await system.said(HEAD, f"{one}/submission")
    data = submitted["events"][0]["data"]
    assert (data["total"], data["warn"] < data["due"]) == (25_000_000, True)
    await system.refused(BLK, f"{one}/draft", proposal(4), 409, "illegal-step")
    await system.said(REVIEWER, f"{one}/review")
    await system.refused(REVIEWER, f"{one}/decision", decision(1), 409, "checklist-incomplete")
    await system.said(REVIEWER, f"{one}/checklist", CHECKS)
    request = {"reason": "Harga tanpa pembanding", "points": ["fair-price"]}
    await system.said(REVIEWER, f"{one}/revision-request", request)
    await system.refused(REVIEWER, f"{one}/decision", decision(1), 409, "illegal-step")
    revision = proposal(2) | {"answer": "Harga dari e-katalog"}
    del revision["kejuruan"]
    await system.said(BLK, f"{one}/revision", revision)
    await system.refused(REVIEWER, f"{one}/decision", decision(1), 409, "checklist-incomplete")
    price = {"checks": [{"point": "fair-price", "met": True}]}
    await system.said(REVIEWER, f"{one}/checklist", price)
    await system.said(REVIEWER, f"{one}/decision", decision(1))
    found = await system.eventually(REVIEWER, one, status="approved")
    assert found["missing"] == [{"item": "mesin-las", "quantity": 1}]
    await system.refused(REVIEWER, f"{one}/decision", decision(2), 409, "illegal-step")


async def test_a_proposal_can_be_withdrawn_until_it_is_decided(system: Paser) -> None:
    id_ = (await system.said(BLK, PATH, proposal()))["id"]
    await system.said(BLK, f"{PATH}/{id_}/submission")
    await system.said(BLK, f"{PATH}/{id_}/withdrawal", {"reason": "Dibiayai APBD"})
    await system.refused(REVIEWER, f"{PATH}/{id_}/review", None, 409, "illegal-step")
    done = await approved(system)
    path = f"{PATH}/{done}/withdrawal"
    await system.refused(BLK, path, {"reason": "x"}, 409, "illegal-step")


async def test_what_is_damaged_or_lost_is_replaced_and_commissioned_later(system: Paser) -> None:
    id_ = await approved(system, 4)
    allocation = {"proposal": id_, "workshop": "Bengkel las BLK Paser"}
    await system.said(STORE, "equipment/v1/consignments", allocation)
    at = f"equipment/v1/consignments/{id_}"
    await system.said(STORE, f"{at}/shipments", goods(4))
    await system.said(BLK, f"{at}/deliveries", arrived(good=2, damaged=1, missing=1))
    await system.refused(STORE, f"{at}/shipments", goods(2), 422, "more-than-allocated")
    back = goods(1) | {"reason": "Rangka bengkok"}
    await system.said(BLK, f"{at}/returns", back)
    await system.refused(BLK, f"{at}/returns", back, 422, "more-than-damaged")

    await _hand_over(system, at, "BAST/1")
    await system.refused(HEAD, f"{at}/commissioning", None, 409, "assets-missing")
    await _number(system, at, "A.1", "A.2")
    taken = {"item": "mesin-las", "number": "A.1"}
    await system.refused(BLK, f"{at}/assets", taken, 422, "no-unit-left")
    first = await system.said(HEAD, f"{at}/commissioning")
    assert first["events"][0]["data"]["items"] == goods(2)["items"]

    await system.said(STORE, f"{at}/shipments", goods(2))
    await system.said(BLK, f"{at}/deliveries", arrived(good=2))
    await system.refused(BLK, f"{at}/assets", taken, 409, "asset-taken")
    await _hand_over(system, at, "BAST/2")
    await _number(system, at, "A.1", "A.2", "A.3", "A.4", already=2)
    second = await system.said(HEAD, f"{at}/commissioning")
    data = second["events"][0]["data"]
    assert [asset["number"] for asset in data["assets"]] == ["A.3", "A.4"]
    await system.eventually(
        BLK, at, status="commissioned", commissioned={"mesin-las": 4}, shipped={"mesin-las": 6}
    )

    figures = "equipment/v1/figures"
    row = {"kejuruan": "las", "proposals": 1, "approved": 1, "rejected": 0}
    row |= {"median_days": 0, "overdue_percent": 0}
    await system.eventually(REVIEWER, figures, items=[row])
    answer = await system.call(REVIEWER, "GET", f"{figures}?format=csv")
    assert next(csv.DictReader(io.StringIO(answer.text)))["approved"] == "1"


async def _hand_over(system: Paser, at: str, bast: str) -> None:
    await system.said(STORE, f"{at}/signatures", {"bast": bast})
    await system.said(HEAD, f"{at}/signatures", {"bast": bast})


async def _number(system: Paser, at: str, *numbers: str, already: int = 0) -> None:
    for number in numbers[already:]:
        await system.said(BLK, f"{at}/assets", {"item": "mesin-las", "number": number})
    assets = [{"item": "mesin-las", "number": number} for number in numbers]
    await system.eventually(BLK, at, assets=assets)


async def test_who_has_to_do_what(system: Paser) -> None:
    id_ = (await system.said(BLK, PATH, proposal()))["id"]
    await system.said(BLK, f"{PATH}/{id_}/submission")
    inbox = "equipment/v1/inbox"

    async def tasks(account: str) -> dict[str, Any]:
        answer = await system.call(account, "GET", inbox)
        assert answer.is_success, answer.text
        return {task["task"]: task for task in answer.json()["items"]}

    async def opened() -> bool:
        return {"start-review", "decide-proposal"} <= set(await tasks(REVIEWER))

    await until(opened, "the review waits for the ministry")
    found = await tasks(REVIEWER)
    assert found["start-review"]["command"] == f"POST /v1/proposals/{id_}/review"
    assert found["decide-proposal"]["deadline"]
    assert "start-review" not in await tasks(BLK)


async def test_asset_numbers_come_from_a_table(system: Paser) -> None:
    id_ = await approved(system, 2)
    allocation = {"proposal": id_, "workshop": "Bengkel las BLK Paser"}
    await system.said(STORE, "equipment/v1/consignments", allocation)
    at = f"equipment/v1/consignments/{id_}"
    await system.said(STORE, f"{at}/shipments", goods(2))
    await system.said(BLK, f"{at}/deliveries", arrived(good=2))
    rows = ["consignment,item,number"]
    rows += [f"{id_},mesin-las,A.{n}" for n in (1, 1, 2)] + [f"{id_},oven,A.9"]

    async def bring(account: str) -> Any:
        answer = await system.clients["equipment"].post(
            "/v1/imports/assets",
            content="\n".join(rows).encode(),
            headers={
                "authorization": f"Bearer {await system.token(account)}",
                "content-type": "text/csv",
            },
        )
        return answer.json()

    found = await bring(BLK)
    assert [row["status"] for row in found["rows"]] == ["ok", "already", "ok", "error"]
    await system.eventually(
        BLK, at, assets=[{"item": "mesin-las", "number": f"A.{n}"} for n in (1, 2)]
    )
    again = await bring(STORE)
    assert [row["status"] for row in again["rows"]] == ["already", "already", "already", "error"]
    assert (await bring("bpvp-medan"))["rule"] == "forbidden"


async def test_demand_is_counted_by_field_and_district(system: Paser) -> None:
    path = "equipment/v1/demand"
    none = (await system.call(REVIEWER, "GET", path)).json()
    assert none["items"] == []
    assert none["as_of"].endswith("Z")
    intake = await system.opened(BLK)
    await system.said(BLK, "registration/v1/applications", applicant(intake, 1))
    row = {"kejuruan": "las", "kecamatan": "64.01.04", "applicants": 1, "waiting": 0, "placed": 0}
    await system.eventually(REVIEWER, path, items=[row])
    await system.eventually(REVIEWER, f"{path}?kejuruan=las", items=[row])
    other = await system.call(REVIEWER, "GET", f"{path}?kejuruan=menjahit")
    assert other.json()["items"] == []
