"""Mending a service's own database: rebuild, backup, restore, rewrap."""

from pathlib import Path
from typing import Annotated

import typer

from apps.cli.common import run, settings_of

app = typer.Typer()

Folder = Annotated[Path, typer.Argument(help="Where the backup is: store/ and keys/.")]


@app.command()
def rebuild(service: str) -> None:
    """Drop a stopped service's rows and fold them anew from the log."""
    from apps.operations.rebuild import rebuild as rebuild_

    run(rebuild_(settings_of(), service))


@app.command()
def backup(
    service: str,
    folder: Folder,
    days: Annotated[
        int, typer.Option(min=1, help="After so many, keys/ can't be restored any more.")
    ] = 30,
) -> None:
    """Write a service's commits and, apart from them, its keys; it may be running."""
    from apps.operations.backup import backup as backup_

    counts = run(backup_(settings_of(), service, folder, days))
    typer.echo(
        f"{service}: {counts['commits']} commits in {folder / 'store'}; {counts['private']} private"
        f" values and the key files in {folder / 'keys'}: keep that apart, and destroy it after"
        f" {days} days",
        err=True,
    )


@app.command()
def restore(
    service: str,
    folder: Folder,
    keys_only: Annotated[
        bool, typer.Option("--keys-only", help="Only keys and what else is on no log.")
    ] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Delete the commits that the store has.")
    ] = False,
) -> None:
    """Put a stopped service's store and keys back; its next start takes up what the log has."""
    from apps.operations.restore import restore as restore_

    count = run(restore_(settings_of(), service, folder, keys_only=keys_only, replace=replace))
    typer.echo(f"{service}: {count} commits and its keys are back", err=True)


@app.command()
def rewrap(
    service: str,
    new: Annotated[bool, typer.Option("--new", help="Make a new wrapping key first.")] = False,
) -> None:
    """Put a stopped service's persons' keys under its current wrapping key, and drop the others.

    No event changes. When it is interrupted, call it again without --new.
    """
    from apps.operations.rewrap import rewrap as rewrap_

    count = run(rewrap_(settings_of(), service, new=new))
    typer.echo(f"{service}: {count} persons' keys are under the current wrapping key", err=True)
