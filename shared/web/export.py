"""Rows to take along: CSV, Excel, Parquet or JSON; small counts are shown to the agency alone.

A count of 1 to 4 could point at a person, so what leaves the agency shows nothing there.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime
from typing import Annotated, Any, Literal, get_args

from starlette.responses import JSONResponse, Response

from shared.events.described import described
from shared.kernel.extras import MissingExtra, load
from shared.signing.cloudevents import format_time
from shared.web.problems import Offence, ProblemError

Format = Annotated[
    Literal["json", "csv", "xlsx", "parquet"],
    described(
        en="the format of the answer; all but `json` come as a file",
        id="format jawaban; selain `json` dikirim sebagai berkas",
        example="csv",
    ),
]
FORMATS: tuple[str, ...] = get_args(get_args(Format)[0])
SMALLEST = 5
# A spreadsheet runs a cell that begins with one of these (OWASP: CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}


def neutral(value: Any) -> Any:
    """Return the value, with an apostrophe before text that a spreadsheet would run."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value


def suppressed(row: Mapping[str, Any], counts: Iterable[str]) -> dict[str, Any]:
    """The row without its small counts; `suppressed` says whether there was one."""
    small = {name for name in counts if 0 < (row[name] or 0) < SMALLEST}
    return {**row, **dict.fromkeys(small), "suppressed": bool(small)}


def answer(
    rows: Sequence[Mapping[str, Any]],
    columns: Sequence[str],
    format_: str,
    name: str,
    *,
    as_of: datetime,
    counts: Sequence[str] = (),
    own: bool = False,
) -> Response:
    """Return the rows as a file of this format.

    Raise ProblemError 422 for an unknown format, 501 for Parquet where pyarrow is absent.

    Only as JSON and to the agency's `own` people are small counts shown as they are. `as_of` is the
    instant of which the rows are; that of a file is its `Last-Modified`.
    """
    if format_ == "json":
        shown = [dict(row) if own or not counts else suppressed(row, counts) for row in rows]
        return JSONResponse({"items": shown, "as_of": format_time(as_of)})
    if format_ not in FORMATS:
        raise ProblemError(
            422,
            "invalid-input:format",
            errors=[Offence("format", "field:choices", {"choices": list(FORMATS)})],
            choices=list(FORMATS),
        )
    safe = [suppressed(row, counts) for row in rows]
    made = {"csv": to_csv, "xlsx": to_xlsx, "parquet": to_parquet}[format_]
    body = made(safe, (*columns, "suppressed"))
    headers = {
        "content-disposition": f'attachment; filename="{name}.{format_}"',
        "last-modified": format_datetime(as_of, usegmt=True),
    }
    return Response(body, media_type=MEDIA[format_], headers=headers)


def to_csv(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> bytes:
    """UTF-8 with a header line; absent values are empty."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(columns)
    for row in rows:
        writer.writerow([neutral(row.get(column)) for column in columns])
    return out.getvalue().encode()


def to_xlsx(rows: Iterable[Mapping[str, Any]], columns: Sequence[str]) -> bytes:
    """Return one sheet with a header row."""
    from openpyxl import Workbook  # slow to import, and few ask for it

    book = Workbook(write_only=True)
    sheet = book.create_sheet("data")
    sheet.append(list(columns))
    for row in rows:
        sheet.append([neutral(row.get(column)) for column in columns])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def to_parquet(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> bytes:
    """Return a Parquet file, compressed with zstd. Raise ProblemError 501 without pyarrow.

    A program reads it and no spreadsheet, so nothing is neutralised.
    """
    try:  # here and not at the top: slow to import, and few ask for it
        pa, pq = load("pyarrow", "parquet"), load("pyarrow.parquet", "parquet")
    except MissingExtra as missing:
        raise ProblemError(501, "parquet-not-installed") from missing
    table = pa.table({column: [row.get(column) for row in rows] for column in columns})
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd")
    return out.getvalue()
