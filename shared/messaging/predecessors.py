"""Commits that wait until their stream's previous commit, of another replica, is on the log."""

import time
from bisect import insort
from dataclasses import dataclass, field

from shared.kernel.ports import Commit, Store

_SOON, _SELDOM = 0.002, 0.05


@dataclass(slots=True)
class _Wait:
    """Commits of one stream, by their first event; the first waits for its predecessor's mark."""

    since: float
    look: float
    pause: float = _SOON
    commits: list[Commit] = field(default_factory=list)


class Predecessors:
    """Looks for the marks that commits wait for: all that are due in one query."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waits: dict[str, _Wait] = {}

    def __len__(self) -> int:
        return sum(len(wait.commits) for wait in self._waits.values())

    def __contains__(self, stream: str) -> bool:
        return stream in self._waits

    @property
    def commits(self) -> list[Commit]:
        return [commit for wait in self._waits.values() for commit in wait.commits]

    @property
    def next_look(self) -> float:
        """The monotonic instant of the next look; infinite when nothing waits."""
        return min((wait.look for wait in self._waits.values()), default=float("inf"))

    def add(self, commit: Commit) -> None:
        """Wait with this commit, of whose predecessor the store has no mark yet."""
        now = time.monotonic()
        wait = self._waits.setdefault(commit.stream, _Wait(now, now + _SOON))
        if commit not in wait.commits:
            insort(wait.commits, commit, key=lambda each: each.first)
        if wait.commits[0] is commit:
            wait.look, wait.pause = now + _SOON, _SOON

    def age(self, stream: str) -> float:
        """Return for how many seconds the stream has waited; 0 if it does not."""
        wait = self._waits.get(stream)
        return time.monotonic() - wait.since if wait else 0.0

    def reached(self, stream: str, sequence: int) -> list[Commit]:
        """Return the commits that need not wait, now that the log holds this event."""
        wait = self._waits.get(stream)
        if wait is None or wait.commits[0].first > sequence + 1:
            return []
        del self._waits[stream]
        return wait.commits

    async def look(self) -> dict[str, int]:
        """Ask the store; return up to which event the log holds the streams that go on."""
        now = time.monotonic()
        due = {stream: wait for stream, wait in self._waits.items() if wait.look <= now}
        if not due:
            return {}
        marked = await self._store.marked([wait.commits[0].predecessor for wait in due.values()])
        found = {}
        for stream, wait in due.items():
            first = wait.commits[0]
            if first.predecessor in marked:
                found[stream] = first.first - 1
            else:
                wait.look, wait.pause = now + wait.pause, min(2 * wait.pause, _SELDOM)
        return found
