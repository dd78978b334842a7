"""Many partitions read as one: by recorded time, so that causes come before their effects."""

import asyncio
import heapq
from collections.abc import AsyncIterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

from shared.envelope import Claim, Envelope, Unauthentic, claims
from shared.ports import Log, LogRecord
from shared.trust import Trust

Ends = Mapping[str, Mapping[int, int]]
_CHUNK = 500
_NONE: list[LogRecord] = []


@dataclass(frozen=True, slots=True)
class Opened:
    """A record in its parts; its signature is to be believed or not. `error`: it has no parts."""

    place: LogRecord
    envelope: Envelope | None
    claim: Claim | None
    error: Unauthentic | None = None


def opened(place: LogRecord) -> Opened:
    try:
        return Opened(place, *claims(place.record))
    except Unauthentic as error:
        return Opened(place, None, None, error)


async def merged(log: Log, starts: Ends, ends: Ends) -> AsyncIterator[list[LogRecord]]:
    """The records between these offsets, each partition in order, all by their recorded time."""
    heap: list[tuple[bytes, int]] = []
    batches: list[tuple[list[LogRecord], int]] = []
    readers = []
    for topic, partitions in ends.items():
        for partition, end in partitions.items():
            start = starts.get(topic, {}).get(partition, 0)
            if start < end:
                readers.append(log.read(topic, partition, start, end))
    for number, reader in enumerate(readers):
        batch = await anext(reader, _NONE)
        batches.append((batch, 0))
        if batch:
            heapq.heappush(heap, (_time(batch[0]), number))
    chunk: list[LogRecord] = []
    while heap:
        _, number = heap[0]
        batch, at = batches[number]
        chunk.append(batch[at])
        at += 1
        if at == len(batch):
            batch, at = await anext(readers[number], _NONE), 0
        batches[number] = batch, at
        if batch:
            heapq.heapreplace(heap, (_time(batch[at]), number))
        else:
            heapq.heappop(heap)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _time(place: LogRecord) -> bytes:
    # Nearly all programs write it where ours does.
    headers = place.record.headers
    if len(headers) > 6 and headers[6][0] == "ce_time":
        return headers[6][1] or b""
    return next((value or b"" for name, value in headers if name == "ce_time"), b"")


async def checked(
    batches: AsyncIterator[list[LogRecord]], trust: Trust, pool: Executor
) -> AsyncIterator[Sequence[Opened]]:
    """The batches, opened; `trust` has seen their signatures when they come.

    One batch's signatures are checked beside the work on the batch before it.
    """
    loop = asyncio.get_running_loop()
    before: tuple[Sequence[Opened], asyncio.Future[None]] | None = None
    async for batch in batches:
        records = [opened(place) for place in batch]
        checking = loop.run_in_executor(pool, _check, records, trust)
        if before is not None:
            await before[1]
            yield before[0]
        before = records, checking
    if before is not None:
        await before[1]
        yield before[0]


def _check(records: Sequence[Opened], trust: Trust) -> None:
    for claim in {record.claim for record in records}:
        if claim is not None:
            trust.verify(*claim)
