"""A publisher of checkpoints that another replica has overtaken waits, and does not spin."""

import asyncio
import contextlib
from typing import Any, cast

import pytest

from shared.events.registration import TOPIC
from shared.kernel.lease import Lease
from shared.kernel.ports import Log, Position, Record, Store
from shared.signing.keys import Signer
from shared.transparency import publisher as publisher_module
from shared.transparency.publisher import CheckpointPublisher


class Overtaken:
    """A lease that is granted once, and then held by another replica; an empty log."""

    def __init__(self) -> None:
        self.asked = 0

    async def held(self) -> bool:
        await asyncio.sleep(0)
        self.asked += 1
        return self.asked == 1

    async def ends(self, topic: str) -> dict[int, int]:
        return {}


async def _reached(ends: Any) -> bool:
    return True


async def test_a_publisher_that_lost_its_lease_asks_for_it_seldom(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(publisher_module, "MOST_LEAVES", 1)
    backend = Overtaken()
    publisher = CheckpointPublisher(
        service="registration",
        source="urn:sinergi:blk-paser",
        topic=TOPIC,
        store=cast(Store, backend),
        log_=cast(Log, backend),
        signer=Signer(b"k" * 32),
        seconds=60,
        lease=cast(Lease, backend),
        idle=asyncio.Event(),
        reached=_reached,
    )
    task = asyncio.create_task(publisher.run())
    for _ in range(20):
        await asyncio.sleep(0)
    assert backend.asked == 1  # it waits for more to sign
    publisher.offer([Record(b"application/1", b"{}", ())], [Position(0, 0)])
    for _ in range(200):
        await asyncio.sleep(0)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
    assert backend.asked == 2
