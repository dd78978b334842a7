"""`sinergi contracts`: the published schemas."""

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="The published schemas.", no_args_is_help=True)

Root = Annotated[Path, typer.Option(help="The folder that holds contracts/.")]


@app.command("write")
def write_contracts(root: Root = Path()) -> None:
    """Write the schemas of this program to contracts/; refuses an incompatible change."""
    from apps.composition.published import openapi
    from apps.composition.system import TOPOLOGY
    from shared.contracts.generation import ContractBroken, write

    try:
        write(root, TOPOLOGY.catalogue, openapi())
    except ContractBroken as error:
        for problem in error.problems:
            typer.echo(problem, err=True)
        raise typer.Exit(1) from error


@app.command("check")
def check_contracts(root: Root = Path()) -> None:
    """Compare contracts/ with what this program publishes.

    Exit 1 when it is something else, or breaks what was published."""
    from apps.composition.published import openapi
    from apps.composition.system import TOPOLOGY
    from shared.contracts.generation import check

    problems = check(root, TOPOLOGY.catalogue, openapi())
    for problem in problems:
        typer.echo(problem, err=True)
    raise typer.Exit(1 if problems else 0)


@app.command("accept")
def accept_contracts(root: Root = Path()) -> None:
    """Promise the present HTTP contracts: from this release on, a change must go with them."""
    from shared.contracts.generation import accept

    for path in accept(root):
        typer.echo(str(path.relative_to(root)))
