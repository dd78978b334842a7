"""`sinergi keys`: agencies' signing keys, from their making to their end."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from apps.cli.common import Json, run, settings_of
from apps.composition.key_folder import KeyFolder
from shared.kernel.ports import Log
from shared.signing.trust_store import Sizes

app = typer.Typer(help="Agencies' signing keys.", no_args_is_help=True)

Folder = Annotated[
    Path | None, typer.Option("--keys", help="The key folder; without it that of the data folder.")
]
TrustList = Annotated[Path | None, typer.Option("--trust", help="The file of the pinned roots.")]
Reason = Annotated[str, typer.Option(help="Why; it is kept on the log.")]


T = TypeVar("T")


def _folder(keys: Path | None, trust: Path | None) -> KeyFolder:
    from apps.composition.system import key_folder

    usual = key_folder(settings_of())
    return KeyFolder(keys or usual.keys, trust or usual.trust)


@app.command()
def init(keys: Folder = None, trust: TrustList = None) -> None:
    """Make what is missing: each agency's keys, the trust list, and their announcement."""
    folder = _folder(keys, trust)
    folder.init()
    typer.echo(
        f"keys in {folder.keys}, pinned roots in {folder.trust}. Take {folder.keys}/roots off this"
        " machine: they are needed only to change keys.",
        err=True,
    )


@app.command()
def publish(keys: Folder = None, trust: TrustList = None) -> None:
    """Put the announced keys on the log, unless they are there."""
    from apps.composition.keys import publish as publish_
    from shared.events.keys import TOPIC

    folder = _folder(keys, trust)

    async def send(log: Log) -> int:
        await log.create_topics([TOPIC])
        return await publish_(folder, log)

    count = run(_writing(send))
    typer.echo(f"{count} key events published", err=True)


@app.command()
def rotate(
    name: Annotated[str, typer.Argument(help="A stopped service; or an agency, for its desk.")],
    keys: Folder = None,
    trust: TrustList = None,
) -> None:
    """Put a new key in the place of the current one; what the old one signed keeps counting."""
    typer.echo(run(_replace(name, _folder(keys, trust), None)))


@app.command()
def revoke(
    name: Annotated[
        str, typer.Argument(help="A stopped service, an agency, or the id of an earlier key.")
    ],
    reason: Reason,
    keys: Folder = None,
    trust: TrustList = None,
) -> None:
    """Declare a key stolen: from now on it counts no more; a current one is replaced at once."""
    from apps.composition.agencies import AGENCIES
    from apps.composition.keys import revoke as revoke_
    from apps.composition.keys import tree_sizes
    from apps.composition.system import SERVICES, TOPICS

    folder = _folder(keys, trust)
    if name in SERVICES or name in AGENCIES:
        typer.echo(run(_replace(name, folder, reason)))
        return

    async def end(log: Log) -> None:
        await revoke_(folder, log, name, await tree_sizes(log, TOPICS), reason)

    run(_writing(end))


@app.command("list")
def list_keys(trust: TrustList = None, as_json: Json = False) -> None:
    """List all keys that the log knows, of every agency, and from where to where they count."""
    from apps.composition.keys import listed

    rows = run(_reading(lambda log: listed(_folder(None, trust), log)))
    if as_json:
        typer.echo(json.dumps(rows, indent=2))
        return
    for row in rows:
        end = f"  {row['state']} at {_sizes(row['until'])}" if row["until"] is not None else ""
        why = f": {row['reason']}" if row["reason"] else ""
        since = f"  since {_sizes(row['since'])}" if row["since"] else ""
        typer.echo(f"{row['keyid']}  {row['agency']}  {row['use']}{since}{end}{why}")


def _sizes(sizes: Sizes) -> str:
    return " ".join(f"{t}/{p}:{n}" for t, ps in sizes.items() for p, n in ps.items() if n)


async def _writing(work: Callable[[Log], Awaitable[T]]) -> T:
    from apps.composition.system import writing_log

    async with writing_log(settings_of()) as log:
        return await work(log)


async def _reading(work: Callable[[Log], Awaitable[T]]) -> T:
    from apps.composition.system import reading_log

    async with reading_log(settings_of()) as log:
        return await work(log)


async def _replace(name: str, folder: KeyFolder, revoked: str | None) -> str:
    from apps.composition.system import SERVICES
    from apps.operations.rotation import rotate_desk, rotate_service

    if name in SERVICES:
        return await rotate_service(settings_of(), folder, name, revoked)
    return await rotate_desk(settings_of(), folder, name, revoked)
