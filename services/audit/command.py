"""`sinergi audit verify`: the report for a person, or as JSON."""

import sys
from dataclasses import asdict

import httpx
import orjson
from rich.console import Console
from rich.progress import Progress

from services.audit.report import Report
from services.audit.verify import Verification
from services.client import Failed, System
from services.system import SERVICES, make_log, trust_file
from shared.key_history import KeyHistory
from shared.keys import BadKey
from shared.ports import Unavailable
from shared.settings import Settings
from shared.trust import read_roots

_SHOWN = 20


async def verify(settings: Settings, url: str | None, *, as_json: bool) -> int:
    """The exit code: 0 all holds, 1 something does not, 2 something could not be checked."""
    try:
        keys = KeyHistory(read_roots(trust_file(settings)))
        log = make_log(settings, readonly=True)
        await log.open()
        await keys.refresh(log)
    except (BadKey, Unavailable) as error:
        _say(Report(unchecked=[str(error)]), as_json)
        return 2
    unchecked = []
    async with httpx.AsyncClient(timeout=60, trust_env=False) as client:
        digests = None
        if url is not None:
            try:
                digests = (await System.find(url, client, settings.service_urls)).digests
            except Failed as error:
                unchecked.append(f"the services: {error}")
        with Progress(console=Console(stderr=True), transient=True) as progress:
            tasks = {t.topic: progress.add_task(t.topic) for t in SERVICES.values()}
            verification = Verification(
                log,
                SERVICES.values(),
                keys,
                digests,
                lambda topic, done, total: progress.update(
                    tasks[topic], completed=done, total=total
                ),
            )
            try:
                report = await verification.run()
            except Unavailable as error:
                report = Report(unchecked=[f"the log: {error}"])
            finally:
                await log.close()
    report.unchecked += unchecked
    _say(report, as_json)
    return report.exit_code


def _say(report: Report, as_json: bool) -> None:
    if as_json:
        shown = {"holds": report.exit_code == 0, "exit": report.exit_code, **asdict(report)}
        sys.stdout.buffer.write(orjson.dumps(shown, option=orjson.OPT_APPEND_NEWLINE))
        return
    for topic, count in report.records.items():
        print(f"{topic}: {count} records in {report.streams[topic]} streams")
    for service, count in report.rows.items():
        print(f"{service}: {count} rows compared, {report.parked[service]} records parked")
    for problem in report.problems[:_SHOWN]:
        place = f"{problem.topic} partition {problem.partition} offset {problem.offset}"
        print(f"DOES NOT HOLD  {place}: {problem.why} ({problem.code})")
    for difference in report.differences[:_SHOWN]:
        print(
            f"DOES NOT HOLD  {difference.service}: {difference.table} {difference.key}:"
            f" {difference.why}"
        )
    more = len(report.problems) + len(report.differences) - 2 * _SHOWN
    if more > 0:
        print(f"... and up to {more} more; --json shows all")
    for what in report.unchecked[:_SHOWN]:
        print(f"NOT CHECKED    {what}")
    print(
        {0: "All of it holds.", 1: "Something does not hold.", 2: "Not all could be checked."}[
            report.exit_code
        ]
    )
