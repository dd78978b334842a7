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
from shared.kernel.extras import MissingExtra
from shared.kernel.ports import Unavailable
from shared.kernel.settings import BadSetting
from shared.messaging.log_recovery import Forked
from shared.signing.keys import BadKey
from shared.transparency.signed_notes import BadNote

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
    """The entry point: expected failures are one line on stderr, without a traceback."""
    from apps.audit.bundle import BadBundle
    from apps.audit.live import CannotCheck
    from apps.composition.client import Failed
    from apps.composition.system import Busy
    from apps.operations.backup_part import BadBackup

    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("sinergi").setLevel(logging.INFO)
    try:
        app()
    except (
        BadBackup,
        BadBundle,
        BadNote,
        BadSetting,
        BadKey,
        Busy,
        Failed,
        Forked,
        CannotCheck,
        MissingExtra,
        Unavailable,
    ) as error:
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
