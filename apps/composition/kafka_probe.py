"""A quick look whether Kafka can be reached, before its client waits for it."""

import asyncio
import time

from shared.kernel.logs import log
from shared.kernel.ports import Unavailable

_PATIENCE = 3.0
_PAUSE = 0.2
_PORT = 9092


async def probe(servers: str, *, wait: bool) -> None:
    """Return when one of the servers (kafka://host:port[,host:port]) takes a connection.

    After 3 s without one, raise Unavailable; with `wait` say so in the log and return.
    """
    addresses = servers.partition("://")[2].strip("/").split(",")
    deadline = time.monotonic() + _PATIENCE
    while not await _any_answers(addresses, deadline):
        if time.monotonic() >= deadline:
            why = f"Kafka does not answer at {', '.join(addresses)} (SINERGI_LOG)"
            if not wait:
                raise Unavailable(f"{why}: is it running there?")
            log.warning("%s: waiting for it", why)
            return
        await asyncio.sleep(_PAUSE)


async def _any_answers(addresses: list[str], deadline: float) -> bool:
    left = max(_PAUSE, deadline - time.monotonic())
    return any(await asyncio.gather(*(_answers(address, left) for address in addresses)))


async def _answers(address: str, seconds: float) -> bool:
    host, _, port = address.rpartition(":") if ":" in address else (address, "", str(_PORT))
    try:
        async with asyncio.timeout(seconds):
            _, writer = await asyncio.open_connection(host.strip("[]"), int(port))
    except (OSError, ValueError):  # TimeoutError is an OSError
        return False
    writer.close()
    return True
