"""Pseudonyms: the acting person's opaque name on events; only this service knows whose it is."""

import secrets

from shared.kernel.ports import Store
from shared.signing.keys import Secret

ACTORS = "actors"
ACTOR_NAMES = "actor-names"
_HASH = 32


class Pseudonyms:
    """Accounts and their names, which are random: once forgotten, nothing leads back to either.

    Both directions are private to the store, so that they are on no log.
    """

    def __init__(self, store: Store, secret: Secret) -> None:
        self._store, self._secret = store, secret
        self._names: dict[str, str] = {}

    async def name(self, account: str) -> str:
        """Return the account's name, made at the first sight of it. Durable on return."""
        if account not in self._names:
            fresh = secrets.token_hex(10).encode()
            kept = await self._store.keep_private(ACTOR_NAMES, self._hash(account), fresh)
            await self._store.keep_private(ACTORS, kept.decode(), account.encode())
            self._names[account] = kept.decode()
        return self._names[account]

    async def account(self, name: str) -> str | None:
        """Return whose name this is; None when it was forgotten, or is nobody's."""
        found = (await self._store.get_private(ACTORS, [name])).get(name)
        return found.decode() if found else None

    async def forget(self, *names: str) -> None:
        """The accounts get other names from now on. Durable on return, and may be repeated."""
        found = await self._store.get_private(ACTORS, names)
        accounts = [account.decode() for account in found.values()]
        await self._store.delete_private(ACTOR_NAMES, [self._hash(each) for each in accounts])
        await self._store.delete_private(ACTORS, names)
        for account in accounts:
            self._names.pop(account, None)

    def _hash(self, account: str) -> str:
        return self._secret.hash(b"actor", account.encode(), size=_HASH).hex()
