"""An event as a CloudEvents 1.0 record in Kafka's binary mode: signed bytes, hash and chain.

docs/integrators.md writes the encoding down for other languages; tests/contract/vectors.json holds
its test vectors. Nothing here may change for events that exist.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from itertools import chain
from typing import NamedTuple

from shared.events.base import SAFE_INTEGER
from shared.kernel.ports import LogRecord, Record
from shared.signing.keys import Signer
from shared.signing.merkle import Tree, root_from_path
from shared.signing.trust_store import TrustStore, Untrusted

MAX_DATA = 256 * 1024
CONTENT_TYPE = "application/json"
GENESIS = "0" * 64

# The attributes that the hash covers, in this order; each must be there exactly once.
HASHED = (
    "content-type",
    "ce_specversion",
    "ce_id",
    "ce_source",
    "ce_type",
    "ce_subject",
    "ce_time",
    "ce_sequence",
    "ce_commit",
    "ce_cause",
    "ce_correlationid",
    "ce_causationid",
    "ce_actor",
    "ce_prevhash",
    "ce_keyid",
)
_LISTED = frozenset((*HASHED, "ce_signature", "ce_proof"))
_HASH_DOMAIN = b"sinergi.event.v1\n"
_GROUP_DOMAIN = b"sinergi.group.v1\n"
_HASH = re.compile(r"[0-9a-f]{64}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


class Unauthentic(Exception):
    """A record that cannot be attributed to the owner of its topic; the message says why.

    `code` is a short label for counters.
    """

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code


class TooLarge(Exception):
    """An event's data exceed 256 KiB."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An event's attributes and data, not yet frozen."""

    source: str
    type: str
    subject: str
    time: datetime
    sequence: int
    first: int
    count: int
    cause: str
    fingerprint: str
    correlation: str
    causation: str
    actor: str
    prevhash: str
    data: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope(Draft):
    """A record that was read: its attributes, its data (not yet decoded) and its hash."""

    hash: str

    @property
    def id(self) -> str:
        return f"{self.subject}/{self.sequence}"

    @property
    def ref(self) -> str:
        """The event's name across agencies."""
        return f"{self.source}/{self.id}"


def format_time(time: datetime) -> str:
    """UTC with six decimals and Z: always 27 characters."""
    return time.astimezone(UTC).isoformat(timespec="microseconds")[:26] + "Z"


def freeze(draft: Draft, keyid: str, traceparent: str | None = None) -> tuple[Record, str]:
    """Return the record, still without its signature, and its hash.

    Raises TooLarge, and ValueError for an attribute that could not be read again.
    """
    if len(draft.data) > MAX_DATA:
        raise TooLarge(f"{draft.type} has {len(draft.data)} bytes of data, at most {MAX_DATA}")
    if not 1 <= draft.first <= draft.sequence < draft.first + draft.count <= SAFE_INTEGER:
        raise ValueError(f"event {draft.sequence} is not of {draft.first}:{draft.count}")
    if ";" in draft.cause:
        raise ValueError(f"a semicolon parts a cause from its fingerprint: {draft.cause}")
    cause = f"{draft.cause};{draft.fingerprint}" if draft.fingerprint else draft.cause
    values = (
        CONTENT_TYPE,
        "1.0",
        f"{draft.subject}/{draft.sequence}",
        draft.source,
        draft.type,
        draft.subject,
        format_time(draft.time),
        str(draft.sequence),
        f"{draft.first}:{draft.count}",
        cause,
        draft.correlation,
        draft.causation,
        draft.actor,
        draft.prevhash,
        keyid,
    )
    together = "".join(values)
    if not (all(values) and together.isascii() and together.isprintable()):
        raise ValueError(f"attributes must be printable ASCII: {values!r}")
    encoded = [value.encode("ascii") for value in values]
    headers: list[tuple[str, bytes | None]] = list(zip(HASHED, encoded, strict=True))
    if traceparent:
        headers.append(("ce_traceparent", traceparent.encode("ascii")))
    record = Record(draft.subject.encode("ascii"), draft.data, tuple(headers))
    return record, _hash(encoded, draft.data)


