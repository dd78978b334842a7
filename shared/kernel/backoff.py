"""Growing, jittered waits between tries."""

import asyncio
import random


class Backoff:
    """Waits of about 50 ms, then twice as long each time, up to 5 s; `reset` starts anew."""

    def __init__(self, first: float = 0.05, most: float = 5.0) -> None:
        self._first, self._most, self._next = first, most, first

    def reset(self) -> None:
        self._next = self._first

    async def wait(self) -> None:
        # Jitter keeps replicas that failed together from trying again together.
        await asyncio.sleep(self._next * random.uniform(0.5, 1.0))  # noqa: S311 - no secret
        self._next = min(self._next * 2, self._most)
