"""Durable timers: a stream's `due` instant, frozen in its events, brings it a Timeout once."""

import asyncio
import time
from datetime import datetime, timedelta
from typing import TypedDict

import orjson

from shared.eventsourcing.command_handler import CommandHandler
from shared.eventsourcing.decider import Timeout
from shared.eventsourcing.idempotency import timer_cause
from shared.eventsourcing.states import STATES
from shared.kernel import metrics
from shared.kernel.backoff import Backoff
from shared.kernel.clock import instant, micros
from shared.kernel.logs import log
from shared.kernel.ports import Damaged, Row, Store, Unavailable, scan_all

PARKED_TIMERS = "parked-timers"
_POLL = 0.5
_SHARE, _SELDOM = 20, 5.0
_BATCH = 100
_LATE = timedelta(minutes=1)
_FIRST, _MOST = timedelta(minutes=1), timedelta(hours=1)


class ParkedTimer(TypedDict):
    """A timer that could not fire: why, how often it was tried, and at which event of its stream.

    It is tried again at the row's `due`, and at once when its stream has moved.
    """

    stream: str
    sequence: int
    reason: str
    tries: int


class Timers:
    """Fires what is due; every replica may, since the cause lets one win.

    A timer whose command is refused or fails is parked, and those behind it fire.
    """

    def __init__(self, service: str, store: Store, command_handler: CommandHandler) -> None:
        self._service, self._store, self._command_handler = service, store, command_handler

    async def run(self) -> None:
        """Fire until cancelled; a store that is away is tried again without limit."""
        backoff = Backoff()
        while True:
            try:
                started = time.monotonic()
                await self._fire_due(self._command_handler.now())
                took = time.monotonic() - started
                backoff.reset()
                # On a server that searches slowly, looking must not become its main work.
                await asyncio.sleep(max(_POLL, min(_SHARE * took, _SELDOM)))
            except Unavailable as error:
                log.warning("%s: timers wait: %s", self._service, error)
                await backoff.wait()

    async def list(self) -> list[ParkedTimer]:
        """Return the timers that are parked."""
        return [_timer(row) async for row in scan_all(self._store, PARKED_TIMERS)]

    async def _fire_due(self, now: datetime) -> None:
        after: tuple[int, str] | None = None
        while rows := await self._store.due(STATES, micros(now), _BATCH, after):
            parked = await self._store.get(PARKED_TIMERS, [row.key for row in rows])
            for row in rows:
                earlier = parked.get(row.key)
                if earlier is None or _may(earlier, row, now):
                    await self._fire(row, now, earlier)
            await self._command_handler.write_states()
            after = (rows[-1].due or 0, rows[-1].key)

    async def _fire(self, row: Row, now: datetime, earlier: Row | None) -> None:
        due = instant(row.due or 0)
        if now - due > _LATE:
            log.info("%s: %s was due at %s; caught up now", self._service, row.key, due)
        try:
            stream = self._command_handler.ref(row.key)
            await self._command_handler.handle(stream, Timeout(due=due), timer_cause(row.key, due))
        except (Damaged, Unavailable):
            raise
        except Exception as error:  # whatever it was, the timers behind this one must fire
            await self._park(row, now, earlier, error)
        else:
            await self._command_handler.refold(row.key)
            if earlier is not None:
                await self._store.delete(PARKED_TIMERS, [row.key])

    async def _park(self, row: Row, now: datetime, earlier: Row | None, error: Exception) -> None:
        tries = _timer(earlier)["tries"] + 1 if earlier else 1
        log.warning("%s: the timer of %s failed: %r", self._service, row.key, error)
        metrics.timer_failures.labels(self._service).inc()
        timer: ParkedTimer = {
            "stream": row.key,
            "sequence": row.sequence,
            "reason": f"{error!r}"[:500],
            "tries": tries,
        }
        again = micros(now + min(_FIRST * 2 ** min(tries - 1, 10), _MOST))
        sequence = earlier.sequence + 1 if earlier else 1
        await self._store.put([Row(PARKED_TIMERS, row.key, sequence, orjson.dumps(timer), again)])


def _timer(row: Row) -> ParkedTimer:
    timer: ParkedTimer = orjson.loads(row.body or b"{}")
    return timer


def _may(earlier: Row, row: Row, now: datetime) -> bool:
    """Return whether a parked timer is tried again: in its time, or since its stream has moved."""
    wait = instant(earlier.due or 0) - now
    # A longer wait was written by a clock that was ahead.
    due = wait <= timedelta() or wait > _MOST
    return due or row.sequence > _timer(earlier)["sequence"]
