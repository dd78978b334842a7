"""Records that no consumer may take: forged by a stranger, or malformed by their owner."""

from base64 import urlsafe_b64decode

from shared.kernel.ports import Record
from shared.signing.cloudevents import _base64
from tests.contract.wire import (
    BLK,
    INTAKE,
    MINISTRY,
    PROGRAMME,
    SIGNERS,
    STRANGER,
    altered,
    header,
    signed_again,
    with_more,
    without,
)


def forged(single: Record, grouped: Record, other: Record) -> list[tuple[str, str, Record]]:
    """Return records changed without the owner's key, each as (code, reason, record)."""
    blk, ministry = SIGNERS[BLK], SIGNERS[MINISTRY]
    value, signature, proof = (
        single.value or b"",
        header(single, "ce_signature"),
        header(grouped, "ce_proof"),
    )
    index, size, path = proof.split(b":")
    siblings = urlsafe_b64decode(path + b"==")
    as_other = altered(single, "ce_keyid", ministry.keyid.encode())

    def proven(text: bytes) -> Record:
        return altered(grouped, "ce_proof", text)

    return [
        ("signature", "a byte of the data changed", single._replace(value=value[:-1] + b" ")),
        ("signature", "a byte added to the data", single._replace(value=value + b" ")),
        ("data", "no data (a Kafka tombstone)", single._replace(value=None)),
        ("signature", "the type changed", altered(single, "ce_type", b"sinergi.registration.X.v1")),
        (
            "signature",
            "the time changed by a microsecond",
            altered(single, "ce_time", b"2023-06-29T01:15:30.000002Z"),
        ),
        ("signature", "another actor", altered(single, "ce_actor", b"system")),
        ("signature", "the prevhash changed", altered(single, "ce_prevhash", b"1" * 64)),
        ("key", "the record's key is not the subject", single._replace(key=INTAKE.encode())),
        ("key", "the record has no key", single._replace(key=None)),
        ("header", "a listed header is missing", without(single, "ce_actor")),
        (
            "header",
            "a listed header is there twice, with one value",
            with_more(single, ("ce_type", header(single, "ce_type"))),
        ),
        (
            "header",
            "a listed header is there twice, with two values",
            with_more(single, ("ce_actor", b"system")),
        ),
        ("header", "the signature is there twice", with_more(single, ("ce_signature", signature))),
        ("header", "a listed header is null", altered(single, "ce_cause", None)),
        ("header", "a listed header is not UTF-8", altered(single, "ce_cause", b"\xff\xfe")),
        ("signature", "no signature", without(single, "ce_signature")),
        ("signature", "another record's signature", altered(
            single, "ce_signature", header(other, "ce_signature")
        )),
        ("signature", "the signature padded with ==", altered(
            single, "ce_signature", signature + b"=="
        )),
        ("signature", "an unused bit set in the signature's last character", altered(
            single, "ce_signature", _unused_bit(signature)
        )),
        ("signature", "the signature in the other base64 alphabet", altered(
            single, "ce_signature", _other_alphabet(signature)
        )),
        ("signature", "a line feed after the signature", altered(
            single, "ce_signature", signature + b"\n"
        )),
        ("signature", "half a signature", altered(single, "ce_signature", signature[:43])),
        ("key", "a key that is on nobody's list", signed_again(
            single, STRANGER, ce_keyid=STRANGER.keyid.encode()
        )),
        ("agency", "another agency's key, its own keyid", signed_again(
            single, ministry, ce_keyid=ministry.keyid.encode()
        )),
        ("agency", "another agency's keyid, the old signature", as_other),
        ("signature", "another agency's key under the owner's keyid", signed_again(
            single, ministry, ce_keyid=blk.keyid.encode()
        )),
        ("source", "an agency that does not own the topic, rightly signed", other),
        ("signature", "no proof in a group of several", without(grouped, "ce_proof")),
        ("proof", "a proof in a group of one", with_more(single, ("ce_proof", b"0:1:"))),
        ("signature", "the proof of another index", proven(b":".join((b"0", size, path)))),
        ("proof", "an index beyond the group", proven(b":".join((size, size, path)))),
        ("proof", "a larger group", proven(b":".join((index, b"5", path)))),
        ("signature", "a larger group of the same depth", proven(b":".join((index, b"4", path)))),
        ("proof", "a group of none", proven(b"0:0:")),
        ("proof", "a sibling too many", proven(b":".join((index, size, _base64(siblings * 2))))),
        ("proof", "a sibling too few", proven(b":".join((index, size, _base64(siblings[:32]))))),
        ("proof", "a sibling cut short", proven(b":".join((index, size, _base64(siblings[:-1]))))),
        ("signature", "a byte of a sibling changed", proven(
            b":".join((index, size, (b"A" if path[:1] != b"A" else b"B") + path[1:]))
        )),
        ("signature", "a leading zero in the proof", proven(b":".join((b"01", size, path)))),
        ("signature", "a sign in the proof", proven(b":".join((b"+1", size, path)))),
        ("signature", "white space in the proof", proven(b":".join((b" 1", size, path)))),
        ("signature", "a fourth part in the proof", proven(proof + b":")),
        ("signature", "an unused bit set in the proof", proven(
            b":".join((index, size, _unused_bit(path)))
        )),
    ]  # fmt: skip


