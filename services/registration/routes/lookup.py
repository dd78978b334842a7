"""How an applicant without an account finds the application: a code and the birth date."""

from datetime import date

from shared.keys import Secret
from shared.ports import Store

_COLLECTION = "follow"
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: none is taken for another
_READ_AS = str.maketrans("OIL", "011", " -")
_LENGTH = 10


class Lookup:
    """Code and birth date lead to an application; neither is stored, only their keyed hash.

    The look-ups are private to the store: they are on no event and in no view.
    """

    def __init__(self, store: Store, secret: Secret) -> None:
        self._store, self._secret = store, secret

    def code(self, application: str) -> str:
        """The application's code: ten characters that only this service can derive."""
        number = int.from_bytes(self._secret.hash(b"follow", application.encode()), "big")
        return "".join(_ALPHABET[number >> 5 * place & 31] for place in range(_LENGTH))

    async def keep(self, application: str, birth_date: date) -> None:
        """Makes the application found by its code and this birth date. Durable on return."""
        key = self._key(self.code(application), birth_date)
        await self._store.keep_private(_COLLECTION, key, application.encode())

    async def find(self, code: str, birth_date: date) -> str | None:
        """The application's id; None when there is none of this code and birth date."""
        key = self._key(normal(code), birth_date)
        found = (await self._store.get_private(_COLLECTION, [key])).get(key)
        return found.decode() if found else None

    def _key(self, code: str, birth_date: date) -> str:
        given = (code.encode(), birth_date.isoformat().encode())
        return self._secret.hash(b"follow-look-up", *given, size=32).hex()


def normal(code: str) -> str:
    """The code as it is meant: without spaces and hyphens, misread letters put right."""
    return code.upper().translate(_READ_AS)
