"""`sinergi`: start, watch, prove and mend the system."""

import asyncio
import json
import logging
import sys
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from shared.keys import BadKey
from shared.ports import Unavailable
from shared.recovery import Forked
from shared.settings import BadSetting, Settings, read_settings

app = typer.Typer(
    help="Sinergi: a regency's training centre, the ministry and its centres work together.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
audit = typer.Typer(help="Prove what happened.", no_args_is_help=True)
events = typer.Typer(help="Read the log.", no_args_is_help=True)
parked = typer.Typer(help="Records that could not be applied.", no_args_is_help=True)
contracts = typer.Typer(help="The published schemas.", no_args_is_help=True)
setup = typer.Typer(help="Prepare a deployment.", no_args_is_help=True)
for name, group in (
    ("audit", audit),
    ("events", events),
    ("parked", parked),
    ("contracts", contracts),
    ("setup", setup),
):
    app.add_typer(group, name=name)

Url = Annotated[str, typer.Option(help="The console's address.", envvar="SINERGI_URL")]
Json = Annotated[bool, typer.Option("--json", help="For programs: JSON on standard output.")]
URL = "http://127.0.0.1:8000"


def main() -> None:
    """The entry point: expected failures are one line on stderr, without a traceback."""
    from services.audit.verify import CannotCheck
    from services.client import Failed
    from services.system import Busy

    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("sinergi").setLevel(logging.INFO)
    try:
        app()
    except (BadSetting, BadKey, Busy, Failed, Forked, CannotCheck, Unavailable) as error:
        typer.echo(f"sinergi: {error}", err=True)
        sys.exit(2)


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    try:
        return asyncio.run(work)
    except BaseExceptionGroup as group:
        # A service's tasks fail together; the first reason is what an operator needs.
        error: BaseException = group
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        raise error from group


def _settings(**overrides: object) -> Settings:
    return read_settings(**overrides)


@app.callback(invoke_without_command=True)
def version(
    context: typer.Context,
    show: Annotated[bool, typer.Option("--version", help="Say the version and exit.")] = False,
) -> None:
    if show:
        from services.system import VERSION

        typer.echo(f"sinergi {VERSION}")
        raise typer.Exit


@app.command()
def up(
    port: Annotated[int | None, typer.Option(help="Instead of SINERGI_PORT.")] = None,
    data: Annotated[Path | None, typer.Option(help="Instead of SINERGI_DATA.")] = None,
) -> None:
    """Run everything in this process: services, console and development issuer."""
    from services import host
    from services.system import data_lock

    settings = _settings(port=port, data=data)

    def ready(address: str) -> None:
        typer.echo(f"Sinergi is ready: {address}  (Ctrl-C stops it; try `make demo` next)")

    with data_lock(settings.data):
        _run(host.up(settings, ready))


@app.command()
def serve(
    service: Annotated[str, typer.Argument(help="registration, equipment, partners or console")],
    port: Annotated[int | None, typer.Option(help="Instead of SINERGI_PORT.")] = None,
) -> None:
    """Run one service by itself; the log must be Kafka."""
    from services import host
    from services.system import SERVICES

    if service not in (*SERVICES, "console"):
        raise BadSetting(f"there is no service {service}: take one of {', '.join(SERVICES)}")
    settings = _settings(port=port)
    _run(host.serve(service, settings, lambda address: typer.echo(f"{service}: {address}")))


@app.command()
def demo(
    url: Url = URL,
    scale: Annotated[
        int | None, typer.Option(help="Instead: so many classes at once, for load.")
    ] = None,
) -> None:
    """Play the whole year of a training centre on a running system, as its users would."""
    from services.demo.story import play

    _run(play(url, scale))


@app.command()
def roles(as_json: Json = False) -> None:
    """Who may ask which service for what: role, agency, request."""
    from services.roles import table

    rows = table()
    if as_json:
        typer.echo(json.dumps([row._asdict() for row in rows], indent=2))
        return
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    for row in rows:
        typer.echo("  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)).rstrip())


@app.command("import")
def import_(
    kind: Annotated[str, typer.Argument(help="applicants, instructors or assets")],
    file: Annotated[Path, typer.Argument(help="A CSV or Excel file.", exists=True)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Try all rows, keep none.")] = False,
    rows: Annotated[str, typer.Option(help="good: those that fit; all: all or none.")] = "good",
    account: Annotated[str, typer.Option(help="As whom, at the built-in issuer.")] = "petugas-blk",
    url: Url = URL,
    as_json: Json = False,
) -> None:
    """Bring in a table; running it again adds nothing twice.

    Exit 0: every row is stored (or would be). 1: some are refused. 2: it could not be done.
    """
    from services.imports import bring

    async def run() -> int:
        async with _system(url) as system:
            return await bring(
                system, account, kind, file, dry=dry_run, every=rows == "all", as_json=as_json
            )

    if rows not in ("good", "all"):
        raise BadSetting("--rows is good or all")
    raise typer.Exit(_run(run()))


@audit.command()
def verify(
    url: Url = URL,
    log_only: Annotated[bool, typer.Option(help="Do not ask the services.")] = False,
    as_json: Json = False,
) -> None:
    """Check the whole log, and that every service's rows equal it.

    Exit 0: all holds. 1: something does not; the first is named. 2: could not be checked.
    """
    from services.audit.command import verify as verify_

    settings = _settings()
    raise typer.Exit(_run(verify_(settings, None if log_only else url, as_json=as_json)))


@events.command("list")
def list_events(
    topic: Annotated[str | None, typer.Option(help="Only this topic.")] = None,
    subject: Annotated[str | None, typer.Option(help="Only this stream.")] = None,
) -> None:
    """Every event on the log, as CloudEvents in JSON, a line each."""
    from services.events import show

    _run(show(_settings(), topic, subject, follow=False))


@events.command()
def tail(
    topic: Annotated[str | None, typer.Option(help="Only this topic.")] = None,
    subject: Annotated[str | None, typer.Option(help="Only this stream.")] = None,
) -> None:
    """New events as they come, as CloudEvents in JSON, a line each."""
    from services.events import show

    _run(show(_settings(), topic, subject, follow=True))


@app.command()
def rebuild(service: str) -> None:
    """Drop a stopped service's rows and fold them anew from the log."""
    from services.rebuild import rebuild as rebuild_

    _run(rebuild_(_settings(), service))


@asynccontextmanager
async def _system(url: str) -> AsyncIterator[Any]:
    import httpx

    from services.client import System

    async with httpx.AsyncClient(timeout=30, trust_env=False) as client:
        yield await System.find(url, client, _settings().service_urls)


async def _ask(url: str, method: str, service: str, path: str, body: Any = None) -> Any:
    from services.client import Failed

    async with _system(url) as system:
        if service not in system.services:
            raise Failed(f"there is no service {service}")
        answer = await system.call("operator", method, service, path, body)
        if answer.is_error:
            raise Failed(answer.json().get("detail", answer.text))
        return answer.json()


Service = Annotated[str, typer.Argument(help="Which service parked it.")]
Source = Annotated[str, typer.Argument(help="The agency's URN.")]
Subject = Annotated[str, typer.Argument(help="The stream.")]
Sequence = Annotated[int, typer.Argument(help="The record's sequence.")]


@parked.command("list")
def list_parked(service: Service, url: Url = URL, as_json: Json = False) -> None:
    """What waits, oldest stream first."""
    found = _run(_ask(url, "GET", service, "/v1/parked?limit=200"))
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    for item in found["items"]:
        typer.echo(
            f"{item['source']} {item['subject']} {item['sequence']}"
            f"  {item['reason']}: {item['detail']}"
        )
    if not found["items"]:
        typer.echo("nothing is parked", err=True)


@parked.command()
def show(
    service: Service, source: Source, subject: Subject, sequence: Sequence, url: Url = URL
) -> None:
    """All that is known of one parked record, its bytes included."""
    from services.client import Failed

    found = _run(_ask(url, "GET", service, "/v1/parked?limit=200"))
    for item in found["items"]:
        if (item["source"], item["subject"], item["sequence"]) == (source, subject, sequence):
            typer.echo(json.dumps(item, indent=2))
            return
    raise Failed(f"record {sequence} of {subject} is not parked")


@parked.command()
def redrive(
    service: Service, source: Source, subject: Subject, sequence: Sequence, url: Url = URL
) -> None:
    """Try a record again, and those of its stream behind it."""
    body = {"source": source, "subject": subject, "sequence": sequence}
    _run(_ask(url, "POST", service, "/v1/parked/redrive", body))
    typer.echo("it will be tried again", err=True)


@parked.command()
def discard(
    service: Service,
    source: Source,
    subject: Subject,
    sequence: Sequence,
    reason: Annotated[str, typer.Option(help="Why; it is kept on the log.")],
    url: Url = URL,
) -> None:
    """Give a record up: it is skipped here for ever, and the log says so."""
    body = {"source": source, "subject": subject, "sequence": sequence, "reason": reason}
    _run(_ask(url, "POST", service, "/v1/parked/discard", body))
    typer.echo("it is given up; those behind it go on", err=True)


Root = Annotated[Path, typer.Option(help="The folder that holds contracts/.")]


@contracts.command("write")
def write_contracts(root: Root = Path()) -> None:
    """Write the schemas of this program to contracts/; refuses an incompatible change."""
    from services.published import openapi
    from services.system import LANDSCAPE
    from shared.contracts import ContractBroken, write

    try:
        write(root, LANDSCAPE.catalogue, openapi())
    except ContractBroken as error:
        for problem in error.problems:
            typer.echo(problem, err=True)
        raise typer.Exit(1) from error


@contracts.command("check")
def check_contracts(root: Root = Path()) -> None:
    """Exit 1 when contracts/ is not what this program publishes, or breaks what was published."""
    from services.published import openapi
    from services.system import LANDSCAPE
    from shared.contracts import check

    problems = check(root, LANDSCAPE.catalogue, openapi())
    for problem in problems:
        typer.echo(problem, err=True)
    raise typer.Exit(1 if problems else 0)


@setup.command()
def topics() -> None:
    """Make the topics that are missing."""
    from services.system import TOPICS, make_log

    async def make() -> None:
        log = make_log(_settings())
        await log.open()
        try:
            await log.create_topics(TOPICS)
        finally:
            await log.close()

    _run(make())


@setup.command()
def keys(
    keys: Annotated[Path, typer.Option(help="Folder: <service>/agency.key and secret in it.")],
    trust: Annotated[Path, typer.Option(help="File of the trust list.")],
) -> None:
    """Make the signing keys that are missing, and the trust list of all."""
    from services.system import SERVICES
    from shared.keys import make_keys

    make_keys(keys, trust, {d.name: d.source for d in SERVICES.values()})
