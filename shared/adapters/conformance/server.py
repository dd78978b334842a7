"""The server under a remote adapter, as the suites handle it."""

from typing import Protocol


class Server(Protocol):
    """A server that a test may break. Every method blocks; start and resume until it answers."""

    def start(self) -> None: ...

    def stop(self) -> None:
        """End it in good order."""

    def kill(self) -> None:
        """End it as a power cut would."""

    def pause(self) -> None:
        """Freeze it: connections stay open and nothing on them is answered."""

    def resume(self) -> None: ...
