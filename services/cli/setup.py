"""`sinergi setup`: prepare a deployment."""

from pathlib import Path
from typing import Annotated

import typer

from services.cli.common import run, settings_of

app = typer.Typer(help="Prepare a deployment.", no_args_is_help=True)


@app.command()
def topics() -> None:
    """Make the topics that are missing."""
    from services.system import TOPICS, make_log

    async def make() -> None:
        log = make_log(settings_of())
        await log.open()
        try:
            await log.create_topics(TOPICS)
        finally:
            await log.close()

    run(make())


@app.command()
def keys(
    keys: Annotated[Path, typer.Option(help="Folder: <service>/agency.key and secret in it.")],
    trust: Annotated[Path, typer.Option(help="File of the trust list.")],
) -> None:
    """Make the signing keys that are missing, and the trust list of all."""
    from services.system import SERVICES
    from shared.keys import make_keys

    make_keys(keys, trust, {d.name: d.source for d in SERVICES.values()})
