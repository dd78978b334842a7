"""`sinergi parked`: records that could not be applied."""

import json
from typing import Annotated

import typer

from apps.cli.common import URL, Json, Url, ask, run

app = typer.Typer(help="Records that could not be applied.", no_args_is_help=True)

Service = Annotated[str, typer.Argument(help="Which service parked it.")]
Source = Annotated[str, typer.Argument(help="The agency's URN.")]
Subject = Annotated[str, typer.Argument(help="The stream.")]
Sequence = Annotated[int, typer.Argument(help="The record's sequence.")]


@app.command("list")
def list_parked(service: Service, url: Url = URL, as_json: Json = False) -> None:
    """What waits, oldest stream first."""
    found = run(ask(url, "GET", service, "/v1/parked?limit=200"))
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    for item in found["items"]:
        typer.echo(
            f"{item['source']} {item['subject']} {item['sequence']}"
            f"  {item['reason']}: {item['detail']}"
        )
    if not found["items"]:
        typer.echo("nothing is parked", err=True)


@app.command()
def show(
    service: Service, source: Source, subject: Subject, sequence: Sequence, url: Url = URL
) -> None:
    """All that is known of one parked record, its bytes included."""
    from apps.composition.client import Failed

    found = run(ask(url, "GET", service, "/v1/parked?limit=200"))
    for item in found["items"]:
        if (item["source"], item["subject"], item["sequence"]) == (source, subject, sequence):
            typer.echo(json.dumps(item, indent=2))
            return
    raise Failed(f"record {sequence} of {subject} is not parked")


@app.command()
def redrive(
    service: Service, source: Source, subject: Subject, sequence: Sequence, url: Url = URL
) -> None:
    """Try a record again, and those of its stream behind it."""
    body = {"source": source, "subject": subject, "sequence": sequence}
    run(ask(url, "POST", service, "/v1/parked/redrive", body))
    typer.echo("it will be tried again", err=True)


@app.command()
def discard(
    service: Service,
    source: Source,
    subject: Subject,
    sequence: Sequence,
    reason: Annotated[str, typer.Option(help="Why; it is kept on the log.")],
    url: Url = URL,
) -> None:
    """Give a record up: it is skipped here for ever, and the log says so."""
    body = {"source": source, "subject": subject, "sequence": sequence, "reason": reason}
    run(ask(url, "POST", service, "/v1/parked/discard", body))
    typer.echo("it is given up; those behind it go on", err=True)
