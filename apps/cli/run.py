"""Commands that run the system and play or work with it: up, serve, demo, roles, import."""

import json
from pathlib import Path
from typing import Annotated

import typer

from apps.cli.common import Json, Url, run, settings_of, system_at, target_of
from shared.kernel.settings import BadSetting

app = typer.Typer()


@app.command()
def up(
    port: Annotated[int | None, typer.Option(help="Instead of SINERGI_PORT.")] = None,
    data: Annotated[Path | None, typer.Option(help="Instead of SINERGI_DATA.")] = None,
) -> None:
    """Run everything in this process: services, console and development issuer."""
    settings = settings_of(port=port, data=data)
    typer.echo("Sinergi is starting")
    from apps.composition.system import data_lock  # these take most of a second to load
    from apps.server import host

    def say(step: str) -> None:
        typer.echo(f"  {step}")

    def ready(address: str) -> None:
        typer.echo(f"Sinergi is ready: {address}  (Ctrl-C stops it; try `make demo` next)")

    with data_lock(settings.data):
        run(host.up(settings, ready, say))


@app.command()
def serve(
    service: Annotated[str, typer.Argument(help="registration, equipment, partners or console")],
    port: Annotated[int | None, typer.Option(help="Instead of SINERGI_PORT.")] = None,
) -> None:
    """Run one service by itself; the log must be Kafka."""
    from apps.composition.system import SERVICES
    from apps.server import host

    if service not in (*SERVICES, "console"):
        raise BadSetting(f"there is no service {service}: take one of {', '.join(SERVICES)}")
    settings = settings_of(port=port)
    run(host.serve(service, settings, lambda address: typer.echo(f"{service}: {address}")))


@app.command()
def demo(
    url: Url = None,
    scale: Annotated[
        int | None, typer.Option(help="Instead: so many classes at once, for load.")
    ] = None,
) -> None:
    """Play the whole year of a training centre on a running system, as its users would."""
    from apps.demo.story import play

    meant = target_of(url)
    run(play(meant.url, scale, meant.named_by))


@app.command()
def roles(as_json: Json = False) -> None:
    """Show which role of which agency may ask which service for what."""
    from apps.composition.roles import table

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
    url: Url = None,
    as_json: Json = False,
) -> None:
    """Bring in a table; running it again adds nothing twice.

    Exit 0: every row is stored (or would be). 1: some are refused. 2: it could not be done.
    """
    from apps.operations.imports import bring

    async def send() -> int:
        async with system_at(url) as system:
            return await bring(
                system, account, kind, file, dry=dry_run, every=rows == "all", as_json=as_json
            )

    if rows not in ("good", "all"):
        raise BadSetting("--rows is good or all")
    raise typer.Exit(run(send()))
