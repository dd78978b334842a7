"""Inboxes over HTTP: a task is there from the event that opens it to the command that ends it."""

from pathlib import Path
from typing import Any

from tests.scenarios.paser import Paser, applicant, partner, paser, terms
from tests.toy import until

BLK = "petugas-blk"


async def inbox(system: Paser, account: str, service: str = "registration") -> list[dict[str, Any]]:
    answer = await system.call(account, "GET", f"{service}/v1/inbox")
    assert answer.is_success, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def has(system: Paser, account: str, tasks: set[str], service: str = "registration") -> Any:
    found: list[dict[str, Any]] = []

    async def there() -> bool:
        nonlocal found
        found = await inbox(system, account, service)
        return {task["task"] for task in found} == tasks

    await until(there, f"{account} has {tasks}: {found}")
    return found


async def test_the_command_that_a_task_names_ends_it(tmp_path: Path) -> None:
    async with paser(tmp_path) as system:
        assert await inbox(system, BLK) == []
        intake = await system.opened(BLK)
        opened = await has(system, BLK, {"assign-instructor"})
        assert opened[0]["deadline"] > opened[0]["since"]
        done = await system.said(BLK, "registration/v1/applications", applicant(intake, 1))
        tasks = await has(system, BLK, {"assign-instructor", "check-file"})
        assert [task["since"] for task in tasks] == sorted(task["since"] for task in tasks)
        method, _, path = tasks[1]["command"].partition(" ")
        assert (method, path) == ("POST", f"/v1/applications/{done['id']}/verification")
        await system.said(BLK, f"registration{path}")
        await has(system, BLK, {"assign-instructor", "enter-scores"})
        withdrawn = {"reason": "found-work"}
        await system.said(BLK, f"registration/v1/applications/{done['id']}/withdrawal", withdrawn)
        await has(system, BLK, {"assign-instructor"})


async def test_only_the_agency_that_must_act_sees_the_task(tmp_path: Path) -> None:
    async with paser(tmp_path) as system:
        await system.said(
            "sekretariat-bpvp", "partners/v1/partners/makassar", partner("makassar", "las")
        )
        agreed = await system.said(BLK, "partners/v1/agreements", terms("makassar", "las", "seats"))
        await has(system, "bpvp-makassar", {"sign-agreement-partner"}, "partners")
        assert await inbox(system, "bpvp-medan", "partners") == []
        assert await inbox(system, BLK, "partners") == []
        await system.said("bpvp-makassar", f"partners/v1/agreements/{agreed['id']}/signature")
        await has(system, "bpvp-makassar", set(), "partners")
