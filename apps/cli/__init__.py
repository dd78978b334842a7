"""`sinergi`: start, watch, prove and mend the system."""

import logging
import sys
from typing import Annotated

import typer

from apps.cli import (
    audit,
    checkpoints,
    contracts,
    events,
    keys,
    parked,
    past,
    persons,
    run,
    setup,
    sign,
    stores,
)

app = typer.Typer(
    help="Sinergi: a regency's training centre, the ministry and its centres work together.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
for plain in (run, sign, stores, persons):
    app.add_typer(plain.app)
for group in (audit, checkpoints, events, keys, parked, contracts, setup):
    app.add_typer(group.app, name=group.__name__.rpartition(".")[2])
audit.app.add_typer(past.app)


def main() -> None:
    """Run a command. An expected failure is one line on stderr and exit code 2."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("sinergi").setLevel(logging.INFO)
    try:
        app()
    except Exception as error:
        # Loaded only now: most commands end well, and some of these are slow to import.
        from apps.cli.expected import EXPECTED

        if not isinstance(error, EXPECTED):
            raise
        typer.echo(f"sinergi: {error}", err=True)
        sys.exit(2)


@app.callback(invoke_without_command=True)
def version(
    context: typer.Context,
    show: Annotated[bool, typer.Option("--version", help="Say the version and exit.")] = False,
) -> None:
    if show:
        from apps.composition.system import VERSION

        typer.echo(f"sinergi {VERSION}")
        raise typer.Exit