def _hash(values: Sequence[bytes], data: bytes) -> str:
    try:
        lengths = map(_LENGTHS.__getitem__, map(len, values))
        attributes = b"".join(chain.from_iterable(zip(lengths, values, strict=True)))
    except IndexError:
        attributes = b"".join(_length(value) + value for value in values)
    return sha256(b"".join((_HASH_DOMAIN, attributes, _length(data), data))).hexdigest()


def _length(value: bytes) -> bytes:
    return len(value).to_bytes(4, "big")


# Nearly all attributes are short; a look-up costs a third of the conversion.
_LENGTHS = [_length(bytes(number)) for number in range(512)]


def _group_message(size: int, root: bytes) -> bytes:
    return _GROUP_DOMAIN + size.to_bytes(4, "big") + root


def _base64(value: bytes) -> bytes:
    return urlsafe_b64encode(value).rstrip(b"=")


def _unbase64(text: bytes) -> bytes:
    value = urlsafe_b64decode(text + b"=" * (-len(text) % 4))
    # Stray characters and unused bits would let one signature be written in several ways.
    if _base64(value) != text:
        raise ValueError("not canonical base64url")
    return value


def sign_group(signer: Signer, records: Sequence[Record], hashes: Sequence[str]) -> list[Record]:
    """Return the records with one signature for all, and each with its proof when there are
    several.
    """
    tree = Tree([bytes.fromhex(h) for h in hashes])
    size = len(hashes)
    signature = ("ce_signature", _base64(signer.sign(_group_message(size, tree.root))))
    if size == 1:
        return [r._replace(headers=(*r.headers, signature)) for r in records]
    signed = []
    for index, record in enumerate(records):
        proof = b"%d:%d:%b" % (index, size, _base64(b"".join(tree.path(index))))
        signed.append(record._replace(headers=(*record.headers, signature, ("ce_proof", proof))))
    return signed


def type_of(record: Record) -> str:
    """Return the type of a record that this program has frozen."""
    return (dict(record.headers)["ce_type"] or b"").decode("ascii")


def read(record: Record) -> Envelope:
    """Return the envelope of a record, its hash computed but its signature not checked.

    Raises Unauthentic when a listed header is missing, repeated or malformed.
    """
    return _parse(record)[0]


def authenticate(place: LogRecord, owners: Collection[str], trust: TrustStore) -> Envelope:
    """Return the envelope of a record that one of the topic's owners signed, by a key valid at its
    place.

    Raises Unauthentic otherwise.
    """
    envelope, claim = claims(place.record)
    attribute(place, envelope, claim, owners, trust)
    if not trust.verify(*claim):
        raise wrong_signature()
    return envelope


def attribute(
    place: LogRecord, envelope: Envelope, claim: "Claim", owners: Collection[str], trust: TrustStore
) -> None:
    """Raise Unauthentic unless the key is an owner's and valid at the record's place.

    Whether it has signed remains to be checked.
    """
    if envelope.source not in owners:
        raise Unauthentic("source", f"{envelope.source} does not own this topic")
    try:
        agency = trust.speaker(claim.keyid, "events", place.topic, place.partition, place.offset)
    except Untrusted as error:
        raise Unauthentic(error.code, str(error)) from error
    if agency != envelope.source:
        raise Unauthentic(
            "agency", f"the key {claim.keyid} belongs to {agency}, not {envelope.source}"
        )


def wrong_signature() -> Unauthentic:
    return Unauthentic("signature", "the signature does not fit the record")


class Claim(NamedTuple):
    """That a key has signed a message; not checked."""

    keyid: str
    message: bytes
    signature: bytes


