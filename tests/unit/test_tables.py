"""Tables as people make them: what is read, what is refused, and that no file breaks the reader."""

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import Workbook
from pydantic import BaseModel

from shared.kernel.sentences import sentence
from shared.web.problems import ProblemError
from shared.web.tables import CSV, XLSX, read


class Paper(BaseModel):
    number: str
    valid_until: date


class Person(BaseModel):
    name: str
    age: int
    works: bool
    fields: list[str]
    paper: Paper | None = None


def excel(rows: Sequence[Sequence[Any]], alter: Callable[[str, bytes], bytes | None]) -> bytes:
    """A workbook, each part of which `alter` may change or leave out."""
    book, made, altered = Workbook(), io.BytesIO(), io.BytesIO()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    book.save(made)
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(altered, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if (part := alter(name, old.read(name))) is not None:
                new.writestr(name, part)
    return altered.getvalue()


def as_it_is(name: str, part: bytes) -> bytes:
    return part


def body(text: str) -> dict[str, Any]:
    (row,) = read(text.encode(), CSV, Person)
    assert row.bad == ()
    return row.body


def test_cells_become_what_the_field_is() -> None:
    header = "name;age;works;fields;paper.number;paper.valid_until"
    text = f"{header}\n 007 ;17;ya;las|roti-kue;1;2099-01-01"
    assert body(text) == {
        "name": "007",
        "age": 17,
        "works": True,
        "fields": ["las", "roti-kue"],
        "paper": {"number": "1", "valid_until": "2099-01-01"},
    }


@pytest.mark.parametrize("word", ["tidak", "Tidak", "false", "0"])
def test_no_has_several_words(word: str) -> None:
    assert body(f"works\n{word}\n") == {"works": False}


@pytest.mark.parametrize("cell", ["--5", "-", "1.5", "9" * 25, "9" * 5000, "٣"])
def test_what_is_no_number_is_left_for_the_model_to_refuse(cell: str) -> None:
    assert body(f"age\n{cell}\n") == {"age": cell}


def test_text_gets_unicode_s_composed_form() -> None:
    assert body("name;age;works;fields\nA\u030a;1;ya;e\u0301|b") == {
        "name": "\u00c5",
        "age": 1,
        "works": True,
        "fields": ["\u00e9", "b"],
    }


def test_empty_cells_and_lines_are_absent() -> None:
    rows = read("﻿name,age\n\n,17\n,\nA,\n".encode(), CSV, Person)
    assert [(row.number, row.body) for row in rows] == [(3, {"age": 17}), (5, {"name": "A"})]


@pytest.mark.parametrize(
    ("text", "column", "said"),
    [
        ("name\n=1+1\n", "name", "formula"),
        ("works\nmungkin\n", "works", "ya or tidak"),
        ("name,name.x\na,b\n", "name.x", "clashes"),
        ("name\na,b\n", "", "more cells"),
    ],
)
def test_a_cell_that_a_person_must_mend(text: str, column: str, said: str) -> None:
    (row,) = read(text.encode(), CSV, Person)
    assert [(bad.column, said in sentence(bad.code, {}, "en")) for bad in row.bad] == [
        (column, True)
    ]


def test_excel_cells_keep_their_kind() -> None:
    rows: list[list[Any]] = [
        ["name", "age", "works", "paper.valid_until"],
        ["A", 17, True, datetime(2099, 1, 2, 3, 4)],  # noqa: DTZ001 - as Excel has it
        [6.0, "18", "tidak", date(2099, 1, 2)],
        ["=A1", 1, 0, "2099-01-02"],
        [6401050101900001, 1, 1, None],
    ]
    found = read(excel(rows, as_it_is), XLSX, Person)
    assert [row.body.get("name") for row in found] == ["A", "6", None, None]
    assert [row.body["works"] for row in found] == [True, False, False, True]
    assert found[0].body["paper"] == found[1].body["paper"] == {"valid_until": "2099-01-02"}
    assert [bad.code for row in found for bad in row.bad] == ["cell:formula", "cell:lost-digits"]


def _cut(part: str) -> Callable[[str, bytes], bytes | None]:
    return lambda name, raw: raw[: len(raw) // 2] if part in name else raw


def _swap(old: bytes, new: bytes) -> Callable[[str, bytes], bytes | None]:
    return lambda _, raw: raw.replace(old, new)


@pytest.mark.parametrize(
    "alter",
    [
        _cut("sheet1"),
        _cut("workbook.xml"),
        _cut("styles"),
        lambda name, raw: None if "sheet1" in name else raw,
        _swap(b"<v>77</v>", b"<v>nan</v>"),
        _swap(b"<v>77</v>", b"<v>" + b"9" * 5000 + b"</v>"),
        _swap(b'r="A1"', b'r="ZZZZZ1"'),
    ],
)
def test_a_broken_workbook_is_said_to_be_one(alter: Callable[[str, bytes], bytes | None]) -> None:
    with pytest.raises(ProblemError) as caught:
        read(excel([["name", "age"], ["A", 77]], alter), XLSX, Person)
    assert (caught.value.status, caught.value.rule) == (422, "not-excel")


def test_a_small_workbook_that_unpacks_to_much_is_refused() -> None:
    raw = excel([["name"], ["A"]], _swap(b"<t>A</t>", b"<t>" + b"A" * 70_000_000 + b"</t>"))
    assert len(raw) < 200_000
    with pytest.raises(ProblemError) as caught:
        read(raw, XLSX, Person)
    assert (caught.value.status, caught.value.rule) == (413, "too-large")


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("name\n" + "x" * 200_000, "not-csv"),
        (".".join(["a"] * 2000) + "\n1\n", "header"),
        (",".join(f"c{n}" for n in range(300)) + "\n1\n", "header"),
        ("name\n" + "\n" * 30_000 + "A\n", "too-many-rows"),
    ],
)
def test_a_file_out_of_proportion_is_refused(text: str, rule: str) -> None:
    with pytest.raises(ProblemError) as caught:
        read(text.encode(), CSV, Person)
    assert (caught.value.status, caught.value.rule) == (422, rule)
