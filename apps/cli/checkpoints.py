"""`sinergi checkpoints`: show how far the log is signed and witnessed, and prove it."""

import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from apps.audit.checkpoints import Auditor, Proof, auditor
from apps.cli.common import Json, run, settings_of

app = typer.Typer(
    help="How far the log is signed and witnessed; from the log alone.", no_args_is_help=True
)

Topic = Annotated[str, typer.Argument(help="Such as registration.events.")]
Partition = Annotated[int, typer.Argument(min=0, help="0 on an embedded log.")]


@app.command("list")
def list_checkpoints(as_json: Json = False) -> None:
    """List the newest checkpoint of each partition, and up to where and when others cosigned."""
    rows = _ask(lambda auditor: auditor.listed())
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        typer.echo(f"{row['origin']}  {row['size']} records  {row['root']}")
        for witness, seen in sorted(row["cosigned"].items()):
            when = datetime.fromtimestamp(seen["time"], UTC).isoformat()
            typer.echo(f"    cosigned by {witness}: {seen['size']} records, {when}")


@app.command()
def inclusion(topic: Topic, partition: Partition, offset: int) -> None:
    """Prove that a record is in the newest signed tree. Exit 1: it is not."""
    _say(_ask(lambda auditor: auditor.inclusion(topic, partition, offset)))


@app.command()
def consistency(
    topic: Topic,
    partition: Partition,
    old: Annotated[int, typer.Argument(help="Size of the earlier tree.")],
    size: Annotated[int | None, typer.Argument(help="Of the later; else the newest.")] = None,
) -> None:
    """Prove that a partition's tree of one size begins with that of another."""
    _say(_ask(lambda auditor: auditor.consistency(topic, partition, old, size)))


@app.command("verify-note")
def verify_note(
    file: Annotated[Path, typer.Argument(help="A checkpoint that was kept.", exists=True)],
) -> None:
    """Check who signed a kept checkpoint, and that the log still begins with its records.

    Exit 0: it does. 1: it does not, or the owner has not signed it. 2: it is no checkpoint.
    """
    raw = file.read_bytes()
    _say(_ask(lambda auditor: auditor.check(raw)))


T = TypeVar("T")


def _ask(question: Callable[[Auditor], Awaitable[T]]) -> T:
    async def answer() -> T:
        async with auditor(settings_of()) as reader:
            return await question(reader)

    return run(answer())


def _say(found: Proof) -> None:
    typer.echo(json.dumps(found, indent=2))
    raise typer.Exit(0 if found["holds"] else 1)
