"""Many partitions read as one: by recorded time, so that causes come before their effects."""

import heapq
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, aclosing
from dataclasses import dataclass

from apps.audit.signatures import Checking, Signatures
from shared.kernel.ports import Log, LogRecord
from shared.signing.cloudevents import Claim, Envelope, Unauthentic, claims

Ends = Mapping[str, Mapping[int, int]]
_CHUNK = 500
_AHEAD = 3
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


async def merged(log: Log, starts: Ends, ends: Ends) -> AsyncGenerator[list[LogRecord], None]:
    """Yield the records between these offsets by recorded time, each partition in order."""
    async with AsyncExitStack() as stack:
        readers = []
        for topic, partitions in ends.items():
            for partition, end in partitions.items():
                start = starts.get(topic, {}).get(partition, 0)
                if start < end:
                    reader = log.read(topic, partition, start, end)
                    readers.append(await stack.enter_async_context(aclosing(reader)))
        async for chunk in _by_time(readers):
            yield chunk


async def _by_time(
    readers: Sequence[AsyncGenerator[list[LogRecord], None]],
) -> AsyncIterator[list[LogRecord]]:
    heap: list[tuple[bytes, int]] = []
    batches: list[tuple[list[LogRecord], int]] = []
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
    batches: AsyncGenerator[list[LogRecord], None], signatures: Signatures
) -> AsyncGenerator[tuple[Sequence[Opened], Mapping[Claim, bool]], None]:
    """Yield the batches, opened, and whether their signatures hold.

    Some batches' signatures are checked beside the work on those before them.
    """
    waiting: deque[tuple[list[Opened], Checking]] = deque()
    async with aclosing(batches):
        async for batch in batches:
            records = [opened(place) for place in batch]
            waiting.append((records, signatures.check(r.claim for r in records if r.claim)))
            if len(waiting) > _AHEAD:
                records, checking = waiting.popleft()
                yield records, await checking.result()
    for records, checking in waiting:
        yield records, await checking.result()
