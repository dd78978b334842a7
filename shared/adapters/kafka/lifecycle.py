"""Stopping clients whose broker may be gone, within a time."""

import asyncio
from collections.abc import Coroutine

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer  # type: ignore[import-untyped]
from aiokafka.admin import AIOKafkaAdminClient  # type: ignore[import-untyped]

from shared.adapters.kafka.aiokafka_patches import hang_up
from shared.kernel.logs import log

_STOP = 2.0
_HANG_UP = 0.5
_ending: set[asyncio.Task[object]] = set()


async def ended(
    stop: Coroutine[object, None, object],
    client: AIOKafkaAdminClient | AIOKafkaConsumer | AIOKafkaProducer | None,
) -> None:
    """Wait two seconds for a client's stop, then close its connections, and wait a little more.

    It has no connections afterwards, even if the wait is cancelled; what else it had to end may
    go on alone. A task of its own, because stopping a client whose broker is gone may raise
    CancelledError.
    """
    task = asyncio.create_task(stop)
    _ending.add(task)
    task.add_done_callback(_report)
    try:
        await asyncio.wait({task}, timeout=_STOP)
    finally:
        if client is not None:
            hang_up(client)
    await asyncio.wait({task}, timeout=_HANG_UP)


def _report(task: asyncio.Task[object]) -> None:
    _ending.discard(task)
    if not task.cancelled() and (error := task.exception()):
        log.warning("a Kafka client did not stop cleanly: %r", error)
