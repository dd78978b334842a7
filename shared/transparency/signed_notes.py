"""Signed notes, checkpoints and cosignatures: C2SP signed-note, tlog-checkpoint, tlog-cosignature.

https://c2sp.org/signed-note, /tlog-checkpoint and /tlog-cosignature define them.
"""

from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

from shared.signing.keys import Signer

ED25519, COSIGNATURE = 0x01, 0x04
MAX_NOTE = 1_000_000
_MAX_LINES = 100


class BadNote(Exception):
    """Text that is no note, or not of the kind that it should be; the message says why."""


class Signature(NamedTuple):
    """A signature line; `hash` is the four bytes by which a verifier finds the key."""

    name: str
    hash: bytes
    value: bytes

    @property
    def line(self) -> str:
        return f"— {self.name} {b64encode(self.hash + self.value).decode()}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text, whose every line ends with a newline, and its signatures; none is checked yet."""

    text: str
    signatures: tuple[Signature, ...]

    def __bytes__(self) -> bytes:
        return "".join((self.text, "\n", *(s.line for s in self.signatures))).encode()

    def by(self, name: str, public: bytes, kind: int) -> Signature | None:
        """Return the first valid signature of this key under this name; None when there is none."""
        hash_ = note_key_hash(name, public, kind)
        for signature in self.signatures:
            if (
                signature.name == name
                and signature.hash == hash_
                and _valid(self.text, signature.value, public, kind)
            ):
                return signature
        return None


def note_key_hash(name: str, public: bytes, kind: int) -> bytes:
    """Return the four bytes that stand before a signature of this key under this name."""
    return sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


def verifier_key(name: str, public: bytes, kind: int) -> str:
    """Return the key as other programs take it: name+hash+base64."""
    encoded = b64encode(bytes([kind]) + public).decode()
    return f"{name}+{note_key_hash(name, public, kind).hex()}+{encoded}"


def sign_note(text: str, name: str, signer: Signer) -> Signature:
    """Return the signature of a note's text; the name has no space and no plus sign."""
    return Signature(name, note_key_hash(name, signer.public, ED25519), signer.sign(text.encode()))


def cosign(text: str, name: str, signer: Signer, seconds: int) -> Signature:
    """Return a witness's signature of a checkpoint's text: that at this Unix time it had seen no
    other.
    """
    value = seconds.to_bytes(8, "big") + signer.sign(_cosigned(text, seconds))
    return Signature(name, note_key_hash(name, signer.public, COSIGNATURE), value)


def cosigned_at(signature: Signature) -> int:
    """Return the Unix time that a cosignature states."""
    return int.from_bytes(signature.value[:8], "big")


def _cosigned(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def _valid(text: str, value: bytes, public: bytes, kind: int) -> bool:
    message = text.encode()
    if kind == COSIGNATURE:
        message, value = _cosigned(text, int.from_bytes(value[:8], "big")), value[8:]
    try:
        VerifyKey(public).verify(message, value)
    except (BadSignatureError, ValueError):
        return False
    return True


def read_note(raw: bytes) -> Note:
    """Return the note of these bytes. Raises BadNote."""
    if len(raw) > MAX_NOTE:
        raise BadNote(f"a note has at most {MAX_NOTE} bytes")
    try:
        whole = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadNote("a note is UTF-8") from error
    if any(c < " " and c != "\n" for c in whole):
        raise BadNote("a note has no control characters but newlines")
    # The last blank line parts them: the text may have some of its own.
    head, blank, lines = whole.rpartition("\n\n")
    if not blank or not lines.endswith("\n"):
        raise BadNote("a note is a text, a blank line, and lines of signatures")
    signatures = lines[:-1].split("\n")
    if len(signatures) > _MAX_LINES:
        raise BadNote(f"a note has at most {_MAX_LINES} signatures")
    return Note(head + "\n", tuple(map(_signature, signatures)))


def _signature(line: str) -> Signature:
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    value = _unbase64(encoded)
    if dash != "—" or not is_name(name) or len(value) < 5:
        raise BadNote(f"no signature: {line!r}")
    return Signature(name, value[:4], value[4:])


def is_name(name: str) -> bool:
    """Return whether a key may have this name."""
    return bool(name) and "+" not in name and not any(c.isspace() for c in name)


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """An owner's statement of its log: the number of records, and the root of their tree."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"


def read_checkpoint(text: str) -> Checkpoint:
    """Return the checkpoint that a note's text holds; extension lines are passed over. Raises
    BadNote.
    """
    lines = text.split("\n")
    if len(lines) < 4 or not lines[0] or lines[-1] or not all(lines[3:-1]):
        raise BadNote("a checkpoint has lines of an origin, a size and a root")
    return Checkpoint(lines[0], read_size(lines[1]), read_hash(lines[2]))


def read_size(text: str) -> int:
    """Return a tree's size, as decimal digits. Raises BadNote."""
    if not (text.isascii() and text.isdigit()) or text != str(int(text[:20])) or len(text) > 16:
        raise BadNote(f"no size of a tree: {text[:40]!r}")
    return int(text)


def read_hash(text: str) -> bytes:
    """Return a hash of 32 bytes in base64. Raises BadNote."""
    value = _unbase64(text)
    if len(value) != 32:
        raise BadNote(f"no hash: {text[:60]!r}")
    return value


def read_hashes(raw: bytes) -> list[bytes]:
    """Hashes written one after another. Raises BadNote."""
    if len(raw) % 32:
        raise BadNote("hashes have 32 bytes each")
    return [raw[at : at + 32] for at in range(0, len(raw), 32)]


def join_notes(notes: Iterable[Note]) -> Note:
    """Return one note with the signatures of several of the same text."""
    kept = list(notes)
    return Note(kept[0].text, tuple(dict.fromkeys(s for note in kept for s in note.signatures)))


def _unbase64(text: str) -> bytes:
    try:
        value = b64decode(text, validate=True)
    except ValueError as error:
        raise BadNote(f"not base64: {text[:60]!r}") from error
    # Unused bits would let one value be written in several ways.
    if b64encode(value).decode() != text:
        raise BadNote(f"not canonical base64: {text[:60]!r}")
    return value
