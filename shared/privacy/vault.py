"""Personal data leave a service only sealed, under a key per person that it alone holds."""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import OrderedDict
from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

import orjson
import uuid_utils
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.kernel.ports import Store
from shared.privacy.key_wrapping import Wrapping
from shared.signing.cloudevents import read
from shared.signing.keys import Secret

PERSONS = "persons"
# Of each person the hashed number, which their look-up has as its key, and the wrapped key.
PERSON_KEYS = "person-keys"
DIGEST = 32
# Each is sealed for right after it is met.
_PASSING = 1024


class Opened(NamedTuple):
    """The decrypted content of one field of an event; `data` None when the person was erased."""

    event: str
    type: str
    field: str
    data: dict[str, object] | None


class PersonalDataVault:
    """Persons of one service: random ids, found again by a keyed hash, and their keys.

    Look-ups and keys are private to the store: never on the log, so that destroying them makes
    every sealed copy unreadable while every hash still verifies.
    """

    def __init__(self, store: Store, secret: Secret, wrapping: Wrapping) -> None:
        self._store, self._secret, self._wrapping = store, secret, wrapping
        self._passing: OrderedDict[str, bytes] = OrderedDict()

    async def person(self, number: str, *, keep: bool = True) -> str:
        """Return the person's random id, made at the first sight of their number; its key is
        durable.

        `number` is what tells persons apart: "nik:..." or, of officials, "nip:...". Without `keep`
        a person not seen before leaves no trace; the same number has the same id meanwhile.
        """
        digest = self._secret.hash(b"person", number.encode(), size=DIGEST)
        hashed = digest.hex()
        if not keep:
            known = (await self._store.get_private(PERSONS, [hashed])).get(hashed)
            return known.decode() if known else self._pass(hashed)
        fresh = str(UUID(bytes=uuid_utils.uuid7().bytes))
        person = (await self._store.keep_private(PERSONS, hashed, fresh.encode())).decode()
        wrapped = self._wrapping.wrap(AESGCM.generate_key(256))
        await self._store.keep_private(PERSON_KEYS, person, digest + wrapped)
        return person

    async def find(self, number: str) -> str | None:
        """Return the person's id; None for one who was never seen, or was erased."""
        hashed = self._secret.hash(b"person", number.encode(), size=DIGEST).hex()
        known = (await self._store.get_private(PERSONS, [hashed])).get(hashed)
        return known.decode() if known else None

    async def erase(self, *persons: str) -> None:
        """Destroy the persons' keys and look-ups; durable on return, and may be repeated.

        Nothing sealed for these ids is readable from then on. The same number seen again is
        another person.
        """
        kept = await self._store.get_private(PERSON_KEYS, persons)
        # The look-ups first: as long as a key is there, what names its look-up is too.
        found = await self._store.get_private(PERSONS, list(look_ups(kept)))
        theirs = [hashed for hashed, person in found.items() if person.decode() in kept]
        await self._store.delete_private(PERSONS, theirs)
        await self._store.delete_private(PERSON_KEYS, persons)

    def _pass(self, hashed: str) -> str:
        person = str(UUID(bytes=self._secret.hash(b"passing", hashed.encode(), size=16)))
        self._passing[person] = AESGCM.generate_key(256)
        if len(self._passing) > _PASSING:
            self._passing.popitem(last=False)
        return person

    async def seal(
        self, person: str, event: str, data: Mapping[str, object], field: str = "sealed"
    ) -> str:
        """AES-256-GCM in base64url: nonce (12 bytes), ciphertext, tag.

        Bound to the person, to the event that will hold it ("<stream>/<sequence>") and to its
        field: whoever seals sees to it that the event gets this sequence (`Do.expected`). Raises
        KeyError for a person who was erased.
        """
        key = self._passing.get(person) or await self._key(person)
        if key is None:
            raise KeyError(person)
        nonce = os.urandom(12)
        sealed = AESGCM(key).encrypt(nonce, orjson.dumps(data), _bound(person, event, field))
        return urlsafe_b64encode(nonce + sealed).rstrip(b"=").decode()

    async def unseal(
        self, person: str, event: str, sealed: str, field: str = "sealed"
    ) -> dict[str, object] | None:
        """Return what was sealed; None when the person was erased.

        Raises ValueError for bytes that were sealed for another person, event or field.
        """
        key = await self._key(person)
        if key is None:
            return None
        raw = urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4))
        try:
            opened = AESGCM(key).decrypt(raw[:12], raw[12:], _bound(person, event, field))
        except InvalidTag as error:
            raise ValueError("sealed for another person, event or field, or altered") from error
        data: dict[str, object] = orjson.loads(opened)
        return data

    async def opened(self, person: str, stream: str) -> list[Opened]:
        """Return all that a person's stream holds sealed, in its order."""
        found = []
        for commit in await self._store.history(stream):
            for envelope in map(read, commit.records):
                if (sealed := orjson.loads(envelope.data).get("sealed")) is not None:
                    data = await self.unseal(person, envelope.id, sealed)
                    found.append(Opened(envelope.id, envelope.type, "sealed", data))
        return found

    async def _key(self, person: str) -> bytes | None:
        kept = (await self._store.get_private(PERSON_KEYS, [person])).get(person)
        return self._wrapping.unwrap(kept[DIGEST:]) if kept else None


def look_ups(keys: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return by which these persons are found again, from what is kept of each."""
    return {kept[:DIGEST].hex(): person.encode() for person, kept in keys.items()}


def rewrapped(kept: bytes, wrapping: Wrapping) -> bytes | None:
    """Return what is kept of a person, under the current wrapping key; None when it already is."""
    wrapped = kept[DIGEST:]
    if not wrapping.outdated(wrapped):
        return None
    return kept[:DIGEST] + wrapping.wrap(wrapping.unwrap(wrapped))


def _bound(person: str, event: str, field: str) -> bytes:
    return f"{person} {event} {field}".encode()
