"""Tables that people bring: CSV and Excel, read row by row into the fields of a command's body.

Column names are field names, nested ones with dots (`methodology.number`); lists are separated by
"|"; yes and no are `ya` and `tidak`; days are YYYY-MM-DD or Excel's own dates.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from pydantic import BaseModel

from shared.problems import ProblemError

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_ROWS = 1000
MAX_BYTES = 5 * 1024 * 1024
_YES, _NO = {"ya", "true", "yes", "1"}, {"tidak", "false", "no", "0"}
# Excel keeps fifteen digits of a number: a NIK or NIP in such a cell has lost its end.
_EXACT = 10**15


class BadCell(NamedTuple):
    """A cell that can't be read, and how to mend it."""

    column: str
    en: str
    id: str


class TableRow(NamedTuple):
    """A row as a command's body, with what could not be read of it. `number` is the file's."""

    number: int
    body: dict[str, Any]
    bad: tuple[BadCell, ...]


def read(raw: bytes, media: str, model: type[BaseModel]) -> list[TableRow]:
    """All rows that are not empty. Raises ProblemError 415 and 422."""
    lines = lines_of(raw, media)
    schema = model.model_json_schema()
    header: list[str] | None = None
    rows = []
    for number, cells in lines:
        if not any(cell not in (None, "") for cell in cells):
            continue
        if header is None:
            header = [str(cell or "").strip() for cell in cells]
            _check(header)
            continue
        rows.append(_row(number, header, cells, schema))
        if len(rows) > MAX_ROWS:
            raise ProblemError(
                422,
                "too-many-rows",
                f"A table may have at most {MAX_ROWS} rows. Split the file.",
                f"Tabel paling banyak {MAX_ROWS} baris. Bagi berkasnya.",
            )
    if header is None:
        raise ProblemError(422, "empty-table", "The table is empty.", "Tabelnya kosong.")
    return rows


def lines_of(raw: bytes, media: str) -> Iterator[tuple[int, Sequence[Any]]]:
    """The file's lines with their numbers, as they are. Raises ProblemError 415 and 422."""
    if media == CSV:
        return _csv(raw)
    if media == XLSX:
        return _xlsx(raw)
    raise ProblemError(
        415,
        "content-type",
        f"Send a table as {CSV} or as an Excel file ({XLSX}).",
        f"Kirim tabel sebagai {CSV} atau berkas Excel ({XLSX}).",
    )


def _check(header: Sequence[str]) -> None:
    if len(set(header)) < len(header) or not all(header):
        raise ProblemError(
            422,
            "header",
            "Every column needs a name of its own in the first line.",
            "Setiap kolom harus memiliki nama sendiri pada baris pertama.",
        )


def _csv(raw: bytes) -> Iterator[tuple[int, Sequence[Any]]]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ProblemError(
            422, "encoding", "Save the CSV as UTF-8.", "Simpan CSV sebagai UTF-8."
        ) from error
    first = text.split("\n", 1)[0]
    # Excel separates by semicolons where the comma stands in numbers, as in Indonesia.
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    for cells in reader:
        yield reader.line_num, cells


def _xlsx(raw: bytes) -> Iterator[tuple[int, Sequence[Any]]]:
    from zipfile import BadZipFile

    from openpyxl import load_workbook  # slow to import, and few ask for it
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(io.BytesIO(raw), read_only=True, data_only=False)
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError) as error:
        raise ProblemError(
            422,
            "not-excel",
            "This is not an Excel file (.xlsx). Save it as one, or as CSV.",
            "Ini bukan berkas Excel (.xlsx). Simpan sebagai .xlsx atau CSV.",
        ) from error
    sheet = book.worksheets[0]
    yield from enumerate(sheet.iter_rows(values_only=True), 1)


def _row(
    number: int, header: Sequence[str], cells: Sequence[Any], schema: Mapping[str, Any]
) -> TableRow:
    body: dict[str, Any] = {}
    bad: list[BadCell] = []
    for column, cell in zip(header, cells, strict=False):
        if cell is None or cell == "":
            continue
        value = _value(column, cell, _kind(schema, column.split(".")))
        if isinstance(value, BadCell):
            bad.append(value)
            continue
        inside = body
        *parents, name = column.split(".")
        for parent in parents:
            inside = inside.setdefault(parent, {})
            if not isinstance(inside, dict):
                bad.append(BadCell(column, "clashes with another column", "bentrok dengan kolom"))
                break
        else:
            inside[name] = value
    if len(cells) > len(header) and any(cell not in (None, "") for cell in cells[len(header) :]):
        bad.append(BadCell("", "more cells than columns", "sel lebih banyak daripada kolom"))
    return TableRow(number, body, tuple(bad))


def _kind(schema: Mapping[str, Any], path: Sequence[str]) -> str:
    """The JSON type of a field: string for one that there is not, which the model will refuse."""
    found: Any = schema
    for name in path:
        found = _resolved(schema, found).get("properties", {}).get(name, {})
    return str(_resolved(schema, found).get("type", "string"))


def _resolved(schema: Mapping[str, Any], found: Any) -> Mapping[str, Any]:
    if "anyOf" in found:
        found = next((each for each in found["anyOf"] if each.get("type") != "null"), {})
    while "$ref" in found:
        found = schema["$defs"][found["$ref"].rpartition("/")[2]]
    return found  # type: ignore[no-any-return]


def _value(column: str, cell: Any, kind: str) -> Any:
    """The cell as JSON of this type; a BadCell when a person must mend it."""
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, str) and cell.lstrip().startswith("="):
        return BadCell(column, "is a formula; enter its value", "berisi rumus; isi nilainya")
    if kind == "boolean":
        text = str(cell).strip().lower()
        if text in _YES or text in _NO:
            return text in _YES
        return BadCell(column, "must be ya or tidak", "harus ya atau tidak")
    if kind == "integer":
        text = str(cell).strip()
        return int(text) if text.lstrip("-").isascii() and text.lstrip("-").isdigit() else text
    if kind == "array":
        return [part.strip() for part in str(cell).split("|") if part.strip()]
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if abs(cell) >= _EXACT or cell != int(cell):
            return BadCell(
                column,
                "lost digits as a number; format the column as text and enter it again",
                "kehilangan angka; ubah format kolom menjadi teks lalu isi kembali",
            )
        return str(int(cell))
    return str(cell).strip()
