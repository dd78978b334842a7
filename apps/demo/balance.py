"""The state of each agency at the end: the expected one beside the reached one."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from apps.composition.client import Failed

_PAUSE = 0.3
_PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Expectation:
    """Something that an agency's service must answer in the end."""

    agency: str
    what: str
    expected: object
    read: Callable[[], Awaitable[object]]


async def settle(expectations: list[Expectation], console: Console) -> None:
    """Ask until all are met or the deadline is over, and print the table. Raises Failed."""
    deadline = time.monotonic() + _PATIENCE
    reached = [await each.read() for each in expectations]
    while reached != [each.expected for each in expectations] and time.monotonic() < deadline:
        await asyncio.sleep(_PAUSE)
        reached = [await each.read() for each in expectations]
    table = Table(title="The state of each agency", title_justify="left")
    table.add_column("Agency", no_wrap=True)
    table.add_column("What")
    table.add_column("Expected", justify="right")
    table.add_column("Reached", justify="right")
    table.add_column("", no_wrap=True)
    previous = ""
    for each, found in zip(expectations, reached, strict=True):
        if previous and previous != each.agency:
            table.add_section()
        table.add_row(
            each.agency if each.agency != previous else "",
            each.what,
            str(each.expected),
            str(found),
            "[green]✓[/]" if found == each.expected else "[bold red]✗[/]",
        )
        previous = each.agency
    console.print(table)
    missed = [
        f"{each.agency}: {each.what} should be {each.expected}, but {found}"
        for each, found in zip(expectations, reached, strict=True)
        if found != each.expected
    ]
    if missed:
        raise Failed(f"not all agencies reached the expected state: {'; '.join(missed)}")
