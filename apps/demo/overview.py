"""Things to look at: the figures in the end, and meanwhile everybody's worklist."""

from collections import Counter

from rich.table import Table

from apps.composition.client import Failed
from apps.demo.answers import Figures, Task
from apps.demo.desk import Page
from apps.demo.figures import CLASSES
from apps.demo.year import BLK, HEAD, Year, counted

_COLUMNS = ("applied", "eligible", "accepted", "finished", "certified", "placed")


class Overview:
    """Reads the centre's figures and everybody's worklist."""

    def __init__(self, year: Year) -> None:
        self._year, self._desk, self._tell = year, year.desk, year.tell

    async def _of_each_intake(self) -> dict[str, Figures]:
        path = "/v1/figures?by=intake"
        found = await self._desk.read(Page[Figures], HEAD, "registration", path)
        return {row.key: row for row in found.items}

    async def show(self) -> None:
        """Print a table of this run's intakes. Raises Failed where not all are counted."""
        found = await self._of_each_intake()
        table = Table(title="Figures of this run by kejuruan", title_justify="left")
        table.add_column("kejuruan")
        for column in _COLUMNS:
            table.add_column(column, justify="right")
        for class_ in CLASSES:
            row = found.get(self._year.intakes[class_.kejuruan])
            if row is None or row.applied != class_.applicants:
                raise Failed(
                    f"{BLK}: {class_.applicants} applied for {class_.kejuruan}, but the figures"
                    f" say {row}"
                )
            table.add_row(class_.kejuruan, *(str(getattr(row, column)) for column in _COLUMNS))
        self._tell.console.print(table)

    async def inbox(self, account: str, service: str) -> None:
        """Tell how many tasks of each kind wait for somebody now, whoever made them."""
        rows = await self._desk.rows(Task, account, service, "/v1/inbox")
        tasks = Counter(row.task for row in rows)
        self._tell.say(f"In the inbox of {account}: {counted(tasks) or 'nothing'}")
