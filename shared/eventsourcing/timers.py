"""Durable timers: a stream's `due` instant, frozen in its events, brings it a Timeout once."""

import asyncio
import time
from datetime import timedelta

from shared.eventsourcing.command_handler import CommandHandler
from shared.eventsourcing.decider import Timeout
from shared.eventsourcing.idempotency import timer_cause
from shared.eventsourcing.states import STATES
from shared.kernel.backoff import Backoff
from shared.kernel.clock import instant, micros
from shared.kernel.logs import log
from shared.kernel.ports import Store, Unavailable

_POLL = 0.5
_SHARE, _SELDOM = 20, 5.0
_BATCH = 100
_LATE = timedelta(minutes=1)


async def run_timers(service: str, store: Store, command_handler: CommandHandler) -> None:
    """Fire what is due until cancelled; every replica may, since the cause lets one win."""
    backoff = Backoff()
    while True:
        try:
            now, started = command_handler.now(), time.monotonic()
            rows = await store.due(STATES, micros(now), _BATCH)
            took = time.monotonic() - started
            for row in rows:
                due = instant(row.due or 0)
                if now - due > _LATE:
                    log.info("%s: %s was due at %s; caught up now", service, row.key, due)
                stream, cause = command_handler.ref(row.key), timer_cause(row.key, due)
                await command_handler.handle(stream, Timeout(due=due), cause)
                await command_handler.refold(row.key)
            await command_handler.write_states()
            backoff.reset()
            # On a server that searches slowly, looking must not become its main work.
            await asyncio.sleep(max(_POLL, min(_SHARE * took, _SELDOM)))
        except Unavailable as error:
            log.warning("%s: timers wait: %s", service, error)
            await backoff.wait()
