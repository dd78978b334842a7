"""The frame of every measure: rounds taken in turn, medians, and the table."""

import gc
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import Any

Run = Callable[[], Awaitable[float]]


@dataclass(frozen=True)
class Site:
    """Where and how often to measure; `kafka` is a broker's host:port, empty without one."""

    folder: Path
    rounds: int
    kafka: str = ""

    def new(self, name: str) -> Path:
        """A folder that does not exist yet."""
        taken = sum(1 for _ in self.folder.glob(f"{name}-*"))
        made = self.folder / f"{name}-{taken}"
        made.mkdir(parents=True)
        return made


@dataclass(frozen=True)
class Result:
    """One line of the table: a value of each round, and the yardstick's beside it.

    `what` names the numerator and the denominator. Without a yardstick the goal is absolute.
    With `at_most` less is better.
    """

    name: str
    what: str
    unit: str
    ours: Sequence[float]
    yardstick: Sequence[float]
    goal: float
    at_most: bool = False

    @property
    def value(self) -> float:
        """The ratio of the medians, or the median itself, to compare with the goal."""
        return median(self.ours) / (median(self.yardstick) if self.yardstick else 1.0)

    @property
    def range(self) -> tuple[float, float]:
        """The lowest and the highest value of a single round: how noisy it was."""
        beside = self.yardstick or [1.0] * len(self.ours)
        each = [a / b for a, b in zip(self.ours, beside, strict=True)]
        return min(each), max(each)

    @property
    def met(self) -> bool:
        return self.value <= self.goal if self.at_most else self.value >= self.goal

    def plain(self) -> dict[str, Any]:
        return {**asdict(self), "value": self.value, "range": self.range, "met": self.met}


async def in_turn(rounds: int, *runs: Run) -> list[list[float]]:
    """Each run's values, taken A B A B after one round that does not count."""
    values: list[list[float]] = [[] for _ in runs]
    for turn in range(rounds + 1):
        for run, found in zip(runs, values, strict=True):
            gc.collect()
            value = await run()
            if turn:
                found.append(value)
    return values


def percentile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(int(len(values) * share), len(values) - 1)]


_HEADER = ("measure", "ours", "yardstick", "", "ratio", "range of rounds", "goal", "")


def table(results: Sequence[Result]) -> str:
    rows = [_HEADER, *(_row(result) for result in results)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADER))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
             for row in rows]  # fmt: skip
    lines.insert(1, "  ".join("-" * width for width in widths))
    notes = [f"{result.name}: {result.what}" for result in results]
    return "\n".join([*lines, "", *notes])


def _row(result: Result) -> tuple[str, ...]:
    low, high = result.range
    return (
        result.name,
        _short(median(result.ours)),
        _short(median(result.yardstick)) if result.yardstick else "-",
        result.unit,
        _short(result.value) if result.yardstick else "-",
        f"{_short(low)} to {_short(high)}",
        f"{'<=' if result.at_most else '>='} {result.goal:g}",
        "met" if result.met else "MISSED",
    )


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"
