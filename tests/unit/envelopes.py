"""Records of an agency's events as it signs them, and the ways to change one."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import strategies as st

from shared.kernel.ports import Record
from shared.signing.cloudevents import HASHED, Draft, Unauthentic, freeze, sign_group
from shared.signing.keys import Signer
from shared.signing.trust_store import TrustStore
from tests.placed import authenticated

US, THEM = "urn:sinergi:blk-paser", "urn:sinergi:kemenaker"
OURS, THEIRS, NEXT = Signer(b"\x01" * 32), Signer(b"\x02" * 32), Signer(b"\x03" * 32)
TRUST = TrustStore({US: [OURS.public, NEXT.public], THEM: [THEIRS.public]})
OWNERS = frozenset({US})
DRAFT = Draft(
    source=US,
    type="sinergi.registration.Toy.v1",
    subject="toy/1",
    time=datetime(2023, 7, 4, 1, 2, 3, 45, tzinfo=UTC),
    sequence=7,
    first=6,
    count=2,
    cause="request/1",
    fingerprint="00ff",
    correlation="1",
    causation="request/1",
    actor="somebody",
    prevhash="ab" * 32,
    data=b'{"amount":1}',
)
LISTED = (*HASHED, "ce_signature", "ce_proof")
PRINTABLE = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), min_size=1)


def group(size: int, signer: Signer = OURS, draft: Draft = DRAFT) -> list[Record]:
    frozen = [
        freeze(replace(draft, subject=f"toy/{number}"), signer.keyid) for number in range(size)
    ]
    return sign_group(signer, [r for r, _ in frozen], [h for _, h in frozen])


def one(draft: Draft = DRAFT, signer: Signer = OURS, keyid: str | None = None) -> Record:
    record, hash_ = freeze(draft, keyid or signer.keyid)
    return sign_group(signer, [record], [hash_])[0]


def value_of(record: Record, name: str) -> bytes:
    value = dict(record.headers)[name]
    assert value is not None
    return value


def altered(record: Record, name: str, value: bytes | None) -> Record:
    headers = tuple((n, value if n == name else v) for n, v in record.headers)
    return record._replace(headers=headers)


def proven(record: Record, index: int, size: int, path: bytes | None = None) -> Record:
    """With another index and size in its proof, or another path in base64url."""
    if path is None:
        path = value_of(record, "ce_proof").split(b":")[2]
    return altered(record, "ce_proof", b"%d:%d:%b" % (index, size, path))


def refused(record: Record, code: str | None = None) -> None:
    with pytest.raises(Unauthentic) as refusal:
        authenticated(record, OWNERS, TRUST)
    assert code in (None, refusal.value.code), refusal.value


GROUPED = group(5)[3]
SINGLE = one()
RECORDS = {"single": SINGLE, "grouped": GROUPED}
BOTH = pytest.mark.parametrize("record", RECORDS.values(), ids=RECORDS)
