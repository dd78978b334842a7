"""A process that works until it is killed, to see that its acknowledged work is still there."""

import asyncio
import multiprocessing
import signal
from collections.abc import Callable, Coroutine
from multiprocessing.connection import Connection
from typing import TypeVar

_Made = TypeVar("_Made")
Tell = Callable[[str], None]


def run_and_kill(
    maker: Callable[[], _Made],
    work: Callable[[_Made, Tell], Coroutine[object, object, None]],
    *,
    after: int,
    seconds: float = 60,
) -> list[str]:
    """Run `work` in a new process, kill -9 it after so many words, and return all that it told.

    `maker` and `work` are sent to the process, so they must be picklable: functions at the top of
    a module, or `functools.partial` of such.
    """
    context = multiprocessing.get_context("spawn")
    reader, writer = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(maker, work, writer))
    process.start()
    writer.close()
    told: list[str] = []
    try:
        while len(told) < after:
            assert reader.poll(seconds), f"{len(told)} of {after} words after {seconds} s"
            told.append(reader.recv())
    finally:
        process.kill()
        process.join()
    assert process.exitcode == -signal.SIGKILL
    # What it wrote to the pipe until it died had been acknowledged as well.
    try:
        while True:
            told.append(reader.recv())
    except (EOFError, OSError):
        reader.close()
    return told


def _work(
    maker: Callable[[], _Made],
    work: Callable[[_Made, Tell], Coroutine[object, object, None]],
    writer: Connection,
) -> None:
    asyncio.run(work(maker(), writer.send))
