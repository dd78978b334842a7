"""Keys in files: agencies' signing keys, and a service's own secret."""

import os
import secrets
from hashlib import blake2b, sha256
from pathlib import Path

from nacl.signing import SigningKey


class BadKey(Exception):
    """A key file that is missing or does not hold what it should; the message names it."""


def key_id(public: bytes) -> str:
    """Return the first 16 bytes, in hex, of the SHA-256 of an Ed25519 public key."""
    return sha256(public).hexdigest()[:32]


class Signer:
    """An agency's Ed25519 key (RFC 8032)."""

    def __init__(self, seed: bytes) -> None:
        self._key = SigningKey(seed)
        self.public = bytes(self._key.verify_key)
        self.keyid = key_id(self.public)

    def sign(self, message: bytes) -> bytes:
        """Return a signature of 64 bytes."""
        return self._key.sign(message).signature


class Secret:
    """A service's own 32 bytes, from which it derives keyed hashes that nobody else can compute."""

    def __init__(self, value: bytes) -> None:
        if len(value) != 32:
            raise BadKey("a secret has 32 bytes")
        self._value = value

    def hash(self, purpose: bytes, *parts: bytes, size: int = 16) -> bytes:
        """Return a keyed BLAKE2b hash; `purpose` (at most 16 bytes) separates one use
        from another.
        """
        digest = blake2b(key=self._value, person=purpose, digest_size=size)
        for part in parts:
            digest.update(len(part).to_bytes(4, "big"))
            digest.update(part)
        return digest.digest()


def read_key(path: Path) -> bytes:
    """Return the 32 bytes that a key file holds as one line of 64 hex digits.

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


def make_key(path: Path) -> None:
    """Make a file of a new random key, readable by its owner alone, unless it is there."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_file(path, (secrets.token_hex(32) + "\n").encode("ascii"), 0o600)


def write_file(path: Path, content: bytes, mode: int) -> None:
    """Replace a file as a whole, durably."""
    # A crash must not leave half a key, nor may a key be readable by others for an instant.
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    # The new name must outlive a power cut too, before anything depends on what it holds.
    folder = os.open(path.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)
