"""`sinergi import`: sends a table in pieces, shows how far it is, and what must be mended."""

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from apps.composition.client import Failed, System, problem_of
from shared.web.bulk_import import Imported, RowResult
from shared.web.problems import ProblemError
from shared.web.tables import CSV, MAX_ROWS, XLSX, is_empty, lines_of

WHERE = {"applicants": "registration", "instructors": "registration", "assets": "equipment"}
PIECE = 50


Cells = Sequence[object]


async def bring(
    system: System, account: str, kind: str, file: Path, *, dry: bool, every: bool, as_json: bool
) -> int:
    """Send the table and tell the outcome.

    The exit code: 0 when every row is stored (or would be), else 1. Raises Failed."""
    if kind not in WHERE:
        raise Failed(f"there is nothing to import as {kind}: take one of {', '.join(WHERE)}")
    header, rows = _read(file)
    media = _media(file)
    results: list[RowResult] = []
    # All or none: nothing is kept before every piece has been tried.
    passes = [True] if dry else [True, False] if every else [False]
    for trying in passes:
        results = await _send(system, account, kind, media, header, rows, dry=trying)
        if trying and any(result.status == "error" for result in results):
            break
    _tell(results, as_json=as_json, dry=dry)
    return 1 if any(result.status == "error" for result in results) else 0


def _media(file: Path) -> str:
    return XLSX if file.suffix.lower() == ".xlsx" else CSV


def _read(file: Path) -> tuple[Cells, list[tuple[int, Cells]]]:
    try:
        lines = [
            line for line in lines_of(file.read_bytes(), _media(file)) if not is_empty(line[1])
        ]
    except ProblemError as error:
        raise Failed(f"{file}: {error}") from error
    if not lines:
        raise Failed(f"{file}: the table is empty")
    return lines[0][1], lines[1:]


async def _send(
    system: System,
    account: str,
    kind: str,
    media: str,
    header: Cells,
    rows: list[tuple[int, Cells]],
    *,
    dry: bool,
) -> list[RowResult]:
    results: list[RowResult] = []
    # Rows that clash with each other are found only where they are tried together.
    size = MAX_ROWS if dry else PIECE
    pieces = [rows[start : start + size] for start in range(0, len(rows), size)]
    console = Console(stderr=True)
    for piece in track(pieces, "Mencoba" if dry else "Menyimpan", console=console, transient=True):
        body = _piece(header, [cells for _, cells in piece], media)
        path = f"/v1/imports/{kind}?dry_run={str(dry).lower()}"
        answer = await system.send(account, WHERE[kind], path, body, media)
        if answer.is_error:
            raise Failed(f"{kind}: {problem_of(answer)}")
        # The service counts the lines of the piece; the person those of the file.
        found = zip(piece, Imported.model_validate_json(answer.content).rows, strict=True)
        results += [row.model_copy(update={"row": number}) for (number, _), row in found]
    return results


def _piece(header: Cells, rows: Sequence[Cells], media: str) -> bytes:
    """Make a file of the same kind: Excel's cells say what they are, which text would lose."""
    if media == XLSX:
        from openpyxl import Workbook  # slow to import, and few ask for it

        book, made = Workbook(write_only=True), io.BytesIO()
        sheet = book.create_sheet()
        for cells in (header, *rows):
            sheet.append(list(cells))
        book.save(made)
        return made.getvalue()
    out = io.StringIO(newline="")
    csv.writer(out).writerows([header, *rows])
    return out.getvalue().encode()


def _tell(results: list[RowResult], *, as_json: bool, dry: bool) -> None:
    counts = {s: sum(r.status == s for r in results) for s in ("ok", "already", "error")}
    if as_json:
        shown = [result.model_dump(mode="json", exclude_none=True) for result in results]
        typer.echo(json.dumps({"dry_run": dry, **counts, "rows": shown}, indent=2))
        return
    console = Console(stderr=True)
    if counts["error"]:
        table = Table("Baris", "Kolom", "Yang salah, dan cara memperbaikinya")
        for result in results:
            for error in result.errors:
                table.add_row(str(result.row), error.column, error.id)
        console.print(table)
    verb = "dapat disimpan" if dry else "disimpan"
    console.print(
        f"{counts['ok']} baris {verb}, {counts['already']} sudah ada, {counts['error']} ditolak"
    )
