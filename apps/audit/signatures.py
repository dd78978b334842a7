"""Signatures checked in a process of its own, beside the reading and the folding."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing import get_context
from typing import NamedTuple

from shared.signing.cloudevents import Claim
from shared.signing.trust_store import TrustStore

# Fewer are checked in less time than a process needs to start.
_MANY = 20_000


class Checking(NamedTuple):
    """Claims that are being checked."""

    claims: Sequence[Claim]
    found: Future[list[bool]]

    async def result(self) -> Mapping[Claim, bool]:
        """Return which of them hold."""
        holds = await asyncio.wrap_future(self.found)
        return dict(zip(self.claims, holds, strict=True))


class Signatures:
    """Checks what the keys of `trust` are said to have signed; `records` is how many will come."""

    def __init__(self, trust: TrustStore, records: int) -> None:
        self._trust = trust
        self._pool: ProcessPoolExecutor | None = None
        if records >= _MANY:
            publics = {a: [key.public for key in trust.listed(a)] for a in trust.agencies}
            self._pool = ProcessPoolExecutor(
                1, mp_context=get_context("spawn"), initializer=_begin, initargs=(publics,)
            )

    def check(self, claims: Iterable[Claim]) -> Checking:
        """Begin to find out which of them hold."""
        distinct = list(dict.fromkeys(claims))
        if self._pool is not None:
            found = self._pool.submit(_hold, distinct)
        else:
            found = Future()
            found.set_result([self._trust.verify(*claim) for claim in distinct])
        return Checking(distinct, found)

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)


# -- in the process ---------------------------------------------------------------------------

_trust = TrustStore()


def _begin(publics: Mapping[str, Sequence[bytes]]) -> None:
    global _trust
    _trust = TrustStore(publics)


def _hold(claims: Sequence[Claim]) -> list[bool]:
    return [_trust.verify(*claim) for claim in claims]
