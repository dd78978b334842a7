"""A report rendered as text, as JSON and as a page."""

import sys
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache

import jinja2
import orjson

from apps.audit.report import Report
from shared.signing.cloudevents import format_time

_SHOWN = 20
_RESULT = {
    0: "All of it holds.",
    1: "Something does not hold.",
    2: "Not all could be checked.",
}


def print_report(report: Report, *, as_json: bool) -> None:
    """Print the report on standard output, for people or as one line of JSON."""
    if as_json:
        shown = {"holds": report.exit_code == 0, "exit": report.exit_code, **asdict(report)}
        sys.stdout.buffer.write(orjson.dumps(shown, option=orjson.OPT_APPEND_NEWLINE))
        return
    for topic, count in report.records.items():
        since = count - report.fresh[topic]
        known = f", {since} of them proven before" if since else ""
        print(f"{topic}: {count} records in {report.streams[topic]} streams{known}")
    for partition, covered in report.covered.items():
        size, records = covered.size, covered.records
        by = ", ".join(covered.witnesses) or "nobody yet"
        rest = f"; {records - size} are newer" if records > size else ""
        print(f"{partition}: {size} records signed for, witnessed by {by}{rest}")
    if report.keys:
        print(f"{report.keys} keys, {report.acts} acts of other agencies checked")
    for service, count in report.rows.items():
        print(f"{service}: {count} rows compared, {report.parked[service]} records parked")
    _some("NOT YET       ", report.waiting)
    _some("DOES NOT HOLD ", _wrong(report))
    _some("NOT CHECKED   ", report.unchecked)
    print(_RESULT[report.exit_code])


def _wrong(report: Report) -> list[str]:
    problems = [
        f"{p.topic} partition {p.partition} offset {p.offset}: {p.why} ({p.code})"
        for p in report.problems
    ]
    return problems + [
        f"{d.service}: {d.table} {d.key}: {d.why}{': ' if d.fields else ''}{', '.join(d.fields)}"
        for d in report.differences
    ]


def _some(label: str, lines: list[str]) -> None:
    for line in lines[:_SHOWN]:
        print(f"{label} {line}")
    if (more := len(lines) - _SHOWN) > 0:
        print(f"{label} ... and {more} more; --json shows all")


@cache
def _page() -> jinja2.Template:
    loader = jinja2.PackageLoader("apps.audit", "")
    environment = jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True)
    return environment.get_template("report.html")


def to_html(report: Report) -> str:
    """Return a page of its own, that needs neither network nor scripts."""
    return _page().render(
        report=report,
        result=_RESULT[report.exit_code],
        wrong=_wrong(report),
        made=format_time(datetime.now(UTC)),
    )
