"""A guesser is slowed down: after some failures a key must wait until the oldest is forgotten."""

import time
from collections import OrderedDict, deque
from collections.abc import Callable

LIMIT = 5
SECONDS = 15 * 60.0
REMEMBERED = 20_000


class Throttle:
    """Failures per key in the memory of this process; it never takes more than `remembered` keys.

    A success does not wipe out failures: whoever owns one code could else guess others for ever.
    """

    def __init__(
        self,
        limit: int = LIMIT,
        seconds: float = SECONDS,
        remembered: int = REMEMBERED,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limit, self._seconds, self._remembered = limit, seconds, remembered
        self._clock = clock
        self._failures: OrderedDict[str, deque[float]] = OrderedDict()

    def wait(self, *keys: str) -> float:
        """The seconds until all of these keys may try again; 0 when they may now."""
        return max((self._wait(key) for key in keys), default=0.0)

    def fail(self, *keys: str) -> None:
        """Each of these keys has failed once more."""
        now = self._clock()
        for key in keys:
            failures = self._failures.setdefault(key, deque(maxlen=self._limit))
            failures.append(now)
            self._failures.move_to_end(key)
        # Whose last failure is longest ago comes first.
        while self._failures and (
            len(self._failures) > self._remembered
            or next(iter(self._failures.values()))[-1] <= now - self._seconds
        ):
            self._failures.popitem(last=False)

    def _wait(self, key: str) -> float:
        failures = self._failures.get(key)
        if failures is None or len(failures) < self._limit:
            return 0.0
        # With `limit` failures kept, the oldest of them must leave the window.
        return max(0.0, failures[0] + self._seconds - self._clock())
