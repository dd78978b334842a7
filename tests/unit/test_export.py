import csv
import io
import json
from datetime import UTC, datetime
from typing import Any

import openpyxl
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

from shared.web.export import MEDIA, answer, neutral, suppressed
from shared.web.problems import ProblemError

COLUMNS = ("key", "applied", "placed")
COUNTS = ("applied", "placed")
AS_OF = datetime(2026, 8, 17, 2, 30, tzinfo=UTC)
ROWS: list[dict[str, Any]] = [
    {"key": "=1+1", "applied": 12, "placed": 4},
    {"key": "las", "applied": 5, "placed": 0},
]
HEADER = ["key", "applied", "placed", "suppressed"]


def made(format_: str) -> bytes:
    response = answer(ROWS, COLUMNS, format_, "figures", counts=COUNTS, as_of=AS_OF)
    assert response.media_type == MEDIA[format_]
    disposition = response.headers["content-disposition"]
    assert response.headers["last-modified"] == "Mon, 17 Aug 2026 02:30:00 GMT"
    assert disposition == f'attachment; filename="figures.{format_}"'
    return bytes(response.body)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_that_a_spreadsheet_would_run_is_neutralised(start: str) -> None:
    assert neutral(f"{start}cmd") == f"'{start}cmd"


@pytest.mark.parametrize("value", ["las", "", -5, None, True])
def test_other_cells_stay(value: object) -> None:
    assert neutral(value) is value


@pytest.mark.parametrize("count", range(7))
def test_one_to_four_are_suppressed(count: int) -> None:
    small = 1 <= count <= 4
    row = suppressed({"key": 3, "n": count}, ["n"])
    assert row == {"key": 3, "n": None if small else count, "suppressed": small}


def test_an_absent_count_is_not_a_small_one() -> None:
    assert suppressed({"n": None}, ["n"]) == {"n": None, "suppressed": False}


def test_csv_can_be_read_again() -> None:
    read = list(csv.reader(io.StringIO(made("csv").decode(), newline="")))
    first = ["'=1+1", "12", "", "True"]
    assert read == [HEADER, first, ["las", "5", "0", "False"]]


def test_xlsx_can_be_read_again() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(made("xlsx")))["data"]
    read = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert read == [HEADER, ["'=1+1", 12, None, True], ["las", 5, 0, False]]
    assert sheet["A2"].data_type == "s"


def test_parquet_can_be_read_again() -> None:
    table = pq.read_table(io.BytesIO(made("parquet")))
    assert table.to_pylist() == [
        {"key": "=1+1", "applied": 12, "placed": None, "suppressed": True},
        {"key": "las", "applied": 5, "placed": 0, "suppressed": False},
    ]


@pytest.mark.parametrize("format_", ["csv", "xlsx", "parquet"])
def test_no_rows_are_a_file_too(format_: str) -> None:
    assert answer([], COLUMNS, format_, "figures", counts=COUNTS, as_of=AS_OF).body


def test_json_is_as_it_is() -> None:
    assert json.loads(bytes(answer(ROWS, COLUMNS, "json", "figures", as_of=AS_OF).body)) == {
        "items": ROWS,
        "as_of": "2026-08-17T02:30:00.000000Z",
    }


def test_another_format_is_refused() -> None:
    with pytest.raises(ProblemError):
        answer(ROWS, COLUMNS, "pdf", "figures", as_of=AS_OF)
