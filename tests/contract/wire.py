"""Invented agencies' records as they are on the wire, and the ways to change one."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from shared.kernel.ports import Record
from shared.signing.cloudevents import GENESIS, HASHED, Draft, _hash, freeze, sign_group
from shared.signing.keys import Signer
from shared.signing.trust_store import TrustStore

BLK, MINISTRY, NETWORK = (
    "urn:sinergi:blk-paser",
    "urn:sinergi:kemenaker",
    "urn:sinergi:bpvp-network",
)
OWNERS: Mapping[str, frozenset[str]] = {
    "registration.events": frozenset({BLK}),
    "equipment.events": frozenset({MINISTRY}),
    "partners.events": frozenset({NETWORK}),
}
TOPIC = {agency: topic for topic, owners in OWNERS.items() for agency in owners}
SEEDS = {
    agency: sha256(b"sinergi test vectors, not a secret: " + agency.encode()).digest()
    for agency in (BLK, MINISTRY, NETWORK)
}
SIGNERS = {agency: Signer(seed) for agency, seed in SEEDS.items()}
TRUST = TrustStore({agency: [signer.public] for agency, signer in SIGNERS.items()})
STRANGER = Signer(sha256(b"sinergi test vectors: a key on nobody's trust list").digest())

PROGRAMME = "programme/01890a5d-ac96-774b-bcce-b302099a8057"
INTAKE = "intake/01890a5e-0c1f-7b3a-9d51-6a2f4e8c1b07"
APPLICATION = "application/7c9e6679-7425-80de-944b-e07fc1f90ae7"
PROPOSAL = "proposal/018b2f1c-91d2-7c44-8a3e-0f5d6b7c8e91"
REQUEST = "01890a5d-ac97-7e01-a5c4-93f1d2b06e42"
ACTOR = "5f2d8c90b7a14e3366d1"
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


def pack(record: Record) -> dict[str, Any]:
    """A record as JSON, exactly."""
    return {
        "key": _text(record.key),
        "headers": [[name, _text(value)] for name, value in record.headers],
        "value": _text(record.value),
    }


def unpack(packed: Mapping[str, Any]) -> Record:
    headers = tuple((name, _bytes(value)) for name, value in packed["headers"])
    return Record(_bytes(packed["key"]), _bytes(packed["value"]), headers)


def dumps(document: Mapping[str, Any]) -> str:
    """JSON with a header a line."""
    pair = r'\[\n\s+("[^\n]*"),\n\s+("[^\n]*"|null)\n\s+\]'
    return re.sub(pair, r"[\1, \2]", json.dumps(document, indent=1)) + "\n"


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else text.encode("latin-1")


def draft(
    subject: str,
    type_: str,
    data: str,
    *,
    source: str = BLK,
    at: str = "2023-06-29T01:15:30.000001+00:00",
    sequence: int = 1,
    first: int | None = None,
    count: int = 1,
    cause: str = f"request/{REQUEST}",
    fingerprint: str = "c1a6b5d2f0e94837a1b2c3d4e5f60718",
    correlation: str = REQUEST,
    causation: str = f"request/{REQUEST}",
    actor: str = ACTOR,
    prevhash: str = GENESIS,
) -> Draft:
    return Draft(
        source=source,
        type=f"sinergi.{type_}",
        subject=subject,
        time=datetime.fromisoformat(at),
        sequence=sequence,
        first=sequence if first is None else first,
        count=count,
        cause=cause,
        fingerprint=fingerprint,
        correlation=correlation,
        causation=causation,
        actor=actor,
        prevhash=prevhash,
        data=data.encode(),
    )


def signed(drafts: Sequence[Draft], signer: Signer, traceparent: str | None = None) -> list[Record]:
    frozen = [freeze(each, signer.keyid, traceparent) for each in drafts]
    return sign_group(signer, [r for r, _ in frozen], [h for _, h in frozen])


def altered(record: Record, name: str, value: bytes | None) -> Record:
    """With another value of one header, its signature left as it was."""
    return record._replace(headers=tuple((n, value if n == name else v) for n, v in record.headers))


def without(record: Record, name: str) -> Record:
    return record._replace(headers=tuple(h for h in record.headers if h[0] != name))


def with_more(record: Record, *more: tuple[str, bytes | None]) -> Record:
    return record._replace(headers=(*record.headers, *more))


def header(record: Record, name: str) -> bytes:
    value = dict(record.headers)[name]
    assert value is not None
    return value


def hash_of(record: Record) -> str:
    """Over whatever the listed headers hold, well formed or not."""
    return _hash([header(record, name) for name in HASHED], record.value or b"")


def signed_again(record: Record, signer: Signer, **changes: bytes) -> Record:
    """With other values of hashed headers (dashes as underscores), alone in its group."""
    for name, value in changes.items():
        name = name if name.startswith("ce_") else name.replace("_", "-")
        record = altered(record, name, value)
    bare = without(without(record, "ce_signature"), "ce_proof")
    if "ce_subject" in changes:
        bare = bare._replace(key=changes["ce_subject"])
    return sign_group(signer, [bare], [hash_of(bare)])[0]
