"""Tables of applicants and instructors: tried, mended, brought in, and brought in again."""

import csv
import io
import json
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest
from openpyxl import Workbook

from apps.composition.client import Failed
from apps.composition.client import System as Client
from apps.operations.imports import bring as bring_file
from shared.web.tables import CSV, MAX_ROWS, XLSX
from tests.scenarios.paser import Paser, applicant, paser

BLK = "petugas-blk"


@pytest.fixture
async def system(tmp_path: Path) -> AsyncIterator[Paser]:
    async with paser(tmp_path) as running:
        yield running


def table(rows: Sequence[dict[str, Any]], delimiter: str = ",") -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, rows[0].keys(), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def row(intake: str, serial: int, **changes: Any) -> dict[str, Any]:
    """An applicant as an office writes it down: ya and tidak."""
    given = applicant(intake, serial, **changes)
    words = {True: "ya", False: "tidak"}
    return {name: words.get(v, v) if isinstance(v, bool) else v for name, v in given.items()}


async def bring(
    system: Paser, kind: str, body: bytes, media: str = CSV, query: str = "", account: str = BLK
) -> Any:
    token = await system.token(account)
    answer = await system.clients["registration"].post(
        f"/v1/imports/{kind}{query}",
        content=body,
        headers={"authorization": f"Bearer {token}", "content-type": media},
    )
    return answer.json() | {"http": answer.status_code}


async def test_good_rows_are_stored_bad_ones_say_how_to_mend_them(system: Paser) -> None:
    intake = await system.opened(BLK)
    rows = [
        row(intake, 1),
        row(intake, 2, nik="640104"),
        row(intake, 3, employed="mungkin"),
        row(intake, 4, name="=HYPERLINK(1)"),
        row(intake, 5),
    ]
    found = await bring(system, "applicants", table(rows, ";"))
    assert (found["stored"], found["ok"], found["errors"]) == (True, 2, 3)
    assert [r["status"] for r in found["rows"]] == ["ok", "error", "error", "error", "ok"]
    assert [r["errors"][0]["column"] for r in found["rows"][1:4]] == ["nik", "employed", "name"]
    assert "ya or tidak" in found["rows"][2]["errors"][0]["en"]
    assert [r["row"] for r in found["rows"]] == [2, 3, 4, 5, 6]


async def test_running_it_again_adds_nothing(system: Paser) -> None:
    intake = await system.opened(BLK)
    rows = [row(intake, 1), row(intake, 2)]
    first = await bring(system, "applicants", table(rows))
    size = await system.size("registration")
    again = await bring(system, "applicants", table([*rows, row(intake, 3)]), account="kepala-blk")
    assert (again["already"], again["ok"]) == (2, 1)
    assert again["rows"][0]["stream"] == first["rows"][0]["stream"]
    assert await system.size("registration") == size + 1


async def test_a_dry_run_and_a_failed_all_leave_no_trace(system: Paser) -> None:
    intake = await system.opened(BLK)
    rows = [row(intake, 1), row(intake, 2, ktp_region="64.09.01")]
    size = await system.size("registration")
    dry = await bring(system, "applicants", table(rows[:1]), query="?dry_run=true")
    assert (dry["stored"], dry["ok"]) == (False, 1)
    every = await bring(system, "applicants", table(rows), query="?rows=all")
    assert (every["stored"], every["ok"], every["errors"]) == (False, 1, 1)
    assert every["rows"][1]["errors"][0]["rule"] == "ktp-paser"
    assert await system.size("registration") == size
    store = system.services["registration"].store
    listed = await system.call(BLK, "GET", "registration/v1/applications")
    assert listed.json()["items"] == []
    assert await store.scan("states", "trainee/") == []


async def test_rows_that_clash_with_each_other_are_found_before_anything_is_stored(
    system: Paser,
) -> None:
    intake = await system.opened(BLK)
    size = await system.size("registration")
    same = row(intake, 1, phone=None)
    rows = [same, same, {**same, "phone": "081234567890"}]
    found = await bring(system, "applicants", table(rows[:2]), query="?dry_run=true")
    assert [r["status"] for r in found["rows"]] == ["ok", "already"]
    found = await bring(system, "applicants", table(rows), query="?rows=all")
    assert [r["status"] for r in found["rows"]] == ["ok", "already", "error"]
    assert (found["stored"], await system.size("registration")) == (False, size)


