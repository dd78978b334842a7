"""Codes with which an applicant without an account finds the application."""

from datetime import date
from hmac import compare_digest

from shared.kernel.ports import Store
from shared.signing.keys import Secret

_COLLECTION = "follow"
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: none is taken for another
_READ_AS = str.maketrans("OIL", "011", " -")
_LENGTH = 10
_DIGEST = 32


class Lookup:
    """Finds an application by code and birth date, of which only keyed hashes are stored.

    The look-ups are private to the store: they are on no event and in no view.
    """

    def __init__(self, store: Store, secret: Secret) -> None:
        self._store, self._secret = store, secret

    def code(self, application: str) -> str:
        """Return the application's code: ten characters that only this service can derive."""
        number = int.from_bytes(self._secret.hash(b"follow", application.encode()), "big")
        return "".join(_ALPHABET[number >> 5 * place & 31] for place in range(_LENGTH))

    async def keep(self, application: str, birth_date: date) -> None:
        """Make a new application found by its code and this birth date. Durable on return.

        For one that is found already, nothing changes: who registers again can't lock it.
        """
        key, found = self._key(self.code(application)), self._found(application, birth_date)
        await self._store.keep_private(_COLLECTION, key, found)

    async def move(self, application: str, birth_date: date) -> None:
        """Make the application found by this birth date instead. Durable on return."""
        key, found = self._key(self.code(application)), self._found(application, birth_date)
        kept = await self._store.keep_private(_COLLECTION, key, found)
        await self._store.replace_private(_COLLECTION, {key: (kept, found)})

    async def forget(self, *applications: str) -> None:
        """Remove the look-ups of applications. Durable on return, and may be repeated."""
        keys = [self._key(self.code(application)) for application in applications]
        await self._store.delete_private(_COLLECTION, keys)

    async def find(self, code: str, birth_date: date) -> str | None:
        """Return the application's id; None when there is none of this code and birth date."""
        key = self._key(normal(code))
        found = (await self._store.get_private(_COLLECTION, [key])).get(key, b"")
        application = found[_DIGEST:].decode()
        return application if compare_digest(found, self._found(application, birth_date)) else None

    def _key(self, code: str) -> str:
        return self._secret.hash(b"follow-look-up", code.encode(), size=_DIGEST).hex()

    def _found(self, application: str, birth_date: date) -> bytes:
        """Return what is stored under the code's hash: that of the birth date, then the id."""
        given = (application.encode(), birth_date.isoformat().encode())
        return self._secret.hash(b"follow-birth", *given, size=_DIGEST) + application.encode()


def normal(code: str) -> str:
    """Return the code as it is meant: without spaces and hyphens, misread letters put right."""
    return code.upper().translate(_READ_AS)
