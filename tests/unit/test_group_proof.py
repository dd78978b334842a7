"""The signature of a group and the proof of a place in it have one form and one meaning."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

import pytest

from shared.signing.cloudevents import _base64, _group_message, _signed, read
from shared.signing.merkle import Tree, leaf_hash, node_hash
from tests.unit.envelopes import (
    GROUPED,
    OURS,
    SINGLE,
    TRUST,
    altered,
    group,
    proven,
    refused,
    value_of,
)


@pytest.mark.parametrize("size", [2, 3, 4, 5, 8, 11, 33])
def test_the_proof_of_another_index_or_size(size: int) -> None:
    records = group(size)
    for index, record in enumerate(records):
        for other in range(size + 2):
            if other != index:
                refused(proven(record, other, size))
                if other < size:
                    refused(altered(record, "ce_proof", value_of(records[other], "ce_proof")))
        for other in (0, 1, size - 1, size + 1, 2 * size, 2**32 - 1, 2**32 + size, 10**15):
            if other != size:
                refused(proven(record, index, other))


@pytest.mark.parametrize(
    "proof",
    [
        b"",
        b":",
        b"::",
        b"0",
        b"0:1",
        b"0:1:",
        b"0:1:AAAA",
        b"-1:5:",
        b"3:5:",
        b"03:5:%b",
        b"3:05:%b",
        b"+3:5:%b",
        b" 3:5:%b",
        b"3 :5:%b",
        b"3:5:%b:",
        b"3:5:%b=",
        b"3:5:%b\n",
        b"3.0:5:%b",
        b"3_:5:%b",
        b"\xb3:5:%b",
        b"3:" + b"5" * 17 + b":%b",
    ],
)
def test_a_proof_has_one_form_only(proof: bytes) -> None:
    path = value_of(GROUPED, "ce_proof").split(b":")[2]
    refused(altered(GROUPED, "ce_proof", proof.replace(b"%b", path)))
    refused(SINGLE._replace(headers=(*SINGLE.headers, ("ce_proof", proof.replace(b"%b", path)))))


def test_siblings_too_many_too_few_or_cut_short() -> None:
    text = value_of(GROUPED, "ce_proof").split(b":")[2]
    path = urlsafe_b64decode(text + b"=" * (-len(text) % 4))
    for changed in (path + path[:32], path + bytes(32), path[:-32], path[:-1], path[1:], b""):
        refused(proven(GROUPED, 3, 5, urlsafe_b64encode(changed).rstrip(b"=")), "proof")


def test_base64_has_one_form_only() -> None:
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    signature = value_of(SINGLE, "ce_signature")
    assert len(signature) == 86
    # 512 bits in 86 characters: the last one has four bits that mean nothing.
    used = alphabet.index(signature[-1]) >> 4
    for low in range(1, 16):
        refused(altered(SINGLE, "ce_signature", signature[:-1] + alphabet[used << 4 | low :][:1]))
    for changed in (
        signature + b"==",
        signature[:40] + b"\n" + signature[40:],
        signature[:40] + b"!" + signature[40:],
        signature + b"AA",
        signature[:-1],
    ):
        refused(altered(SINGLE, "ce_signature", changed), "signature")
    other = signature.replace(b"-", b"+").replace(b"_", b"/")
    if other != signature:
        refused(altered(SINGLE, "ce_signature", other), "signature")


def test_an_inner_node_offered_as_an_event() -> None:
    """The root of a group signs no group in which an inner node of it takes an event's place."""
    records = group(4)
    hashes = [bytes.fromhex(read(record).hash) for record in records]
    left = node_hash(leaf_hash(hashes[0]), leaf_hash(hashes[1]))
    right = node_hash(leaf_hash(hashes[2]), leaf_hash(hashes[3]))
    assert node_hash(left, right) == Tree(hashes).root
    # Nobody finds an event whose hash is `left`; but with its hash swapped in nothing must fit.
    for size, path in ((2, right), (1, b"")):
        headers: dict[str, bytes] = {"ce_signature": value_of(records[0], "ce_signature")}
        if size > 1:
            headers["ce_proof"] = b"0:%d:%b" % (size, _base64(path))
        message, signature = _signed(left.hex(), headers)
        assert not TRUST.verify(OURS.keyid, message, signature)


def test_the_message_binds_the_size_and_the_domain() -> None:
    """A root signed by itself, or for another size, is no signature of the group."""
    root = Tree([bytes.fromhex(read(SINGLE).hash)]).root
    assert _group_message(1, root) == b"sinergi.group.v1\n\x00\x00\x00\x01" + root
    for message in (
        root,
        _group_message(2, root),
        root + _group_message(1, root),
        b"sinergi.event.v1\n\x00\x00\x00\x01" + root,
        b"sinergi.group.v1\n\x01\x00\x00\x00" + root,
    ):
        refused(altered(SINGLE, "ce_signature", _base64(OURS.sign(message))), "signature")
