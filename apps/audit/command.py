"""`sinergi audit verify` and `export`: open what they read, and show the report."""

import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import httpx
from rich.console import Console
from rich.progress import Progress, TaskID

from apps.audit.bundle import BadBundle, BundleLog, Manifest, export
from apps.audit.index import Index
from apps.audit.rendering import print_report, to_html
from apps.audit.report import Report
from apps.audit.verify import Verification
from apps.composition.client import Failed, System
from apps.composition.running import Target
from apps.composition.system import SERVICES, TOPICS, VERSION, reading_log, trust_file
from shared.kernel.ports import Damaged, Log, Unavailable
from shared.kernel.settings import Settings, read_client_settings
from shared.signing.key_history import KeyHistory
from shared.signing.keys import BadKey
from shared.signing.trust_store import read_roots
from shared.transparency.signed_notes import BadNote


@dataclass(frozen=True, slots=True)
class Request:
    """A verification that is asked for.

    `target` None leaves the services out; `bundle` is read instead of the log.
    `fresh` forgets what earlier runs have proven, `quick` does not look whether that is still the
    same; `kept` are files of checkpoints.
    """

    target: Target | None
    bundle: Path | None = None
    index: Path | None = None
    fresh: bool = False
    quick: bool = False
    kept: Sequence[Path] = ()
    as_json: bool = False
    html: Path | None = None


async def verify(settings: Settings, request: Request) -> int:
    """Verify and print the report.

    The exit code: 0 all holds, 1 something does not, 2 something could not be checked.
    """
    try:
        report = await _verified(settings, request)
    except (BadKey, BadBundle, BadNote, Damaged, Unavailable, OSError) as error:
        report = Report(unchecked=[str(error)])
    except sqlite3.DatabaseError as error:
        mend = "is another verification running? If not, delete them, or name others with --index"
        report = Report(unchecked=[f"the notes of what was proven can't be used: {error}; {mend}"])
    print_report(report, as_json=request.as_json)
    if request.html is not None:
        request.html.write_text(to_html(report), "utf-8")
    return report.exit_code


async def _verified(settings: Settings, request: Request) -> Report:
    trust = trust_file(settings)
    keys = KeyHistory(read_roots(trust))
    index = Index(*_index_of(settings, request, trust), fresh=request.fresh)
    unchecked: list[str] = []
    try:
        async with (
            _log(settings, request) as log,
            _system(settings, request.target, unchecked) as system,
        ):
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
        index.close()
    report.unchecked += unchecked
    return report


@asynccontextmanager
async def _log(settings: Settings, request: Request) -> AsyncIterator[Log]:
    if request.bundle is None:
        async with reading_log(settings) as log:
            yield log
        return
    bundle = BundleLog(request.bundle)
    await bundle.open()
    yield bundle


def _index_of(settings: Settings, request: Request, trust: Path) -> tuple[Path | None, str]:
    """Return the index's file, and what its notes are about: this log, these roots, this
    program."""
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
    settings: Settings, target: Target | None, unchecked: list[str]
) -> AsyncIterator[System | None]:
    async with httpx.AsyncClient(timeout=60, trust_env=False) as client:
        found = None
        if target is not None:
            try:
                token = read_client_settings().token
                found = await System.find(target.url, client, settings.service_urls, token)
            except Failed as error:
                unchecked.append(f"the services on {target}: {error}")
        yield found


async def write_bundle(settings: Settings, folder: Path) -> Manifest:
    """Write a bundle of the log; its manifest. Raises BadBundle, BadKey, Unavailable."""
    async with reading_log(settings) as log:
        return await export(log, TOPICS, folder, trust_file(settings))
