"""`sinergi retention`: asks page by page, erases each, stops at the first refusal."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from apps.cli import app, persons
from apps.composition.client import Failed

FILE = {"file": "application/a1", "ended": "declined", "ended_on": "2022-07-05", "keep_days": 365}


def person(id_: str) -> dict[str, Any]:
    return {"whom": {"application": id_}, "kept_until": "2023-07-05", "files": [FILE]}


class Registration:
    """Answers as the service does; `asked` is what was asked of it."""

    def __init__(self, *, refuses: bool = False) -> None:
        self.asked: list[tuple[str, str, Any]] = []
        self._refuses = refuses

    async def call(
        self, account: str, method: str, service: str, path: str, body: Any = None
    ) -> httpx.Response:
        self.asked.append((account, path, body))
        if method == "POST":
            problem = {"detail": "masih berjalan"}
            return (
                httpx.Response(409, json=problem) if self._refuses else httpx.Response(200, json={})
            )
        first = path.endswith("after=")
        page = {"items": [person("a1" if first else "a2")], **({"next": "p1"} if first else {})}
        return httpx.Response(200, json=page)


@pytest.fixture
def registration(monkeypatch: pytest.MonkeyPatch) -> Registration:
    return _at(monkeypatch, Registration())


def _at(monkeypatch: pytest.MonkeyPatch, service: Registration) -> Registration:
    @asynccontextmanager
    async def system_at(url: str) -> AsyncIterator[Registration]:
        yield service

    monkeypatch.setattr(persons, "system_at", system_at)
    return service


def test_a_dry_run_only_says_who_and_why(registration: Registration) -> None:
    result = CliRunner().invoke(app, ["retention", "--dry-run"])
    assert result.exit_code == 0, result.output
    assert (
        result.stdout.splitlines()
        == ["2023-07-05  application/a1 declined on 2022-07-05, kept 365 days"] * 2
    )
    assert "2 would be erased" in result.stderr
    assert [body for _, _, body in registration.asked] == [None, None]


def test_each_is_erased_by_the_officer(registration: Registration) -> None:
    result = CliRunner().invoke(app, ["retention", "--account", "kepala-blk"])
    assert result.exit_code == 0, result.output
    assert "2 were erased" in result.stderr
    assert registration.asked[2:] == [
        ("kepala-blk", "/v1/persons/erasure", {"application": id_, "reason": "retention"})
        for id_ in ("a1", "a2")
    ]


def test_a_refusal_is_said_and_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    service = _at(monkeypatch, Registration(refuses=True))
    result = CliRunner().invoke(app, ["retention"])
    assert isinstance(result.exception, Failed)
    assert str(result.exception) == "masih berjalan"
    assert len(service.asked) == 3
