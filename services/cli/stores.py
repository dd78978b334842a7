"""Mending a service's own database: rebuild."""

import typer

from services.cli.common import run, settings_of

app = typer.Typer()


@app.command()
def rebuild(service: str) -> None:
    """Drop a stopped service's rows and fold them anew from the log."""
    from services.rebuild import rebuild as rebuild_

    run(rebuild_(settings_of(), service))
