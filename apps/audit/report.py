"""The findings of a verification, for people and for programs."""

from dataclasses import dataclass, field

from shared.signing.stream_chains import Problem


@dataclass(frozen=True, slots=True)
class Difference:
    """A row of a service that is not what the log says; `fields` are those that differ."""

    service: str
    table: str
    key: str
    why: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Covered:
    """A partition's newest checkpoint that holds: its size, the records there are by now, and the
    agencies that have witnessed it."""

    size: int
    records: int
    witnesses: list[str]


@dataclass(slots=True)
class Report:
    """All that was checked, and what does not hold.

    `records`, `streams` and `fresh` (how many records were read in this run) are by topic; `rows`
    and `parked` by service; `covered` by partition: the newest checkpoint that holds, and who has
    witnessed it; `waiting` are reactions that are still to come, which is no fault.
    """

    records: dict[str, int] = field(default_factory=dict)
    streams: dict[str, int] = field(default_factory=dict)
    fresh: dict[str, int] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    parked: dict[str, int] = field(default_factory=dict)
    covered: dict[str, Covered] = field(default_factory=dict)
    repeats: int = 0
    acts: int = 0
    keys: int = 0
    waiting: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    unchecked: list[str] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0: all holds; 1: something does not; 2: something could not be checked."""
        if self.problems or self.differences:
            return 1
        return 2 if self.unchecked else 0
