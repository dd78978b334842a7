"""Which key speaks for which agency, for what, and from where to where on the log."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Literal

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

from shared.events.keys import KeyAuthorised, KeyEvent, KeyRetired, KeyRevoked, Use
from shared.signing.keys import BadKey, key_id

Sizes = Mapping[str, Mapping[str, int]]
UNKNOWN_KEY = "key"


class Untrusted(Exception):
    """The key may not speak here; `code` is a short label, the message says why."""

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code


@dataclass(frozen=True, slots=True)
class Key:
    """A public key of an agency, valid for log positions `since` <= offset < `until`.

    `use` None: for everything, which only pinned keys are. `end`: how its time ended.
    """

    keyid: str
    agency: str
    public: bytes
    use: Use | None = None
    since: Sizes = field(default_factory=dict)
    until: Sizes | None = None
    end: Literal["", "retired", "revoked"] = ""
    reason: str = ""

    def judge(self, use: Use, topic: str, partition: int, offset: int) -> None:
        """Raise Untrusted unless the key may speak at this place."""
        if self.use not in (None, use):
            raise Untrusted(
                "key-use", f"the key {self.keyid} of {self.agency} is for {self.use}, not {use}"
            )
        if self.since and offset < (since := _size(self.since, topic, partition)):
            raise Untrusted(
                "key-early",
                f"the key {self.keyid} of {self.agency} is not valid before offset {since}",
            )
        if self.until is not None and offset >= (until := _size(self.until, topic, partition)):
            why = f": {self.reason}" if self.reason else ""
            raise Untrusted(
                f"key-{self.end}",
                f"the key {self.keyid} of {self.agency} was {self.end} at offset {until}{why}",
            )


def _size(sizes: Sizes, topic: str, partition: int) -> int:
    return sizes.get(topic, {}).get(str(partition), 0)


class TrustStore:
    """Keys and whom they speak for.

    Begins with keys that are valid everywhere: {agency URN: [Ed25519 public keys]}. Raises BadKey
    when two agencies have the same one.
    """

    def __init__(self, pinned: Mapping[str, Sequence[bytes]] | None = None) -> None:
        self._keys: dict[str, Key] = {}
        self._verifiers: dict[str, VerifyKey] = {}
        for agency, publics in (pinned or {}).items():
            for public in publics:
                self._add(Key(key_id(public), agency, public))
        # One signature serves a whole commit group, so its records ask the same again and again.
        self._remembered = lru_cache(maxsize=4096)(self._verify)

    def _add(self, key: Key) -> None:
        other = self._keys.setdefault(key.keyid, key)
        if other.agency != key.agency:
            raise BadKey(f"{other.agency} and {key.agency} can't have one key: {key.public.hex()}")
        self._verifiers[key.keyid] = VerifyKey(key.public)

    def apply(self, agency: str, event: KeyEvent) -> None:
        """Take up what an agency's root says of its keys. Raises BadKey for what can't be."""
        match event:
            case KeyAuthorised():
                public = bytes.fromhex(event.public)
                if event.keyid != key_id(public):
                    raise BadKey(f"{event.keyid} is not the id of the key {event.public}")
                if event.keyid in self._keys:
                    raise BadKey(f"the key {event.keyid} was authorised before")
                self._add(Key(event.keyid, agency, public, event.use, event.since))
            case KeyRetired() | KeyRevoked():
                key = self._keys.get(event.keyid)
                if key is None or key.agency != agency:
                    raise BadKey(f"{agency} has no key {event.keyid} to end")
                self._keys[key.keyid] = _ended(key, event)

    @property
    def agencies(self) -> Collection[str]:
        return {key.agency for key in self._keys.values()}

    def listed(self, agency: str | None = None) -> Iterable[Key]:
        """Return all keys ever authorised, of one agency or of all."""
        return [key for key in self._keys.values() if agency in (None, key.agency)]

    def key(self, keyid: str) -> Key | None:
        return self._keys.get(keyid)

    def agency(self, keyid: str) -> str | None:
        """Return whose key this is, valid now or not; None when nobody's."""
        key = self._keys.get(keyid)
        return key.agency if key else None

    def speaker(self, keyid: str, use: Use, topic: str, partition: int, offset: int) -> str:
        """Return the agency for which the key speaks at this place. Raises Untrusted."""
        key = self._keys.get(keyid)
        if key is None:
            raise Untrusted(UNKNOWN_KEY, f"the key {keyid} is not on the trust list")
        key.judge(use, topic, partition, offset)
        return key.agency

    def verify(self, keyid: str, message: bytes, signature: bytes) -> bool:
        """Return whether the key signed the message; False for a key that is not known."""
        return keyid in self._verifiers and self._remembered(keyid, message, signature)

    def _verify(self, keyid: str, message: bytes, signature: bytes) -> bool:
        try:
            self._verifiers[keyid].verify(message, signature)
        except (BadSignatureError, ValueError):
            return False
        return True


def _ended(key: Key, event: KeyRetired | KeyRevoked) -> Key:
    if isinstance(event, KeyRevoked):
        # What a rotation has ended already can still turn out to be stolen: the earlier end counts.
        until = _earlier(key.until, event.until)
        return replace(key, until=until, end="revoked", reason=event.reason)
    if key.until is not None:
        raise BadKey(f"the time of the key {key.keyid} has ended before")
    return replace(key, until=event.until, end="retired")


def _earlier(one: Sizes | None, other: Sizes) -> Sizes:
    if one is None:
        return other
    return {
        topic: {p: min(size, _size(one, topic, int(p))) for p, size in partitions.items()}
        for topic, partitions in other.items()
    }


def read_roots(trust: Path) -> TrustStore:
    """Return the pinned keys of a JSON file: {"<agency URN>": ["<root key, 64 hex digits>", ...]}.

    Raises BadKey.
    """
    try:
        listed = json.loads(trust.read_text("ascii"))
        return TrustStore({a: [bytes.fromhex(k) for k in keys] for a, keys in listed.items()})
    except OSError as error:
        raise BadKey(f"cannot read the trust list {trust}: {error.strerror}") from error
    except (ValueError, AttributeError, TypeError) as error:
        raise BadKey(
            f"the trust list {trust} must map agency URNs to lists of root keys in hex"
        ) from error
