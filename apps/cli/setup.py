"""`sinergi setup`: prepare a deployment."""

import typer

from apps.cli.common import run, settings_of

app = typer.Typer(help="Prepare a deployment.", no_args_is_help=True)


@app.command()
def topics() -> None:
    """Make the topics that are missing, and publish the keys that were announced."""
    from apps.composition.keys import publish
    from apps.composition.system import TOPICS, key_folder, make_log, opened

    async def make() -> None:
        settings = settings_of()
        async with opened(make_log(settings), settings) as log:
            await log.create_topics(TOPICS)
            await publish(key_folder(settings), log)

    run(make())