def malformed(single: Record) -> list[tuple[str, str, Record]]:
    """Return records that the owner signed in a form the wire format does not allow."""
    blk = SIGNERS[BLK]

    def again(code: str, reason: str, **changes: bytes) -> tuple[str, str, Record]:
        return code, reason, signed_again(single, blk, **changes)

    cloud = b"application/cloudevents+json"
    return [
        again("content-type", "another content type", content_type=cloud),
        again("content-type", "a parameter", content_type=b"application/json; charset=utf-8"),
        again("content-type", "another version of CloudEvents", ce_specversion=b"0.3"),
        again("header", "an empty attribute", ce_actor=b""),
        again("header", "a control character", ce_actor=b"a\tb"),
        again("header", "an attribute that is not ASCII", ce_actor="é".encode()),
        again("header", "the id is not subject/sequence", ce_id=b"programme/2"),
        again(
            "header",
            "the sequence is 0",
            ce_sequence=b"0",
            ce_id=f"{PROGRAMME}/0".encode(),
            ce_commit=b"0:1",
        ),
        again("header", "a leading zero in the sequence", ce_sequence=b"01"),
        again("header", "a sign in the sequence", ce_sequence=b"+1"),
        again("header", "the commit does not hold the sequence", ce_commit=b"2:1"),
        again("header", "the commit is empty", ce_commit=b"1:0"),
        again("header", "the commit has one number", ce_commit=b"1"),
        again("header", "the commit has three numbers", ce_commit=b"1:1:1"),
        again("header", "the time without decimals", ce_time=b"2023-06-29T01:15:30Z"),
        again("header", "the time with an offset", ce_time=b"2023-06-29T01:15:30.000001+00:00"),
        again("header", "the time with a small z", ce_time=b"2023-06-29T01:15:30.000001z"),
        again("header", "a day that does not exist", ce_time=b"2023-02-30T01:15:30.000001Z"),
        again("header", "a prevhash of 63 digits", ce_prevhash=b"0" * 63),
        again("header", "a prevhash that is not hexadecimal", ce_prevhash=b"g" * 64),
        again("key", "a keyid in capitals", ce_keyid=blk.keyid.upper().encode()),
    ]


_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def _unused_bit(text: bytes) -> bytes:
    assert len(text) % 4, "all bits are used"
    return text[:-1] + _ALPHABET[_ALPHABET.index(text[-1]) + 1 :][:1]


def _other_alphabet(text: bytes) -> bytes:
    other = text.replace(b"-", b"+").replace(b"_", b"/")
    assert other != text
    return other
