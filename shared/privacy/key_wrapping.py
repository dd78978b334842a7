"""An agency's wrapping keys: what persons' keys are stored under, apart from the database."""

import secrets
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Self

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from shared.signing.keys import BadKey, write_file

_ID = 8


class Wrapping:
    """AES key wrap (RFC 3394) under the first of these keys; any of them unwraps.

    What is wrapped begins with the id of the key that it is under. Raises BadKey for a key that
    has not 32 bytes.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys or any(len(key) != 32 for key in keys):
            raise BadKey("a wrapping key has 32 bytes")
        self.keys = tuple(dict.fromkeys(keys))
        self._by_id = {_id(key): key for key in self.keys}

    def wrap(self, key: bytes) -> bytes:
        current = self.keys[0]
        return _id(current) + aes_key_wrap(current, key)

    def unwrap(self, wrapped: bytes) -> bytes:
        """Return the key. Raises BadKey when it is under a key that is not here, or was altered."""
        under = self._by_id.get(wrapped[:_ID])
        if under is None:
            raise BadKey(
                f"persons' keys are wrapped under {wrapped[:_ID].hex()}, which wrap.key lacks:"
                " put its line back from the backup of the keys"
            )
        try:
            return aes_key_unwrap(under, wrapped[_ID:])
        except InvalidUnwrap as error:
            raise BadKey("a person's wrapped key was altered") from error

    def outdated(self, wrapped: bytes) -> bool:
        """Return whether it is under an earlier key than the current one."""
        return wrapped[:_ID] != _id(self.keys[0])

    def with_new(self) -> Self:
        """Return the same with a new current key."""
        return type(self)((secrets.token_bytes(32), *self.keys))

    def current(self) -> Self:
        """Return the current key alone."""
        return type(self)(self.keys[:1])


def _id(key: bytes) -> bytes:
    return sha256(b"sinergi.wrapping-key\n" + key).digest()[:_ID]


def read_wrapping(path: Path) -> Wrapping:
    """Return the wrapping keys of a file: lines of 64 hex digits, the current one first.

    Raises BadKey, naming the file and the mend.
    """
    try:
        return Wrapping([bytes.fromhex(line) for line in path.read_text("ascii").split()])
    except OSError as error:
        raise BadKey(f"cannot read the key file {path}: {error.strerror}") from error
    except (ValueError, BadKey) as error:
        raise BadKey(f"the key file {path} must hold lines of 64 hex digits") from error


def write_wrapping(path: Path, wrapping: Wrapping) -> None:
    """Replace the file as a whole, durably; readable by its owner alone. Raises BadKey."""
    lines = "".join(f"{key.hex()}\n" for key in wrapping.keys)
    try:
        write_file(path, lines.encode("ascii"), 0o600)
    except OSError as error:
        raise BadKey(f"cannot write the key file {path}: {error.strerror}") from error
