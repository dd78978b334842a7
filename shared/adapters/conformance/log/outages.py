"""A server that is away: Unavailable in time, and nothing lost or overtaken."""

import asyncio
import itertools
import logging
import time
from collections.abc import Awaitable
from contextlib import AsyncExitStack
from functools import partial

import pytest
import pytest_asyncio

from shared.adapters.conformance.features import needs
from shared.adapters.conformance.killing import Tell, run_and_kill
from shared.adapters.conformance.log.recorder import (
    Recorder,
    by_key,
    everything,
    firsts,
    numbered,
)
from shared.adapters.conformance.log.site import LogSite, LogSuite, Opener
from shared.adapters.conformance.server import Server
from shared.adapters.conformance.waiting import eventually, until
from shared.kernel.ports import Log, Unavailable


class Stream:
    """A relay that sends numbered records and, after a failure, sends again from the first."""

    def __init__(self, log: Log, topic: str, keys: int = 12) -> None:
        self._log, self._topic, self.keys = log, topic, keys
        self.sent = 0
        self.failures = 0
        self._done = False

    async def run(self) -> None:
        """Send until stopped."""
        while not self._done:
            try:
                await self._log.send(self._topic, numbered(self.keys, 3, self.sent))
            except Unavailable:
                self.failures += 1
            else:
                self.sent += 3
            await asyncio.sleep(0.002)

    async def stop(self, task: "asyncio.Task[None]") -> None:
        """End the task that runs this, in good order."""
        self._done = True
        await task

    def check(self, recorder: Recorder) -> None:
        """Fail if a record is missing, or one came for the first time after a later one."""
        found = by_key(recorder.seen)
        wanted = list(range(self.sent))
        for key in range(self.keys):
            numbers = found[b"key/%d" % key]
            assert set(wanted) <= set(numbers), "lost"
            assert firsts(numbers) == sorted(set(numbers)), "overtaken"


async def unavailable(call: Awaitable[object]) -> float:
    """Fail unless the call raises Unavailable; return how many seconds that took."""
    started = time.monotonic()
    with pytest.raises(Unavailable):
        await call
    return time.monotonic() - started


