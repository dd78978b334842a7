"""The test vectors are what shared/signing/cloudevents.py makes, and hold without it."""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from hashlib import sha256
from typing import Any

import pytest
from nacl.signing import SigningKey, VerifyKey

from shared.signing.cloudevents import Unauthentic
from tests.contract import vectors, wire
from tests.placed import authenticated

VECTORS: dict[str, Any] = json.loads(vectors.FILE.read_text("ascii"))
EVENTS: list[dict[str, Any]] = [e for group in VECTORS["groups"] for e in group["events"]]


# -- the format once more, from docs/integrators.md alone ------------------------------------------

_TEXT = "[ -~]+"
_FORMS = {
    "content-type": "application/json",
    "ce_specversion": r"1\.0",
    "ce_id": _TEXT,
    "ce_source": _TEXT,
    "ce_type": _TEXT,
    "ce_subject": _TEXT,
    "ce_time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z",
    "ce_sequence": r"[1-9]\d{0,15}",
    "ce_commit": r"[1-9]\d{0,15}:[1-9]\d{0,15}",
    "ce_cause": _TEXT,
    "ce_correlationid": _TEXT,
    "ce_causationid": _TEXT,
    "ce_actor": _TEXT,
    "ce_prevhash": "[0-9a-f]{64}",
    "ce_keyid": "[0-9a-f]{32}",
}


def unbase64(text: str) -> bytes:
    value = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    assert urlsafe_b64encode(value).rstrip(b"=").decode() == text
    return value


def root_above(node: bytes, index: int, size: int, path: list[bytes]) -> bytes:
    if size == 1:
        assert not path
        return node
    half = 1 << ((size - 1).bit_length() - 1)
    if index < half:
        below = root_above(node, index, half, path[:-1])
        return sha256(b"\x01" + below + path[-1]).digest()
    below = root_above(node, index - half, size - half, path[:-1])
    return sha256(b"\x01" + path[-1] + below).digest()


def verified(record: dict[str, Any], owners: list[str], trust: dict[str, list[str]]) -> str:
    """The hash of an authentic record; any exception for another."""
    listed = [h for h in record["headers"] if h[0] in {*_FORMS, "ce_signature", "ce_proof"}]
    head: dict[str, str] = dict(listed)
    assert len(head) == len(listed)
    assert all(re.fullmatch(form, head[name]) for name, form in _FORMS.items())
    assert record["key"] == head["ce_subject"]
    assert head["ce_source"] in owners
    assert head["ce_id"] == f"{head['ce_subject']}/{head['ce_sequence']}"
    first, count = map(int, head["ce_commit"].split(":"))
    assert first <= int(head["ce_sequence"]) < first + count
    datetime.fromisoformat(head["ce_time"])

    data = record["value"].encode("latin-1")
    assert len(data) <= 256 * 1024
    hashed = b"sinergi.event.v1\n"
    for part in (*(head[name].encode("latin-1") for name in _FORMS), data):
        hashed += len(part).to_bytes(4, "big") + part
    digest = sha256(hashed).digest()

    index, size, path = 0, 1, b""
    if "ce_proof" in head:
        match = re.fullmatch(r"(0|[1-9]\d*):([1-9]\d*):(.+)", head["ce_proof"])
        assert match
        index, size, path = int(match[1]), int(match[2]), unbase64(match[3])
        assert size > 1
        assert size < 2**32
        assert index < size
        assert len(path) % 32 == 0
    siblings = [path[i : i + 32] for i in range(0, len(path), 32)]
    root = root_above(sha256(b"\x00" + digest).digest(), index, size, siblings)
    keys = {
        sha256(key).hexdigest()[:32]: key for key in map(bytes.fromhex, trust[head["ce_source"]])
    }
    message = b"sinergi.group.v1\n" + size.to_bytes(4, "big") + root
    VerifyKey(keys[head["ce_keyid"]]).verify(message, unbase64(head["ce_signature"]))
    return digest.hex()


# -- tests --------------------------------------------------------------------------------------


def test_the_file_is_exactly_what_the_program_makes() -> None:
    assert vectors.FILE.read_text("ascii") == vectors.text(), (
        "the wire format cannot change for events that exist; if only new vectors were added, run "
        "python -m tests.contract.vectors > tests/contract/vectors.json"
    )


def test_keys() -> None:
    for key in VECTORS["keys"]:
        signing = SigningKey(bytes.fromhex(key["seed"]))
        assert bytes(signing.verify_key).hex() == key["public"]
        assert sha256(bytes(signing.verify_key)).hexdigest()[:32] == key["keyid"]
        assert VECTORS["trust"][key["agency"]] == [key["public"]]


def test_what_the_first_hash_covers_is_written_out() -> None:
    assert sha256(bytes.fromhex(VECTORS["first_preimage"])).hexdigest() == EVENTS[0]["hash"]
    assert list(_FORMS) == VECTORS["hashed"]


def test_there_are_groups_of_one_two_three_and_seven() -> None:
    assert {group["size"] for group in VECTORS["groups"]} == {1, 2, 3, 7}


def test_signatures_are_the_only_ones_that_ed25519_makes() -> None:
    seeds = {key["keyid"]: bytes.fromhex(key["seed"]) for key in VECTORS["keys"]}
    for group in VECTORS["groups"]:
        message = bytes.fromhex(group["message"])
        root = bytes.fromhex(group["root"])
        assert message == b"sinergi.group.v1\n" + group["size"].to_bytes(4, "big") + root
        signature = SigningKey(seeds[group["keyid"]]).sign(message).signature
        assert signature == unbase64(group["signature"])
        for index, event in enumerate(group["events"]):
            leaf = sha256(b"\x00" + bytes.fromhex(event["hash"])).digest()
            path = [bytes.fromhex(node) for node in event["path"]]
            assert root_above(leaf, index, group["size"], path) == root


@pytest.mark.parametrize("event", [*EVENTS, *VECTORS["variants"]])
def test_authentic(event: dict[str, Any]) -> None:
    topic = event["topic"]
    assert verified(event["record"], VECTORS["topics"][topic], VECTORS["trust"]) == event["hash"]
    record = wire.unpack(event["record"])
    found = authenticated(record, wire.OWNERS[topic], wire.TRUST)
    assert found.hash == event["hash"]
    assert wire.pack(record) == event["record"]


@pytest.mark.parametrize("bad", VECTORS["negative"], ids=lambda bad: bad["reason"])
def test_unauthentic(bad: dict[str, Any]) -> None:
    topic = bad["topic"]
    with pytest.raises(Exception):  # noqa: B017, PT011 - of whatever kind
        verified(bad["record"], VECTORS["topics"][topic], VECTORS["trust"])
    with pytest.raises(Unauthentic) as refusal:
        authenticated(wire.unpack(bad["record"]), wire.OWNERS[topic], wire.TRUST)
    assert refusal.value.code == bad["code"]


def test_the_streams_of_the_vectors_are_chains() -> None:
    last: dict[tuple[str, str], tuple[int, str]] = {}
    for event in EVENTS:
        head = dict(event["record"]["headers"])
        stream = head["ce_source"], head["ce_subject"]
        sequence, hash_ = last.get(stream, (0, "0" * 64))
        assert (int(head["ce_sequence"]), head["ce_prevhash"]) == (sequence + 1, hash_)
        last[stream] = sequence + 1, event["hash"]
