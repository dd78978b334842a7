"""The state of each agency at the end: what was expected, and what was reached."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from services.client import Failed

_PAUSE = 0.1
_PATIENCE = 30.0


@dataclass(frozen=True, slots=True)
class Expectation:
    """What an agency's service must answer in the end."""

    agency: str
    what: str
    expected: object
    read: Callable[[], Awaitable[object]]


async def settle(expectations: list[Expectation], console: Console) -> None:
    """Asks until all are met or the deadline is over, and prints the table. Raises Failed."""
    deadline = time.monotonic() + _PATIENCE
    reached: dict[int, object] = {}
    while True:
        for index, each in enumerate(expectations):
            if index not in reached or reached[index] != each.expected:
                reached[index] = await each.read()
        missed = [e for i, e in enumerate(expectations) if reached[i] != e.expected]
        if not missed or time.monotonic() > deadline:
            break
        await asyncio.sleep(_PAUSE)
    table = Table(title="The state of each agency", title_justify="left", width=96)
    table.add_column("Agency", no_wrap=True)
    table.add_column("What")
    table.add_column("Expected", justify="right")
    table.add_column("Reached", justify="right")
    table.add_column("", no_wrap=True)
    previous = ""
    for index, each in enumerate(expectations):
        if previous and previous != each.agency:
            table.add_section()
        met = reached[index] == each.expected
        table.add_row(
            each.agency if each.agency != previous else "",
            each.what,
            str(each.expected),
            str(reached[index]),
            "[green]✓[/]" if met else "[bold red]✗[/]",
        )
        previous = each.agency
    console.print(table)
    if missed:
        told = "; ".join(f"{e.agency}: {e.what} should be {e.expected}" for e in missed)
        raise Failed(f"not all agencies reached the expected state: {told}")
