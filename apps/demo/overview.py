"""What the BLK and the others look at: the figures in the end, meanwhile what waits for whom."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from rich.table import Table

from apps.composition.client import Failed
from apps.demo.figures import CLASSES
from apps.demo.year import BLK, HEAD, Year, counted

_COLUMNS = ("applied", "eligible", "accepted", "finished", "certified", "placed")
Row = Mapping[str, Any]


class Overview:
    """Reads the centre's figures and the inboxes of all."""

    def __init__(self, year: Year) -> None:
        self._year, self._desk, self._tell = year, year.desk, year.tell

    async def read(self) -> dict[str, Row]:
        """The figures of each field."""
        found = await self._desk.read(HEAD, "registration", "/v1/figures?by=kejuruan")
        rows: list[Row] = found["items"]
        return {str(row["key"]): row for row in rows}

    async def show(self, before: Mapping[str, Row]) -> None:
        """A table of what this run has added, by field."""
        found = await self.read()
        table = Table(title="Figures of this run by kejuruan", title_justify="left")
        table.add_column("kejuruan")
        for column in _COLUMNS:
            table.add_column(column, justify="right")
        for class_ in CLASSES:
            new = added(found.get(class_.kejuruan, {}), before.get(class_.kejuruan, {}))
            table.add_row(class_.kejuruan, *(str(new[column]) for column in _COLUMNS))
            if new["applied"] != class_.applicants:
                raise Failed(
                    f"{BLK}: {class_.applicants} applied for {class_.kejuruan}, but the figures"
                    f" say {new['applied']}"
                )
        self._tell.console.print(table)

    async def inbox(self, account: str, service: str) -> None:
        """What waits for somebody now, by task."""
        rows = await self._desk.rows(account, service, "/v1/inbox")
        tasks = Counter(str(row["task"]) for row in rows)
        self._tell.say(f"In the inbox of {account}: {counted(tasks) or 'nothing'}")


def added(now: Row, before: Row) -> dict[str, int]:
    return {column: now.get(column, 0) - before.get(column, 0) for column in _COLUMNS}
