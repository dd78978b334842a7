"""`sinergi retention`: erases the persons whose data need be kept no longer."""

import json
from typing import Annotated, Any

import typer

from apps.cli.common import URL, Json, Url, run, system_at

app = typer.Typer()

_SERVICE = "registration"
Account = Annotated[str, typer.Option(help="Who erases, where the development issuer is used.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only say who would be erased.")]


@app.command()
def retention(
    dry_run: DryRun = False,
    account: Account = "petugas-blk",
    url: Url = URL,
    as_json: Json = False,
) -> None:
    """Erase persons whose last file ended longer ago than SINERGI_RETENTION_DAYS says."""
    persons = run(_retention(url, account, dry_run))
    if as_json:
        typer.echo(json.dumps(persons, indent=2))
        return
    for person in persons:
        ends = ", ".join(
            f"{file['file']} {file['ended']} on {file['ended_on']}, kept {file['keep_days']} days"
            for file in person["files"]
        )
        typer.echo(f"{person['kept_until']}  {ends}")
    typer.echo(f"{len(persons)} {'would be' if dry_run else 'were'} erased", err=True)


async def _retention(url: str, account: str, dry_run: bool) -> list[dict[str, Any]]:
    async with system_at(url) as system:
        persons: list[dict[str, Any]] = []
        page: dict[str, Any] = {"next": ""}
        while "next" in page:
            path = f"/v1/retention?limit=200&after={page['next']}"
            page = _said(await system.call(account, "GET", _SERVICE, path))
            persons += page["items"]
        for person in [] if dry_run else persons:
            body = {**person["whom"], "reason": "retention"}
            _said(await system.call(account, "POST", _SERVICE, "/v1/persons/erasure", body))
        return persons


def _said(answer: Any) -> dict[str, Any]:
    from apps.composition.client import Failed

    if answer.is_error:
        raise Failed(answer.json().get("detail", answer.text))
    said: dict[str, Any] = answer.json()
    return said
