"""`sinergi audit`: prove what happened."""

from pathlib import Path
from typing import Annotated

import typer

from apps.cli.common import Json, Url, run, settings_of, target_of

app = typer.Typer(help="Prove what happened.", no_args_is_help=True)


@app.command()
def verify(
    url: Url = None,
    log_only: Annotated[bool, typer.Option(help="Do not ask the services.")] = False,
    bundle: Annotated[
        Path | None, typer.Option(help="An exported bundle, instead of the log.")
    ] = None,
    checkpoint: Annotated[
        list[Path] | None, typer.Option(help="A checkpoint that you kept; as often as you like.")
    ] = None,
    fresh: Annotated[bool, typer.Option(help="Judge all again, also what was proven.")] = False,
    quick: Annotated[
        bool, typer.Option(help="Do not look whether what was proven is still the same.")
    ] = False,
    index: Annotated[Path | None, typer.Option(help="Where to note what was proven.")] = None,
    html: Annotated[Path | None, typer.Option(help="Also write the report as a page.")] = None,
    as_json: Json = False,
) -> None:
    """Check the whole log, and that every service's rows equal it.

    A second run judges only what came since. Exit 0: all holds. 1: something does not; what and
    where is shown. 2: could not be checked.
    """
    from apps.audit.command import Request
    from apps.audit.command import verify as verify_

    request = Request(
        target=None if log_only or bundle else target_of(url),
        bundle=bundle,
        index=index,
        fresh=fresh,
        quick=quick,
        kept=checkpoint or (),
        as_json=as_json,
        html=html,
    )
    raise typer.Exit(run(verify_(settings_of(), request)))


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(help="A new folder.")],
) -> None:
    """Write the whole log, keys and schemas as files, with a program that verifies them."""
    from apps.audit.command import write_bundle

    manifest = run(write_bundle(settings_of(), folder))
    count = sum(sum(partitions.values()) for partitions in manifest["topics"].values())
    typer.echo(f"{count} records in {folder}: python {folder}/verify.py checks them", err=True)
