"""`sinergi retention`: erase the persons whose data need be kept no longer."""

import json
from typing import Annotated

import typer
from pydantic import BaseModel

from apps.cli.common import Json, Url, answered, run, system_at

app = typer.Typer()

_SERVICE = "registration"
Account = Annotated[str, typer.Option(help="Who erases, where the development issuer is used.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say who would be erased.")]


class _File(BaseModel):
    """A person's file, and when it ended."""

    file: str
    ended: str
    ended_on: str
    keep_days: int


class _Person(BaseModel):
    """A person whose data need be kept no longer; `whom` names one of their files."""

    whom: dict[str, str]
    kept_until: str
    files: list[_File]


class _Page(BaseModel):
    items: list[_Person]
    next: str | None = None


class _Done(BaseModel):
    """The answer to a command, of which nothing is shown."""


@app.command()
def retention(
    dry_run: DryRun = False,
    account: Account = "petugas-blk",
    url: Url = None,
    as_json: Json = False,
) -> None:
    """Erase persons whose last file ended longer ago than SINERGI_RETENTION_DAYS says."""
    persons = run(_retention(url, account, dry_run))
    if as_json:
        typer.echo(json.dumps([person.model_dump() for person in persons], indent=2))
        return
    for person in persons:
        ends = ", ".join(
            f"{file.file} {file.ended} on {file.ended_on}, kept {file.keep_days} days"
            for file in person.files
        )
        typer.echo(f"{person.kept_until}  {ends}")
    typer.echo(f"{len(persons)} {'would be' if dry_run else 'were'} erased", err=True)


async def _retention(url: str | None, account: str, dry_run: bool) -> list[_Person]:
    async with system_at(url) as system:
        persons: list[_Person] = []
        after: str | None = ""
        while after is not None:
            path = f"/v1/retention?limit=200&after={after}"
            page = answered(_Page, await system.call(account, "GET", _SERVICE, path))
            persons += page.items
            after = page.next
        for person in [] if dry_run else persons:
            body = {**person.whom, "reason": "retention"}
            answer = await system.call(account, "POST", _SERVICE, "/v1/persons/erasure", body)
            answered(_Done, answer)
        return persons
