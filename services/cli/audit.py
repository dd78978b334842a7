"""`sinergi audit`: prove what happened."""

from typing import Annotated

import typer

from services.cli.common import URL, Json, Url, run, settings_of

app = typer.Typer(help="Prove what happened.", no_args_is_help=True)


@app.command()
def verify(
    url: Url = URL,
    log_only: Annotated[bool, typer.Option(help="Do not ask the services.")] = False,
    as_json: Json = False,
) -> None:
    """Check the whole log, and that every service's rows equal it.

    Exit 0: all holds. 1: something does not; the first is named. 2: could not be checked.
    """
    from services.audit.command import verify as verify_

    settings = settings_of()
    raise typer.Exit(run(verify_(settings, None if log_only else url, as_json=as_json)))
