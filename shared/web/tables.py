"""Tables that people bring: CSV and Excel, read row by row into the fields of a command's body.

Column names are field names, nested ones with dots (`methodology.number`); lists are separated by
"|"; yes and no are `ya` and `tidak`; days are YYYY-MM-DD or Excel's own dates.
"""

import csv
import io
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from unicodedata import normalize
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from pydantic import BaseModel

from shared.web.problems import ProblemError

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MAX_ROWS = 1000
MAX_BYTES = 5 * 1024 * 1024
# Empty ones included, which a spreadsheet may have without end.
_MAX_LINES = 20 * MAX_ROWS
_MAX_COLUMNS = 200
# What an Excel file may unpack to: a small one can hold gigabytes.
_MAX_UNPACKED = 64 * 1024 * 1024
_YES, _NO = {"ya", "true", "yes", "1"}, {"tidak", "false", "no", "0"}
# Excel keeps fifteen digits of a number: a NIK or NIP in such a cell has lost its end.
_EXACT = 10**15
_WHOLE = re.compile(r"-?[0-9]{1,18}")


# What openpyxl raises on what only looks like a workbook; it reads a sheet while it is walked.
_BROKEN = (
    BadZipFile, ParseError, zlib.error, LookupError, ValueError, TypeError,
    AttributeError, OSError, EOFError, OverflowError, NotImplementedError, RuntimeError,
)  # fmt: skip


class BadCell(NamedTuple):
    """A cell that can't be read; `code` is of the sentence that says how to mend it."""

    column: str
    code: str


class TableRow(NamedTuple):
    """A row as a command's body, with what could not be read of it. `number` is the file's."""

    number: int
    body: dict[str, Any]
    bad: tuple[BadCell, ...]


def read(raw: bytes, media: str, model: type[BaseModel]) -> list[TableRow]:
    """Return all rows that are not empty. Raises ProblemError 415 and 422."""
    lines = lines_of(raw, media)
    schema = model.model_json_schema()
    header: list[str] | None = None
    rows = []
    for number, cells in lines:
        if number > _MAX_LINES:
            raise _too_many()
        if is_empty(cells):
            continue
        if header is None:
            header = [str(cell or "").strip() for cell in cells]
            _check(header)
            continue
        rows.append(_row(number, header, cells, schema))
        if len(rows) > MAX_ROWS:
            raise _too_many()
    if header is None:
        raise ProblemError(422, "empty-table")
    return rows


def _too_many() -> ProblemError:
    return ProblemError(422, "too-many-rows", most=MAX_ROWS)


def is_empty(cells: Sequence[Any]) -> bool:
    """Return whether nothing is in any of the cells; such a line is no row."""
    return all(cell is None or cell == "" for cell in cells)


def lines_of(raw: bytes, media: str) -> Iterator[tuple[int, Sequence[Any]]]:
    """Return the file's lines with their numbers, as they are. Raises ProblemError 415 and 422."""
    if media == CSV:
        return _csv(raw)
    if media == XLSX:
        return _xlsx(raw)
    raise ProblemError(415, "content-type:table", csv=CSV, xlsx=XLSX)


def _check(header: Sequence[str]) -> None:
    if len(set(header)) < len(header) or not all(header):
        raise ProblemError(422, "header")
    if len(header) > _MAX_COLUMNS or any(len(name) > 100 for name in header):
        raise ProblemError(422, "header:columns", most=_MAX_COLUMNS)


def _csv(raw: bytes) -> Iterator[tuple[int, Sequence[Any]]]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ProblemError(422, "encoding") from error
    first = text.split("\n", 1)[0]
    # Excel separates by semicolons where the comma stands in numbers, as in Indonesia.
    delimiter = ";" if first.count(";") > first.count(",") else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except csv.Error as error:
        raise ProblemError(422, "not-csv", line=reader.line_num) from error


def _xlsx(raw: bytes) -> Iterator[tuple[int, Sequence[Any]]]:
    from openpyxl import load_workbook  # slow to import, and few ask for it

    try:
        with ZipFile(io.BytesIO(raw)) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
        if unpacked > _MAX_UNPACKED:
            raise ProblemError(413, "too-large:workbook", most=_MAX_UNPACKED)
        book = load_workbook(io.BytesIO(raw), read_only=True, data_only=False)
        yield from enumerate(book.worksheets[0].iter_rows(values_only=True), 1)
    except _BROKEN as error:
        raise ProblemError(422, "not-excel") from error


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
                bad.append(BadCell(column, "cell:clash"))
                break
        else:
            inside[name] = value
    if not is_empty(cells[len(header) :]):
        bad.append(BadCell("", "cell:more-cells"))
    return TableRow(number, body, tuple(bad))


def _kind(schema: Mapping[str, Any], path: Sequence[str]) -> str:
    """Return the JSON type of a field: string for one that there is not, which the model will
    refuse.
    """
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
    """Return the cell as JSON of this type; a BadCell when a person must mend it."""
    if isinstance(cell, datetime):
        cell = cell.date()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, str):
        cell = normalize("NFC", cell)  # nobody signs a table's bytes, so this may be mended
    if isinstance(cell, str) and cell.lstrip().startswith("="):
        return BadCell(column, "cell:formula")
    if kind == "boolean":
        text = str(cell).strip().lower()
        if text in _YES or text in _NO:
            return text in _YES
        return BadCell(column, "cell:yes-no")
    if kind == "integer":
        text = str(cell).strip()
        return int(text) if _WHOLE.fullmatch(text) else text
    if kind == "array":
        return [part.strip() for part in str(cell).split("|") if part.strip()]
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if abs(cell) >= _EXACT or cell % 1:
            return BadCell(column, "cell:lost-digits")
        return str(int(cell))
    return str(cell).strip()
