"""`sinergi audit verify` and `export`: what they read, and where the report goes."""

import sqlite3
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.progress import Progress, TaskID

from apps.audit.bundle import BadBundle, BundleLog, export
from apps.audit.index import Index
from apps.audit.report import Report
from apps.audit.said import say, to_html
from apps.audit.verify import Verification
from apps.composition.client import Failed, System
from apps.composition.system import SERVICES, TOPICS, VERSION, make_log, trust_file
from shared.kernel.ports import Log, Unavailable
from shared.kernel.settings import Settings
from shared.signing.key_history import KeyHistory
from shared.signing.keys import BadKey
from shared.signing.trust_store import read_roots
from shared.transparency.signed_notes import BadNote


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked for: `url` None leaves the services out; `bundle` is read instead of the log.

    `fresh` forgets what earlier runs have proven, `quick` does not look whether that is still the
    same; `kept` are files of checkpoints.
    """

    url: str | None
    bundle: Path | None = None
    index: Path | None = None
    fresh: bool = False
    quick: bool = False
    kept: Sequence[Path] = ()
    as_json: bool = False
    html: Path | None = None


async def verify(settings: Settings, request: Request) -> int:
    """The exit code: 0 all holds, 1 something does not, 2 something could not be checked."""
    try:
        report = await _verified(settings, request)
    except (BadKey, BadBundle, BadNote, Unavailable, OSError) as error:
        report = Report(unchecked=[str(error)])
    except sqlite3.DatabaseError as error:
        mend = "is another verification running? If not, delete them, or name others with --index"
        report = Report(unchecked=[f"the notes of what was proven can't be used: {error}; {mend}"])
    say(report, as_json=request.as_json)
    if request.html is not None:
        request.html.write_text(to_html(report), "utf-8")
    return report.exit_code


async def _verified(settings: Settings, request: Request) -> Report:
    trust = trust_file(settings)
    keys = KeyHistory(read_roots(trust))
    log: Log = BundleLog(request.bundle) if request.bundle else make_log(settings, readonly=True)
    index = Index(*_index_of(settings, request, trust), fresh=request.fresh)
    unchecked: list[str] = []
    await log.open()
    try:
        async with _system(settings, request.url, unchecked) as system:
            with Progress(console=Console(stderr=True), transient=True) as progress:
                tasks: dict[str, TaskID] = {
                    d.topic: progress.add_task(d.topic) for d in SERVICES.values()
                }

                def show(topic: str, done: int, total: int) -> None:
                    progress.update(tasks[topic], completed=done, total=total)

                kept = [path.read_bytes() for path in request.kept]
                check = Verification(
                    log,
                    SERVICES.values(),
                    keys,
                    system.digests if system else None,
                    show,
                    index,
                    kept,
                    system.fields if system else None,
                    request.quick,
                )
                report = await check.run()
    finally:
        await log.close()
        index.close()
    report.unchecked += unchecked
    return report


def _index_of(settings: Settings, request: Request, trust: Path) -> tuple[Path | None, str]:
    """Where what was proven is kept, and what it is about: this log, these roots, this program."""
    where = str(request.bundle.resolve()) if request.bundle else settings.log or "embedded"
    folds = [
        (
            d.name,
            [(x.kind, x.version) for x in d.deciders],
            [(v.name, v.version) for v in d.all_projections],
        )
        for d in SERVICES.values()
    ]
    about = sha256(repr((where, trust.read_bytes(), VERSION, folds)).encode()).hexdigest()
    if request.bundle is not None and request.index is None:
        return None, about
    return request.index or settings.data / "audit" / f"{about[:16]}.sqlite", about


@asynccontextmanager
async def _system(
    settings: Settings, url: str | None, unchecked: list[str]
) -> AsyncIterator[System | None]:
    async with httpx.AsyncClient(timeout=60, trust_env=False) as client:
        found = None
        if url is not None:
            try:
                found = await System.find(url, client, settings.service_urls)
            except Failed as error:
                unchecked.append(f"the services: {error}")
        yield found


async def write_bundle(settings: Settings, folder: Path) -> Mapping[str, Any]:
    """The manifest. Raises BadBundle, BadKey, Unavailable."""
    log = make_log(settings, readonly=True)
    await log.open()
    try:
        return await export(log, TOPICS, folder, trust_file(settings))
    finally:
        await log.close()
