"""`sinergi parked`: records that could not be applied."""

import json
from typing import Annotated

import typer
from pydantic import BaseModel, ConfigDict

from apps.cli.common import Json, Url, ask, run
from apps.composition.client import Failed

app = typer.Typer(help="Records that could not be applied.", no_args_is_help=True)

Service = Annotated[str, typer.Argument(help="Which service parked it.")]
Source = Annotated[str, typer.Argument(help="The agency's URN.")]
Subject = Annotated[str, typer.Argument(help="The stream.")]
Sequence = Annotated[int, typer.Argument(help="The record's sequence.")]


class _Parked(BaseModel):
    """A parked record; its other fields are shown as they come."""

    model_config = ConfigDict(extra="allow")

    source: str
    subject: str
    sequence: int
    reason: str
    detail: str


class _Page(BaseModel):
    model_config = ConfigDict(extra="allow")

    items: list[_Parked]


class _Done(BaseModel):
    """The answer to a command, of which nothing is shown."""


@app.command("list")
def list_parked(service: Service, url: Url = None, as_json: Json = False) -> None:
    """List what waits, oldest stream first."""
    found = run(ask(_Page, url, "GET", service, "/v1/parked?limit=200"))
    if as_json:
        typer.echo(json.dumps(found.model_dump(mode="json"), indent=2))
        return
    for item in found.items:
        typer.echo(f"{item.source} {item.subject} {item.sequence}  {item.reason}: {item.detail}")
    if not found.items:
        typer.echo("nothing is parked", err=True)


@app.command()
def show(
    service: Service, source: Source, subject: Subject, sequence: Sequence, url: Url = None
) -> None:
    """Show all that is known of one parked record, its bytes included."""
    found = run(ask(_Page, url, "GET", service, "/v1/parked?limit=200"))
    for item in found.items:
        if (item.source, item.subject, item.sequence) == (source, subject, sequence):
            typer.echo(json.dumps(item.model_dump(mode="json"), indent=2))
            return
    raise Failed(f"record {sequence} of {subject} is not parked")


@app.command()
def redrive(
    service: Service, source: Source, subject: Subject, sequence: Sequence, url: Url = None
) -> None:
    """Try a record again, and those of its stream behind it."""
    body = {"source": source, "subject": subject, "sequence": sequence}
    run(ask(_Done, url, "POST", service, "/v1/parked/redrive", body))
    typer.echo("it will be tried again", err=True)


@app.command()
def discard(
    service: Service,
    source: Source,
    subject: Subject,
    sequence: Sequence,
    reason: Annotated[str, typer.Option(help="Why; it is kept on the log.")],
    url: Url = None,
) -> None:
    """Give a record up: it is skipped here for ever, and the log says so."""
    body = {"source": source, "subject": subject, "sequence": sequence, "reason": reason}
    run(ask(_Done, url, "POST", service, "/v1/parked/discard", body))
    typer.echo("it is given up; those behind it go on", err=True)