class Outages(LogSuite):
    """Calls end in time while the server is gone or frozen, and go on when it returns."""

    @pytest_asyncio.fixture
    async def server(self, site: LogSite) -> Server:
        """Return the server under the log. Skips at once where it is not the tests' to break."""
        server = site.server
        assert server is not None
        await asyncio.to_thread(server.pause)
        await asyncio.to_thread(server.resume)
        return server

    @needs("remote")
    @pytest.mark.parametrize("how", ["kill", "pause"])
    async def test_a_server_that_dies_or_freezes_in_mid_stream_loses_and_inverts_nothing(
        self, server: Server, log: Log, topic: str, how: str
    ) -> None:
        recorder = Recorder()
        stream = Stream(log, topic)
        async with log.subscribe(topic, "group", recorder):
            task = asyncio.create_task(stream.run())
            await until(lambda: len(recorder.seen) > 1000)
            if how == "kill":
                await asyncio.to_thread(server.kill)
                await asyncio.to_thread(server.start)
            else:
                await asyncio.to_thread(server.pause)
                frozen = time.monotonic()
                await until(lambda: time.monotonic() - frozen > 5)
                await asyncio.to_thread(server.resume)
            sent, seen = stream.sent, len(recorder.seen)
            await until(lambda: stream.sent > sent + 50 and len(recorder.seen) > seen + 1000, 30)
            await stream.stop(task)
            await until(lambda: all(stream.sent - 1 in n for n in by_key(recorder.seen).values()))
        stream.check(recorder)
        assert recorder.overlaps == 0

    @needs("remote")
    async def test_while_the_server_is_gone_calls_are_unavailable_in_time(
        self, site: LogSite, server: Server, log: Log, topic: str
    ) -> None:
        gone = site.log()
        await gone.open()
        recorder = Recorder()
        await log.send(topic, numbered(2, 2))
        async with gone.subscribe(topic, "gone", recorder):
            await until(lambda: len(recorder.seen) == 4)
            await asyncio.to_thread(server.kill)
            took = await asyncio.gather(
                unavailable(log.send(topic, numbered(1, 1))),
                unavailable(log.ping()),
                unavailable(log.ends(topic)),
                unavailable(log.create_topics(["other"])),
                unavailable(anext(aiter(log.read(topic, 0, 0, 5)))),
            )
            assert max(took) < 15
            assert await unavailable(log.send(topic, numbered(1, 1))) < 15
            left = time.monotonic()
        assert time.monotonic() - left < 10
        closing = time.monotonic()
        await gone.close()
        assert time.monotonic() - closing < 10
        await asyncio.to_thread(server.start)
        await eventually(lambda: answers(log), "the server returns")

    @needs("remote")
    async def test_opening_and_subscribing_wait_for_the_server_and_say_so(
        self,
        site: LogSite,
        server: Server,
        log: Log,
        topic: str,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        await log.send(topic, numbered(2, 2))
        await asyncio.to_thread(server.kill)
        waiting, recorder = site.log(), Recorder()

        def warned() -> bool:
            return any(record.levelno >= logging.WARNING for record in caplog.records)

        caplog.clear()
        opening = asyncio.create_task(waiting.open())
        await until(warned)
        caplog.clear()
        entering = AsyncExitStack()
        subscribing = asyncio.create_task(
            entering.enter_async_context(waiting.subscribe(topic, "group", recorder))
        )
        await until(warned)
        assert not opening.done()
        assert not subscribing.done()
        await asyncio.to_thread(server.start)
        await asyncio.wait_for(opening, 20)
        await asyncio.wait_for(subscribing, 20)
        await eventually(lambda: answers(log), "the server returns")
        await log.send(topic, numbered(2, 2, 2))
        await until(lambda: len(recorder.seen) >= 8)
        await entering.aclose()
        await waiting.close()
        found = by_key(await everything(log, topic))
        assert firsts(found[b"key/0"]) == [0, 1, 2, 3]

    @needs("remote")
    async def test_while_the_server_is_frozen_everything_ends_in_time(
        self, site: LogSite, server: Server, log: Log, topic: str
    ) -> None:
        frozen = site.log()
        await frozen.open()
        recorder = Recorder()
        async with frozen.subscribe(topic, "group", recorder):
            await frozen.send(topic, numbered(2, 2))
            await until(lambda: len(recorder.seen) == 4)
            sending = asyncio.create_task(frozen.send(topic, numbered(2, 2, 2)))
            await asyncio.to_thread(server.pause)
            left = time.monotonic()
        assert time.monotonic() - left < 10
        closing = time.monotonic()
        await frozen.close()
        assert time.monotonic() - closing < 10
        await asyncio.gather(sending, return_exceptions=True)
        await asyncio.to_thread(server.resume)
        await asyncio.wait_for(log.send(topic, numbered(2, 2, 2)), 15)

    @needs("survives_kill")
    async def test_what_was_acknowledged_survives_kill_9(
        self, site: LogSite, another: Opener, topic: str
    ) -> None:
        work = partial(send_for_ever, topic=topic)
        told = await asyncio.to_thread(run_and_kill, site.maker(), work, after=50)
        found = by_key(await everything(await another(), topic))[b"key/0"]
        # Beside what was acknowledged, at most the one that was under way.
        assert firsts(found)[: len(told)] == [int(number) for number in told]
        assert len(firsts(found)) <= len(told) + 1


async def answers(log: Log) -> bool:
    """Return whether the log answers a ping."""
    try:
        await log.ping()
    except Unavailable:
        return False
    return True


async def send_for_ever(log: Log, tell: Tell, *, topic: str) -> None:
    """Send numbered records of one key, and tell each number when it is acknowledged."""
    await log.open()
    for number in itertools.count():
        await log.send(topic, numbered(1, 1, number))
        tell(str(number))
