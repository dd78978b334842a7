"""Starting and stopping clients whose broker may be gone, within a time."""

import asyncio
from collections.abc import Coroutine

from shared.kernel.logs import log

_Call = Coroutine[object, None, object]
_ending: set[asyncio.Task[object]] = set()


async def ended(stop: _Call, seconds: float) -> bool:
    """Wait for a client's stop, at most so long; return whether it ended. Else it goes on alone.

    A task of its own, because stopping a client whose broker is gone may raise CancelledError.
    """
    task = asyncio.create_task(stop)
    _ending.add(task)
    task.add_done_callback(_report)
    await asyncio.wait({task}, timeout=seconds)
    return task.done()


async def undivided(start: _Call, seconds: float) -> None:
    """Wait for a client's start; when cancelled, wait for its end first, at most so long.

    A connection that is being made when the start is cancelled belongs to nobody, and stays open.
    """
    task = asyncio.create_task(start)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        task.add_done_callback(_report)
        await asyncio.wait({task}, timeout=seconds)
        raise


def _report(task: asyncio.Task[object]) -> None:
    _ending.discard(task)
    if not task.cancelled() and (error := task.exception()):
        log.warning("a Kafka client did not stop cleanly: %r", error)
