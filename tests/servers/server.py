"""A real server as the tests see it, whatever runs it."""

import time
from collections.abc import Callable
from typing import Protocol

from tests.servers.unavailable import give_up


class Unit(Protocol):
    """A process or container that runs a server, or one that was given and is left running."""

    def start(self) -> None: ...
    def stop(self) -> None: ...
    def kill(self) -> None: ...
    def pause(self) -> None: ...
    def resume(self) -> None: ...
    def remove(self) -> None: ...
    def last_words(self) -> str: ...


class Given:
    """A server that was there before the tests: they use it, but must leave it running."""

    def __init__(self, variable: str) -> None:
        self._variable = variable

    def start(self) -> None:
        pass

    def stop(self) -> None:
        give_up(f"the server of {self._variable} is not the tests' to stop")

    kill = pause = resume = stop

    def remove(self) -> None:
        pass

    def last_words(self) -> str:
        return f"it was given by {self._variable}"


class Server:
    """A server with one address and one store of data for as long as the test run lasts.

    start, restart and resume return once it answers, and raise TimeoutError if it does not.
    All of them block: in a coroutine call them by asyncio.to_thread.
    """

    PATIENCE = 120.0

    def __init__(self, name: str, unit: Unit) -> None:
        self.name = name
        self._unit = unit

    def answers(self) -> bool:
        """True if a client would be served now; takes a second or two at most."""
        raise NotImplementedError

    def start(self) -> None:
        self._unit.start()
        self._wait()

    def stop(self) -> None:
        """Ask it to end, and wait until it has."""
        self._unit.stop()

    def kill(self) -> None:
        """End it as a power cut would: kill -9."""
        self._unit.kill()

    def pause(self) -> None:
        """Freeze it: its connections stay open and nothing on them is answered."""
        self._unit.pause()

    def resume(self) -> None:
        self._unit.resume()
        self._wait()

    def restart(self) -> None:
        """Stop it if it runs, and start it on the same address with the same data."""
        self.stop()
        self.start()

    def remove(self) -> None:
        """End it at once, for good."""
        self._unit.remove()

    def _wait(self) -> None:
        until(self.answers, self.PATIENCE, lambda: f"{self.name}: {self._unit.last_words()}")


def until(true: Callable[[], bool], seconds: float, told: Callable[[], str]) -> None:
    """Poll until it is true; TimeoutError with what is told if it is not in time."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds:.0f} s: {told()}")
        time.sleep(0.05)
