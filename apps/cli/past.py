"""`sinergi audit as-of, diff, trace, parquet`: earlier states, their changes and causes."""

from pathlib import Path
from typing import Annotated

import typer

from apps.cli.common import Json, run, settings_of
from shared.kernel.settings import BadSetting

app = typer.Typer()

_WHEN = (
    "An instant (2026-08-17T10:00:00+08:00; without a zone WITA; a day is its end), or an event,"
    " by name or place: just after it."
)
When = Annotated[str, typer.Argument(help=_WHEN)]
Service = Annotated[str | None, typer.Option(help="Only streams of this service.")]


@app.command("as-of")
def as_of(
    when: When,
    stream: Annotated[
        str | None, typer.Argument(help="kind/id, or only the id; without it all streams.")
    ] = None,
    service: Service = None,
    as_json: Json = False,
) -> None:
    """Show the state of a stream, or of all, as it was at an instant.

    Exit 0: all that was read holds. 1: something does not. 2: there is no such thing.
    """
    from apps.audit.past import show_state

    work = show_state(settings_of(), when, stream, service, as_json=as_json)
    raise typer.Exit(run(work))


@app.command()
def diff(
    since: When,
    until: When,
    stream: Annotated[str, typer.Argument(help="kind/id, or only the id.")],
    service: Service = None,
    as_json: Json = False,
) -> None:
    """Show the changes of a stream between two instants, and the events that made them."""
    from apps.audit.past import show_difference

    work = show_difference(settings_of(), since, until, stream, service, as_json=as_json)
    raise typer.Exit(run(work))


@app.command()
def trace(
    event: Annotated[
        str,
        typer.Argument(help="Its name or place; a stream's, for its last event."),
    ],
    form: Annotated[str, typer.Option("--format", help="text, json, svg or html.")] = "text",
    output: Annotated[Path | None, typer.Option(help="Instead of standard output.")] = None,
) -> None:
    """Show an event's causes and all its effects, across agencies."""
    from apps.audit.past import FORMATS, show_trace

    if form not in FORMATS:
        raise BadSetting(f"--format is one of {', '.join(FORMATS)}")
    made, code = run(show_trace(settings_of(), event, form))
    if output:
        output.write_text(made, "utf-8")
    else:
        typer.echo(made, nl=False)
    raise typer.Exit(code)


@app.command()
def parquet(folder: Annotated[Path, typer.Argument(help="Made when absent.")]) -> None:
    """Write the log as Parquet, a file a topic, for DuckDB, pandas and the like."""
    from apps.audit.parquet import schema
    from apps.audit.past import write_parquet

    schema()  # refuse before a folder is made and the log is read
    folder.mkdir(parents=True, exist_ok=True)
    raise typer.Exit(run(write_parquet(settings_of(), folder)))
