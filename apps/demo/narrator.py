"""The demo's voice: chapters, remarks and what people read on their screens."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.text import Text

from apps.demo.timeline import Timeline, indented

T = TypeVar("T")


class Narrator:
    """Prints between the timeline's lines; a chapter begins when the last one is on the log."""

    def __init__(self, console: Console, timeline: Timeline) -> None:
        self.console, self._timeline = console, timeline
        self._chapters = 0

    async def chapter(self, title: str) -> None:
        await self._timeline.caught_up()
        self._chapters += 1
        self.console.print()
        self.console.print(Text(f"{self._chapters}. {title}", style="bold underline"))

    def say(self, remark: str) -> None:
        self.console.print(indented("  ", remark))

    def told(self, who: str, words: str, *, good: bool = False) -> None:
        """Print what somebody reads on the screen, in Indonesian."""
        sign = Text("  ✓ ", "green") if good else Text("  ✗ ", "yellow")
        line = Text(f"{who}: ")
        line.append(words, style="italic")
        self.console.print(indented(sign, line))

    @contextmanager
    def counting(self, what: str, items: Iterable[T]) -> Iterator[Iterable[T]]:
        """A progress line while the items are taken."""
        everything = list(items)
        with Progress(
            TextColumn("  {task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self.console,
        ) as progress:
            yield progress.track(everything, description=what)