def claims(record: Record) -> tuple[Envelope, Claim]:
    """Return the envelope of a record, and what is to be checked to believe it. Raises
    Unauthentic.
    """
    envelope, headers = _parse(record)
    message, signature = _signed(envelope.hash, headers)
    return envelope, Claim(headers["ce_keyid"].decode("ascii"), message, signature)


def _signed(hash_: str, headers: dict[str, bytes]) -> tuple[bytes, bytes]:
    """Return what was signed, and the signature."""
    index, size, path = 0, 1, b""
    try:
        signature = _unbase64(headers["ce_signature"])
        if (proof := headers.get("ce_proof")) is not None:
            first, second, third = proof.split(b":")
            index, size, path = _decimal(first), _decimal(second), _unbase64(third)
    except (KeyError, ValueError) as error:
        raise Unauthentic("signature", "the signature or proof is missing or malformed") from error
    siblings = [path[i : i + 32] for i in range(0, len(path), 32)]
    root = root_from_path(bytes.fromhex(hash_), index, size, siblings)
    # A group of one has no proof: otherwise one record could be written in two ways.
    if (
        root is None
        or size >= 2**32
        or len(path) % 32
        or (size == 1) != ("ce_proof" not in headers)
    ):
        raise Unauthentic("proof", "the proof does not have the form its index and size demand")
    return _group_message(size, root), signature


def _decimal(text: bytes) -> int:
    if not text.isdigit() or (text[:1] == b"0" and text != b"0") or len(text) > 16:
        raise ValueError(f"not a decimal number: {text!r}")
    return int(text)


def _parse(record: Record) -> tuple[Envelope, dict[str, bytes]]:
    headers: dict[str, bytes] = {}
    for name, value in record.headers:
        if name not in _LISTED:
            # Some readers fold case: they would take an unsigned header for the signed one.
            if name.lower() in _LISTED:
                raise Unauthentic("header", f"the header {name} is not spelled in lower case")
        else:
            if name in headers:
                raise Unauthentic("header", f"the header {name} is there twice")
            if value is None:
                raise Unauthentic("header", f"the header {name} is null")
            headers[name] = value
    try:
        encoded = [headers[name] for name in HASHED]
    except KeyError as error:
        raise Unauthentic("header", f"the header {error.args[0]} is missing") from error
    try:
        values = [value.decode("ascii") for value in encoded]
    except UnicodeDecodeError as error:
        raise Unauthentic("header", "a header is not printable ASCII") from error
    if not all(values) or not "".join(values).isprintable():
        raise Unauthentic("header", "a header is empty or not printable ASCII")
    content_type, specversion, id_, source, type_, subject, time = values[:7]
    cause, correlation, causation, actor, prevhash = values[9:14]
    if content_type != CONTENT_TYPE or specversion != "1.0":
        raise Unauthentic("content-type", f"not CloudEvents 1.0 in JSON: {content_type}")
    if record.key != encoded[5]:
        raise Unauthentic("key", "the record's key is not its subject")
    if record.value is None or len(record.value) > MAX_DATA:
        raise Unauthentic("data", "the data are missing or exceed 256 KiB")
    try:
        number = _decimal(encoded[7])
        first, count = (_decimal(part) for part in encoded[8].split(b":"))
        instant = datetime.fromisoformat(time)
        if (
            id_ != f"{subject}/{number}"
            or not 1 <= first <= number < first + count
            or number > SAFE_INTEGER
            or not _TIME.fullmatch(time)
            or not _HASH.fullmatch(prevhash)
        ):
            raise ValueError
    except ValueError as error:
        raise Unauthentic(
            "header", "id, sequence, commit, time or prevhash is malformed"
        ) from error
    key, _, fingerprint = cause.partition(";")
    envelope = Envelope(
        source=source,
        type=type_,
        subject=subject,
        time=instant,
        sequence=number,
        first=first,
        count=count,
        cause=key,
        fingerprint=fingerprint,
        correlation=correlation,
        causation=causation,
        actor=actor,
        prevhash=prevhash,
        data=record.value,
        hash=_hash(encoded, record.value),
    )
    return envelope, headers
