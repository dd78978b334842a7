"""Connections that end in time, whatever their clients do or leave undone.

uvicorn knows no deadline for a request and, with httptools, no limit for its head:
https://github.com/Kludex/uvicorn/issues/157.
"""

import asyncio
from contextlib import suppress
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from uvicorn import Config
from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, ASGISendEvent
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.server import ServerState

from shared.web.problems import ProblemError, language_of

# A request must be there after so many seconds, and one more for each RATE bytes that came: a
# table of megabytes may come over a slow line, a byte each second may not.
REQUEST_SECONDS = 8.0
RATE = 4096
# An answer must go on being taken. The system's own buffers hide progress for a while.
ANSWER_SECONDS = 60.0
MAX_HEAD = 64 * 1024
# Whoever is answered while still sending hears the answer only when what they send is taken.
_LATE_SECONDS, _LATE_BYTES = 2.0, 1024 * 1024


class Connections(ServerState):
    """The open connections of a server, at most so many.

    `waiting` are those that wait for their client, oldest first, with the instant since which.
    """

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most
        self.waiting: dict[Connection, float] = {}

    def cut_overdue(self, now: float) -> None:
        """Close the connections whose clients let us wait too long."""
        for connection in list(self.waiting):
            if connection.is_overdue(now):
                connection.cut(now)

    def make_room(self, now: float) -> None:
        """Close the connection that has waited longest when there is one too many."""
        if len(self.connections) > self.most:
            next(iter(self.waiting)).cut(now)


class Connection(HttpToolsProtocol):
    """A connection that is cut when it waits too long for its client."""

    def __init__(
        self,
        config: Config,
        server_state: Connections,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._all, self._waiting = server_state, server_state.waiting
        # Bytes of the request that is not yet complete, and of answers that are not yet taken.
        self._received = self._untaken = 0
        self._begun: RequestResponseCycle | None = None  # of which a part has come

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        now = self.loop.time()
        self._wait(now)
        self._all.make_room(now)

    def connection_lost(self, exc: Exception | None) -> None:
        self._waiting.pop(self, None)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self._is_our_turn():
            self._waiting.pop(self, None)
            self._received = 0
            return
        if not self._received:
            self._wait(self.loop.time())
        self._received += len(data)
        cycle = self.cycle
        if cycle is None or cycle.scope is not self.scope:
            if self._received > MAX_HEAD and not self.transport.is_closing():
                self._refuse(ProblemError(431, "too-large:headers", most=MAX_HEAD))
        elif cycle is not self._begun:
            self._begun = cycle  # before its task has
            cycle.send = _closing(cycle)  # type: ignore[assignment, method-assign]

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if not self._is_our_turn():
            self._wait(self.loop.time())

    def pause_writing(self) -> None:
        super().pause_writing()
        self._wait(self.loop.time())

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._is_our_turn():
            self._waiting.pop(self, None)

    def is_overdue(self, now: float) -> bool:
        """Return whether the client is to blame that nothing moves, and has been for too long."""
        before, self._untaken = self._untaken, self.transport.get_write_buffer_size()
        moves = self._untaken != before if self._untaken else self.flow.read_paused
        if moves:
            self._wait(now)
            return False
        most = ANSWER_SECONDS if self._untaken else REQUEST_SECONDS + self._received / RATE
        return now - self._waiting[self] > most

    def cut(self, now: float) -> None:
        """Close the connection, with an answer where a request has begun and none was given."""
        if self.transport.is_closing() or self.transport.get_write_buffer_size():
            self._waiting.pop(self, None)
            self.transport.abort()
            return
        self._wait(now)  # and be aborted if even this does not end it
        cycle = self.cycle
        answered = cycle and cycle.response_started and not cycle.response_complete
        if self._received and not answered:
            self._refuse(ProblemError(408, "too-slow", seconds=int(REQUEST_SECONDS)))
        else:
            self.transport.close()

    def _is_our_turn(self) -> bool:
        """Return whether there is a whole request that has no whole answer."""
        cycle = self.cycle
        return (
            cycle is not None
            and not (cycle.more_body or cycle.response_complete)
            and not self.flow.write_paused
        )

    def _wait(self, now: float) -> None:
        self._waiting.pop(self, None)
        self._waiting[self] = now

    def _refuse(self, problem: ProblemError) -> None:
        request = Request({"type": "http", "headers": self.headers or []})
        response = problem.response(language_of(request))
        lines = [
            f"HTTP/1.1 {problem.status} {HTTPStatus(problem.status).phrase}".encode(),
            *(name + b": " + value for name, value in response.raw_headers),
            b"connection: close",
        ]
        self.transport.write(b"\r\n".join([*lines, b"", bytes(response.body)]))
        self.transport.close()


def _closing(cycle: RequestResponseCycle) -> ASGISendCallable:
    """Return what sends an answer and closes, unless all of the request has come by then."""
    send = cycle.send

    async def closing(message: ASGISendEvent) -> None:
        if cycle.more_body and message["type"] == "http.response.start":
            cycle.keep_alive = False
        elif cycle.more_body and message["type"] == "http.response.body":
            last, message["more_body"] = not message.get("more_body"), True
            await send(message)
            if not last:
                return
            await _take_the_rest(cycle.receive)
            message = {"type": "http.response.body", "body": b"", "more_body": False}
        await send(message)

    return closing


async def _take_the_rest(receive: ASGIReceiveCallable) -> None:
    """Throw away what is still sent, for a while: a close at once would take the answer back."""
    left = _LATE_BYTES
    with suppress(TimeoutError):
        async with asyncio.timeout(_LATE_SECONDS):
            while left > 0:
                message = await receive()
                if message["type"] != "http.request" or not message["more_body"]:
                    return
                left -= len(message["body"])