class Reached(Client):
    """The services of this process, as `sinergi import` finds a running system."""

    def __init__(self, system: Paser) -> None:
        self._system = system

    async def send(
        self, account: str, service: str, path: str, body: bytes, media: str
    ) -> httpx.Response:
        token = await self._system.token(account)
        headers = {"authorization": f"Bearer {token}", "content-type": media}
        return await self._system.clients[service].post(path, content=body, headers=headers)


async def test_the_command_line_tells_the_lines_of_the_file(
    system: Paser, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    intake = await system.opened(BLK)
    rows = [row(intake, serial) for serial in range(1, 54)]
    for each in rows:
        each["address"] = "Tanah Grogot"
    rows[51] |= {"address": "Jl. Jend. Sudirman\nTanah Grogot", "nik": "640104"}
    file = tmp_path / "pendaftar.csv"
    file.write_bytes(table(rows).replace(b"\r\n", b"\r\n\r\n", 1))

    async def run(**options: bool) -> tuple[int, Any]:
        given = {"dry": False, "every": False} | options
        code = await bring_file(Reached(system), BLK, "applicants", file, as_json=True, **given)
        return code, json.loads(capsys.readouterr().out)

    code, found = await run(every=True)
    assert (code, found["ok"], found["error"]) == (1, 52, 1)
    bad = [r for r in found["rows"] if r["status"] == "error"]
    # A blank line, 52 rows, and the address on two lines.
    assert [(r["row"], r["errors"][0]["column"]) for r in bad] == [(55, "nik")]
    listed = await system.call(BLK, "GET", "registration/v1/applications")
    assert listed.json()["items"] == []
    code, found = await run()
    assert (code, found["ok"], found["error"]) == (1, 52, 1)
    code, found = await run(dry=True)
    assert (code, found["already"], found["error"]) == (1, 52, 1)


async def test_the_command_line_says_what_it_cannot_do(system: Paser, tmp_path: Path) -> None:
    file = tmp_path / "empty.csv"
    file.write_bytes(b"\n\n")
    options = {"dry": False, "every": False, "as_json": True}
    for kind, reason in (("applicants", "the table is empty"), ("shoes", "nothing to import")):
        with pytest.raises(Failed, match=reason):
            await bring_file(Reached(system), BLK, kind, file, **options)


async def test_instructors_come_from_excel_with_nested_columns(system: Paser) -> None:
    book, raw = Workbook(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    sheet.append(
        ["nip", "name", "fields", "methodology.number", "methodology.valid_until",
         "competency.number", "competency.valid_until"]
    )  # fmt: skip
    sheet.append(
        ["198001012005011001", "Arif", "las|otomotif", "M1", "2099-01-01", "K1", "2099-01-01"]
    )
    sheet.append([198001012005011002, "Budi", "las", "M2", "2099-01-01", "K2", "2099-01-01"])
    book.save(raw)
    found = await bring(system, "instructors", raw.getvalue(), XLSX)
    assert [r["status"] for r in found["rows"]] == ["ok", "error"]
    assert "lost digits" in found["rows"][1]["errors"][0]["en"]
    listed = await system.call(BLK, "GET", f"registration/v1/{_path(found['rows'][0]['stream'])}")
    assert listed.json()["fields"] == ["las", "otomotif"]


def _path(stream: str) -> str:
    kind, _, id_ = stream.partition("/")
    return f"{kind}s/{id_}"


@pytest.mark.parametrize(
    ("body", "media", "query", "status", "rule"),
    [
        (b"{}", "application/json", "", 415, "content-type"),
        (b"not a zip", XLSX, "", 422, "not-excel"),
        (b"", CSV, "", 422, "empty-table"),
        (b"nik,nik\n1,2\n", CSV, "", 422, "header"),
        (b"\xff\xfe\n", CSV, "", 422, "encoding"),
        (b"nik\n" + b"1\n" * (MAX_ROWS + 1), CSV, "", 422, "too-many-rows"),
        (b"nik\n1\n", CSV, "?rows=some", 422, "invalid-input"),
        (b" " * (5 * 1024 * 1024 + 1), CSV, "", 413, "too-large"),
    ],
)
async def test_a_file_that_is_no_table(
    system: Paser, body: bytes, media: str, query: str, status: int, rule: str
) -> None:
    found = await bring(system, "applicants", body, media, query)
    assert (found["http"], found["rule"]) == (status, rule)


async def test_only_officers_import(system: Paser) -> None:
    found = await bring(system, "applicants", b"nik\n1\n", account="warga-1")
    assert (found["http"], found["rule"]) == (403, "forbidden")
