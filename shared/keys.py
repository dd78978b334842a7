"""Agencies' signing keys, the list of keys that are trusted, and a service's own secret."""

import json
import os
import secrets
from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b, sha256
from pathlib import Path

from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey


class BadKey(Exception):
    """A key file that is missing or does not hold what it should; the message names it."""


def key_id(public: bytes) -> str:
    """The first 16 bytes, in hex, of the SHA-256 of an Ed25519 public key."""
    return sha256(public).hexdigest()[:32]


class Signer:
    """An agency's Ed25519 key (RFC 8032)."""

    def __init__(self, seed: bytes) -> None:
        self._key = SigningKey(seed)
        self.public = bytes(self._key.verify_key)
        self.keyid = key_id(self.public)

    def sign(self, message: bytes) -> bytes:
        """A signature of 64 bytes."""
        return self._key.sign(message).signature


class Trust:
    """Which public key speaks for which agency: {agency URN: [Ed25519 public keys]}.

    Raises BadKey when two agencies have the same one.
    """

    def __init__(self, agencies: Mapping[str, Sequence[bytes]]) -> None:
        self._keys: dict[str, tuple[str, VerifyKey]] = {}
        for agency, keys in agencies.items():
            for public in keys:
                other, _ = self._keys.setdefault(key_id(public), (agency, VerifyKey(public)))
                if other != agency:
                    raise BadKey(f"{agency} and {other} can't have one key: {public.hex()}")
        # One signature serves a whole commit group, so its records ask the same again and again.
        self._remembered = lru_cache(maxsize=4096)(self._verify)

    def agency(self, keyid: str) -> str | None:
        """Whose key this is; None when it is not on the list."""
        known = self._keys.get(keyid)
        return known[0] if known else None

    def verify(self, keyid: str, message: bytes, signature: bytes) -> bool:
        """Whether the listed key signed the message; False for a key that is not listed."""
        return self._remembered(keyid, message, signature)

    def _verify(self, keyid: str, message: bytes, signature: bytes) -> bool:
        known = self._keys.get(keyid)
        if known is None:
            return False
        try:
            known[1].verify(message, signature)
        except (BadSignatureError, ValueError):
            return False
        return True


class Secret:
    """A service's own 32 bytes, from which it derives keyed hashes that nobody else can compute."""

    def __init__(self, value: bytes) -> None:
        if len(value) != 32:
            raise BadKey("a secret has 32 bytes")
        self._value = value

    def hash(self, purpose: bytes, *parts: bytes, size: int = 16) -> bytes:
        """A keyed BLAKE2b hash; `purpose` (at most 16 bytes) separates one use from another."""
        digest = blake2b(key=self._value, person=purpose, digest_size=size)
        for part in parts:
            digest.update(len(part).to_bytes(4, "big"))
            digest.update(part)
        return digest.digest()


def read_key(path: Path) -> bytes:
    """The 32 bytes that a key file holds as one line of 64 hex digits.

    Raises BadKey, naming the file and the mend.
    """
    try:
        value = bytes.fromhex(path.read_text("ascii").strip())
    except OSError as error:
        raise BadKey(f"cannot read the key file {path}: {error.strerror}") from error
    except ValueError:
        value = b""
    if len(value) != 32:
        raise BadKey(f"the key file {path} must hold 64 hex digits on one line")
    return value


def read_trust(path: Path) -> Trust:
    """The trust list of a JSON file: {"<agency URN>": ["<public key, 64 hex digits>", ...]}."""
    try:
        listed = json.loads(path.read_text("ascii"))
        return Trust({a: [bytes.fromhex(k) for k in keys] for a, keys in listed.items()})
    except OSError as error:
        raise BadKey(f"cannot read the trust list {path}: {error.strerror}") from error
    except (ValueError, AttributeError, TypeError) as error:
        raise BadKey(
            f"the trust list {path} must map agency URNs to lists of keys in hex"
        ) from error


def make_keys(folder: Path, trust: Path, agencies: Mapping[str, str]) -> None:
    """Makes what is absent: per service `<folder>/<service>/agency.key` and `secret` (0600),
    and the trust list of all.

    `agencies` maps each service to the URN of the agency that runs it. Existing keys stay.
    """
    listed: dict[str, list[str]] = {}
    for service, agency in agencies.items():
        home = folder / service
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in ("agency.key", "secret"):
            _write_once(home / name, secrets.token_hex(32) + "\n", 0o600)
        public = Signer(read_key(home / "agency.key")).public
        listed.setdefault(agency, []).append(public.hex())
    trust.parent.mkdir(parents=True, exist_ok=True)
    _write_once(trust, json.dumps(listed, indent=2) + "\n", 0o644)


def _write_once(path: Path, text: str, mode: int) -> None:
    if path.exists():
        return
    # A crash must not leave half a key, nor may a key be readable by others for an instant.
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
