"""A service that is not running: its store in our hands alone."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager

from apps.composition.system import SERVICES, data_lock, make_store
from shared.kernel.ports import Store, Unavailable
from shared.kernel.settings import BadSetting, Settings

_PATIENCE = 8.0


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
            await alone(store, name)
            yield store
        finally:
            await store.close()


def insist(name: str) -> None:
    """Raise BadSetting unless there is a service of this name."""
    if name not in SERVICES:
        raise BadSetting(f"there is no service {name}: take one of {', '.join(SERVICES)}")


async def alone(store: Store, name: str) -> None:
    """Wait until the lease of a service that was just stopped has run out. Raises Unavailable."""
    deadline = time.monotonic() + _PATIENCE
    while not await store.lease("relay", "operator", 1):
        if time.monotonic() > deadline:
            raise Unavailable(f"{name} is running: stop it first")
        await asyncio.sleep(0.2)
