"""A running service's rows, by their digests, against what the log leads to."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from pydantic import BaseModel

from apps.audit.expected_state import ExpectedRow, ExpectedState
from apps.audit.reading import Ends
from apps.audit.report import Difference
from apps.composition.client import RowFields
from shared.web.digests import field_hashes

# The digests of a running service: first its head, then its rows (shared.web.digests.stream).
Digests = Callable[[str], AsyncIterator[Mapping[str, object]]]
# The hashes of a row's fields, by service, table and key (shared.web.digests.fields).
Fields = Callable[[str, str, str], Awaitable[RowFields | None]]
Place = tuple[str, str]
_PATIENCE = 30.0


class Applied(BaseModel):
    """A service's positions by topic and partition, and the keys of its parked records."""

    positions: dict[str, dict[str, int]]
    parked: list[str]


class _Row(BaseModel):
    table: str
    key: str
    sequence: int
    hash: str


class CannotCheck(Exception):
    """Something that is needed for the proof is not to be had; the message says what."""


@dataclass(slots=True)
class Live:
    """A service's rows as it reported them: sequence and hash by table and key.

    `met` are those that were compared; `wrong` says what differs, and what the log leads to by the
    same event.
    """

    service: str
    head: Applied
    rows: dict[Place, tuple[int, str]]
    met: set[Place] = field(default_factory=set)
    wrong: dict[Place, tuple[str, ExpectedRow | None]] = field(default_factory=dict)

    def restart(self) -> None:
        """Forget what was compared."""
        self.met.clear()
        self.wrong.clear()

    def settled(self, expected: ExpectedState) -> None:
        """Compare with all rows to which the log led when the service was asked.

        The service has applied all of that, unless it has parked it; rows that moved on since
        stay open.
        """
        parked = {key.split(" ")[2] for key in self.head.parked}
        for row in expected.rows():
            place = row.table, row.key
            sequence, hash_ = self.rows.get(place, (0, ""))
            if sequence == row.sequence:
                self._compare(place, row, hash_)
            elif sequence < row.sequence:
                self.met.add(place)
                if row.key.rpartition(" ")[2] not in parked:
                    why = f"the log leads to event {row.sequence}, the service is at {sequence}"
                    self.wrong[place] = why, None

    def moved(self, row: ExpectedRow) -> None:
        """Compare a row that changed since."""
        place = row.table, row.key
        found = self.rows.get(place)
        if found is not None and found[0] == row.sequence and place not in self.met:
            self._compare(place, row, found[1])

    def _compare(self, place: Place, row: ExpectedRow, hash_: str) -> None:
        self.met.add(place)
        if row.hash != hash_:
            why = f"at event {row.sequence} the log leads to another content"
            self.wrong[place] = why, row

    def differences(self) -> Iterator[Difference]:
        """Yield what the log has not confirmed, once all of it was read."""
        for (table, key), (why, _) in self.wrong.items():
            yield Difference(self.service, table, key, why)
        for (table, key), (sequence, _) in self.rows.items():
            if (table, key) not in self.met:
                why = f"the log has no event {sequence} that leads to it"
                yield Difference(self.service, table, key, why)


async def named(difference: Difference, live: Live, fields: Fields) -> Difference:
    """Add the fields that differ, while the row is still where it was."""
    place = difference.table, difference.key
    _, row = live.wrong.get(place, ("", None))
    if row is None:
        return difference
    found = await fields(live.service, *place)
    if found is None or found.sequence != row.sequence:
        return difference
    ours, theirs = field_hashes(row.row()), found.fields
    differ = sorted(path for path in {*ours, *theirs} if ours.get(path) != theirs.get(path))
    return replace(difference, fields=tuple(differ))


async def ask(service: str, digests: Digests, settled: Ends) -> tuple[Live, str]:
    """Read a service's digests once it has applied what was on the log at the start.

    With them comes what it has not applied although we waited. Raises CannotCheck."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        lines = digests(service)
        head = Applied.model_validate(await anext(lines))
        if not (behind := _behind(head, settled)) or time.monotonic() > deadline:
            rows = {}
            async for line in lines:
                row = _Row.model_validate(line)
                rows[row.table, row.key] = row.sequence, row.hash
            return Live(service, head, rows), behind
        await asyncio.sleep(0.2)


def _behind(head: Applied, settled: Ends) -> str:
    """Return the topics that a service has not applied up to the given ends."""
    waits = [
        topic
        for topic, positions in head.positions.items()
        if any(positions.get(str(p), 0) < end for p, end in settled[topic].items())
    ]
    return ", ".join(waits)
