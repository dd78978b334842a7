"""Figures over HTTP: the centre sees its counts; what others get could point at nobody."""

from pathlib import Path
from typing import Any

from tests.scenarios.paser import Paser, applicant, paser
from tests.toy import until

PATH = "registration/v1/figures?by=kecamatan"


async def test_other_agencies_see_no_small_counts(tmp_path: Path) -> None:
    async with paser(tmp_path) as system:
        intake = await system.opened("petugas-blk")
        for serial in range(1, 4):
            body = applicant(intake, serial)
            await system.said("petugas-blk", "registration/v1/applications", body)

        async def counted() -> bool:
            found = await _figures(system, "petugas-blk")
            return [row["applied"] for row in found] == [3]

        await until(counted, "the centre sees three applicants")
        for account in ("peninjau-kemenaker", "bpvp-medan", "auditor"):
            (row,) = await _figures(system, account)
            assert row["applied"] is None
            assert row["suppressed"] is True
        exported = await system.call("petugas-blk", "GET", f"{PATH}&format=csv")
        assert exported.text.splitlines()[1] == "64.01.04,,,0,0,0,0,True"


async def _figures(system: Paser, account: str) -> list[dict[str, Any]]:
    answer = await system.call(account, "GET", PATH)
    assert answer.is_success, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items
