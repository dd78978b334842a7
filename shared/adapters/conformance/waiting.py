"""Waiting for a condition with a deadline."""

import asyncio
import time
from collections.abc import Awaitable, Callable


async def eventually(
    happens: Callable[[], Awaitable[bool]], what: str, seconds: float = 20
) -> None:
    """Ask until the answer is true. Fails when it is not within so many seconds."""
    deadline = time.monotonic() + seconds
    while not await happens():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        await asyncio.sleep(0.02)


async def until(true: Callable[[], bool], seconds: float = 15) -> None:
    """Look until it is true. Fails when it is not within so many seconds."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        await asyncio.sleep(0.002)
