"""`sinergi events`: read the log."""

from typing import Annotated

import typer

from apps.cli.common import run, settings_of

app = typer.Typer(help="Read the log.", no_args_is_help=True)


@app.command("list")
def list_events(
    topic: Annotated[str | None, typer.Option(help="Only this topic.")] = None,
    subject: Annotated[str | None, typer.Option(help="Only this stream.")] = None,
) -> None:
    """Print every event on the log, as CloudEvents in JSON, a line each."""
    from apps.operations.events import show

    run(show(settings_of(), topic, subject, follow=False))


@app.command()
def tail(
    topic: Annotated[str | None, typer.Option(help="Only this topic.")] = None,
    subject: Annotated[str | None, typer.Option(help="Only this stream.")] = None,
) -> None:
    """Print new events as they come, as CloudEvents in JSON, a line each."""
    from apps.operations.events import show

    run(show(settings_of(), topic, subject, follow=True))
