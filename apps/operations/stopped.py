"""A service that is not running: its store in our hands alone."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager

from apps.composition.system import SERVICES, data_lock, make_store
from shared.kernel.lease import DUTIES
from shared.kernel.ports import Beat, Store, Unavailable
from shared.kernel.settings import BadSetting, Settings

_OPERATOR = "operator"
_LOOK = 0.2
# A running service takes a free lease within a second, and a silent one within six.
_FREE, _SILENT = 2.5, 8.0


@asynccontextmanager
async def stopped(settings: Settings, name: str) -> AsyncIterator[Store]:
    """Open the service's store. Raises BadSetting, Busy, and Unavailable while it runs."""
    insist(name)
    with ExitStack() as stack:
        if settings.embedded_log or settings.embedded_stores:
            stack.enter_context(data_lock(settings.data))
        store = make_store(settings, name)
        await store.open()
        try:
            if not settings.embedded_stores:  # for those the folder's lock has told
                await alone(store, name)
            yield store
        finally:
            await store.close()


def insist(name: str) -> None:
    """Raise BadSetting unless there is a service of this name."""
    if name not in SERVICES:
        raise BadSetting(f"there is no service {name}: take one of {', '.join(SERVICES)}")


async def alone(store: Store, name: str) -> None:
    """Watch the service's beat until it is sure that nobody raises it. Raises Unavailable."""
    since, seen = time.monotonic(), await _beat(store)
    while time.monotonic() - since < (_FREE if seen is None else _SILENT):
        await asyncio.sleep(_LOOK)
        found = await _beat(store)
        if found is not None and found != seen:
            raise Unavailable(f"{name} is running: stop it first")
        seen = found


async def _beat(store: Store) -> Beat | None:
    """Return the beat of whoever has the service's lease; None when it is free."""
    found = await store.beat(DUTIES, _OPERATOR, None)
    if found.holder != _OPERATOR:
        return found
    await store.release(DUTIES, found)
    return None
