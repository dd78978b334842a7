"""Throttle: after some failures a key must wait; replicas of a service share what they count."""

import math
import secrets
import time
from collections.abc import Callable
from ipaddress import IPv6Address

import orjson
from limits import RateLimitItemPerSecond
from limits.aio.storage import MovingWindowSupport, Storage
from limits.aio.strategies import MovingWindowRateLimiter

from shared.kernel.ports import Store, Unavailable
from shared.signing.keys import Secret
from shared.web.problems import ProblemError

LIMIT = 5
# An office, a village or a mobile network may share an address: most of them do no harm.
ADDRESS_LIMIT = 100
SECONDS = 15 * 60
_COLLECTION = "throttle"
_CLEANING = 60.0
_TRIES = 10

Clock = Callable[[], float]


class Throttle:
    """Count the failures of keys in a moving window, in the service's own store.

    Keys are kept as keyed hashes, since an address may be a person's. A success does not wipe out
    failures: whoever owns one code could else guess others for ever.
    """

    def __init__(
        self,
        store: Store,
        secret: Secret,
        *,
        limit: int = LIMIT,
        seconds: int = SECONDS,
        clock: Clock = time.time,
    ) -> None:
        self._secret, self._clock, self._seconds = secret, clock, seconds
        self._item = RateLimitItemPerSecond(limit, seconds)
        self._storage = StoreStorage(store, clock)
        self._limiter = MovingWindowRateLimiter(self._storage)

    async def wait(self, *keys: str) -> float:
        """Return the seconds until all of these keys may try again; 0 when they may now.

        Raises Unavailable.
        """
        return max([await self._wait(key) for key in keys], default=0.0)

    async def admit(self, *keys: str) -> None:
        """Let through who may try now. Raises ProblemError 429, and Unavailable."""
        if wait := await self.wait(*keys):
            raise ProblemError(
                429,
                "too-many-tries",
                headers={"retry-after": str(math.ceil(wait))},
                minutes=math.ceil(wait / 60),
            )

    async def fail(self, *keys: str) -> None:
        """Count one more failure of each of these keys. Raises Unavailable."""
        for key in keys:
            await self._limiter.hit(self._item, self._hashed(key))
        await self._storage.clean()

    async def _wait(self, key: str) -> float:
        stats = await self._limiter.get_window_stats(self._item, self._hashed(key))
        return max(0.0, stats.reset_time - self._clock()) if stats.remaining <= 0 else 0.0

    def _hashed(self, key: str) -> str:
        return self._secret.hash(b"throttle", key.encode(), size=16).hex()


def address_of(host: str) -> str:
    """Return what stands for a client: its address, of IPv6 the 64 bits that are not its own."""
    try:
        address = IPv6Address(host)
    except ValueError:
        return host
    return str(address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64))


class StoreStorage(Storage, MovingWindowSupport):
    """Keep the entries of `limits` as private rows of a service's store.

    A row holds when its last entry expires, and its entries, oldest first: the instant in seconds
    since 1970, and a random mark by which its writer knows it again.
    """

    STORAGE_SCHEME = None

    def __init__(self, store: Store, clock: Clock = time.time) -> None:
        super().__init__()
        self._store, self._clock = store, clock
        self._next_cleaning = 0.0

    @property
    def base_exceptions(self) -> type[Exception]:
        return Unavailable

    async def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        if len(await self._entries(key, expiry)) + amount > limit:
            return False
        return await self.incr(key, expiry, amount) <= limit

    async def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        entries = await self._entries(key, expiry)
        return (entries[0][0] if entries else self._clock(), len(entries))

    async def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        mark, now = secrets.token_hex(8), self._clock()
        for _ in range(_TRIES):
            before = (await self._store.get_private(_COLLECTION, [key])).get(key)
            entries = [*_live(before, now - expiry), *([(now, mark)] * amount)]
            after = orjson.dumps({"until": now + expiry, "entries": entries})
            if before is None:
                await self._store.keep_private(_COLLECTION, key, after)
            else:
                await self._store.replace_private(_COLLECTION, {key: (before, after)})
            kept = await self._entries(key, expiry)
            if any(each[1] == mark for each in kept):
                return len(kept)
        raise Unavailable(f"{_TRIES} writes of one key were overtaken by others")

    async def get(self, key: str) -> int:
        raw = (await self._store.get_private(_COLLECTION, [key])).get(key)
        return len(orjson.loads(raw)["entries"]) if raw else 0

    async def get_expiry(self, key: str) -> float:
        raw = (await self._store.get_private(_COLLECTION, [key])).get(key)
        return float(orjson.loads(raw)["until"]) if raw else self._clock()

    async def check(self) -> bool:
        await self._store.ping()
        return True

    async def clear(self, key: str) -> None:
        await self._store.delete_private(_COLLECTION, [key])

    async def reset(self) -> int:
        return await self._delete(float("inf"))

    async def clean(self) -> None:
        """Delete what has expired, at most once a minute."""
        if self._clock() >= self._next_cleaning:
            self._next_cleaning = self._clock() + _CLEANING
            await self._delete(self._clock())

    async def _delete(self, until: float) -> int:
        deleted, after = 0, ""
        while page := await self._store.scan_private(_COLLECTION, after):
            after = next(reversed(page))
            old = [key for key, raw in page.items() if orjson.loads(raw)["until"] <= until]
            await self._store.delete_private(_COLLECTION, old)
            deleted += len(old)
        return deleted

    async def _entries(self, key: str, expiry: int) -> list[tuple[float, str]]:
        raw = (await self._store.get_private(_COLLECTION, [key])).get(key)
        return _live(raw, self._clock() - expiry)


def _live(raw: bytes | None, since: float) -> list[tuple[float, str]]:
    entries = orjson.loads(raw)["entries"] if raw else []
    return [(at, mark) for at, mark in entries if at > since]
