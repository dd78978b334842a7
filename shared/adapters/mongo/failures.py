"""Errors of the server and its driver: those that pass are Unavailable, the others stay."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

from pymongo.errors import BulkWriteError, ConnectionFailure, OperationFailure, WriteConcernError

from shared.kernel.ports import Unavailable

# Shorter than the socket's, so that a majority that is gone is told apart from a server that is.
CONCERN_MS = 5_000

_DUPLICATE = 11_000
# A server that cannot serve now. PyMongo raises most of these as ConnectionFailure, but not where
# they stand inside a bulk's answer.
_NETWORK = {6, 7, 89, 202, 317, 9001}
_NO_PRIMARY = {91, 133, 189, 10107, 11600, 11602, 13435, 13436}
_NO_MAJORITY = {64, 100, 134}
_TIME_OR_LOCK = {24, 46, 50, 112, 262}
_CURSOR_GONE, _DISK_FULL = 43, 14031
_PASSING = _NETWORK | _NO_PRIMARY | _NO_MAJORITY | _TIME_OR_LOCK | {_CURSOR_GONE, _DISK_FULL}


def _passing(error: OperationFailure) -> bool:
    if isinstance(error, WriteConcernError) or error.code in _PASSING:
        return True
    details = error.details or {}
    return bool(details.get("writeConcernErrors")) or any(
        failed.get("code") in _PASSING for failed in details.get("writeErrors", ())
    )


@contextmanager
def unavailable(what: str) -> Iterator[None]:
    """Raise Unavailable for errors that pass: of the network, the primary, a majority, a lock."""
    try:
        yield
    except ConnectionFailure as error:
        raise Unavailable(f"{what}: {error}") from error
    except OperationFailure as error:
        if _passing(error):
            raise Unavailable(f"{what}: {error}") from error
        raise


def refused(error: BulkWriteError) -> list[int]:
    """Return which members met a duplicate key. Raises the error again if there was any other."""
    failed = error.details["writeErrors"]
    if _passing(error) or any(each["code"] != _DUPLICATE for each in failed):
        raise error
    return [each["index"] for each in failed]


def deadline() -> float:
    """Return when a write that a majority should have is given up, on the monotonic clock."""
    return time.monotonic() + CONCERN_MS / 1000


async def wait(deadline: float, why: str) -> None:
    """Wait a little for what is on the primary and not yet on a majority.

    Raises Unavailable after the deadline: the primary may lose it before a majority has it.
    """
    if time.monotonic() > deadline:
        raise Unavailable(why)
    await asyncio.sleep(0.01)
