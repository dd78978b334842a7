"""Clients that keep to no rule: bytes on a socket, and when the other side has had enough."""

import socket
import time
from collections.abc import Iterable
from typing import NamedTuple


class Heard(NamedTuple):
    """All that came until the connection was closed, and the seconds until then."""

    answer: bytes
    seconds: float

    @property
    def status(self) -> int:
        """The status of the only answer, 0 without one."""
        return int(self.answer.split(b" ", 2)[1]) if self.answer else 0

    @property
    def head(self) -> bytes:
        return self.answer.partition(b"\r\n\r\n")[0].lower()


def head(method: str, path: str, **headers: str | int) -> bytes:
    """Return a request's line and headers."""
    lines = [f"{method} {path} HTTP/1.1", "host: test"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode()


def exchange(
    port: int, pieces: Iterable[bytes], *, pause: float = 0.0, patience: float = 30.0
) -> Heard:
    """Send the pieces with pauses between them, then wait until the other side closes.

    Raises TimeoutError when it does not in time.
    """
    started = time.monotonic()
    answer = bytearray()
    with socket.create_connection(("127.0.0.1", port), timeout=patience) as connection:
        try:
            for piece in pieces:
                connection.sendall(piece)
                if pause and _comes(connection, answer, pause):
                    break
            connection.settimeout(patience)
            while time.monotonic() < started + patience:
                if (received := connection.recv(65536)) == b"":
                    return Heard(bytes(answer), time.monotonic() - started)
                answer += received
        except (BrokenPipeError, ConnectionResetError):
            return Heard(bytes(answer), time.monotonic() - started)
    raise TimeoutError(f"the connection is open after {patience} s; heard {bytes(answer)!r}")


def _comes(connection: socket.socket, answer: bytearray, pause: float) -> bool:
    """Add what comes before the pause is over; return whether something did."""
    connection.settimeout(pause)
    try:
        received = connection.recv(65536)
    except TimeoutError:
        return False
    finally:
        connection.settimeout(None)
    answer += received
    return True


def is_closed(connection: socket.socket) -> bool:
    """Return whether the other side has closed; what it sent before is thrown away."""
    connection.setblocking(False)
    try:
        while connection.recv(65536):
            pass
    except BlockingIOError:
        return False
    except ConnectionResetError:
        pass
    return True
