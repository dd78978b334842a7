"""Leases: a duty that one replica of a service has at a time."""

import time

from shared.kernel.ports import Beat, Store

DUTIES = "duties"
"""The lease of what one replica of a service does for all: looking for what others left."""
_BEAT = 1.0
_PATIENCE = 5.0


class Lease:
    """A duty that its holder confirms once a second, and loses to a replica that has seen it
    silent for five seconds.

    Only this process's monotonic clock is asked, so that no wrong wall clock can keep a lease. Two
    may believe for a moment that they hold it: rest nothing on it but work that may be done twice.
    """

    def __init__(self, store: Store, name: str, holder: str) -> None:
        self._store, self._name, self._holder = store, name, holder
        self._seen: Beat | None = None
        self._seen_at = self._asked_at = float("-inf")

    async def held(self) -> bool:
        """Take or keep the lease; return whether this replica has it. Raises Unavailable."""
        now = time.monotonic()
        if now - self._asked_at >= _BEAT:
            silent = now - self._seen_at >= _PATIENCE
            found = await self._store.beat(
                self._name, self._holder, self._seen if self._mine() or silent else None
            )
            if found != self._seen:
                # A beat that is gone (number 0) leaves the lease to whoever asks first.
                self._seen, self._seen_at = found if found.number else None, now
            self._asked_at = now
        return self._mine()

    def _mine(self) -> bool:
        return self._seen is not None and self._seen.holder == self._holder

    async def release(self) -> None:
        """Give the lease up, if this replica has it. Raises Unavailable."""
        if self._seen is not None and self._mine():
            await self._store.release(self._name, self._seen)
        self._seen, self._asked_at = None, float("-inf")
