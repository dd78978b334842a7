"""The wire format's test vectors: `python -m tests.contract.vectors > tests/contract/vectors.json`.

Nothing here is random: the same program writes the same bytes. docs/integrators.md says how to use
them. Every string under `key`, `value` and `headers` stands for bytes, a character each
(ISO 8859-1).
"""

import json
import re
import sys
from base64 import urlsafe_b64decode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from shared.kernel.ports import Record
from shared.signing.cloudevents import (
    GENESIS,
    HASHED,
    Draft,
    _base64,
    _group_message,
    _hash,
    format_time,
    freeze,
    sign_group,
)
from shared.signing.keys import Signer
from shared.signing.merkle import Tree
from shared.signing.trust_store import TrustStore

FILE = Path(__file__).with_name("vectors.json")
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


# -- records ------------------------------------------------------------------------------------


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


# -- what is valid ------------------------------------------------------------------------------


def _groups() -> list[tuple[str, Signer, str | None, list[Draft]]]:
    """Each group's drafts; those of one stream follow each other through the whole list."""
    blk, ministry = SIGNERS[BLK], SIGNERS[MINISTRY]
    last: dict[tuple[str, str], str] = {}

    def chained(drafts: Iterable[Draft], signer: Signer) -> list[Draft]:
        found = []
        for each in drafts:
            stream = each.source, each.subject
            linked = Draft(**asdict(each) | {"prevhash": last.get(stream, GENESIS)})
            last[stream] = freeze(linked, signer.keyid)[1]
            found.append(linked)
        return found

    cause = f"event/{BLK}/{PROGRAMME}/1/toy-reaction>{INTAKE}"
    effect: dict[str, Any] = {
        "cause": cause,
        "fingerprint": "",
        "causation": f"{BLK}/{PROGRAMME}/1",
        "actor": "system",
    }
    one = [
        draft(
            PROGRAMME,
            "registration.ToyPublished.v1",
            '{"title":"Pemasangan instalasi listrik","hours":240}',
        )
    ]
    two = [
        draft(
            PROGRAMME,
            "registration.ToyRenamed.v1",
            '{"title":"Roti & kue, tingkat \\"dasar\\" – café"}',
            at="2023-06-29T01:20:00+00:00",
            sequence=2,
            count=2,
            cause="request/01890a61-2f10-7d11-8c3a-5b9e7f2a4d60",
            causation="request/01890a61-2f10-7d11-8c3a-5b9e7f2a4d60",
            correlation="01890a61-2f10-7d11-8c3a-5b9e7f2a4d60",
        ),
        draft(
            PROGRAMME,
            "registration.ToyMoved.v1",
            "{}",
            at="2023-06-29T01:20:00+00:00",
            sequence=3,
            first=2,
            count=2,
            cause="request/01890a61-2f10-7d11-8c3a-5b9e7f2a4d60",
            causation="request/01890a61-2f10-7d11-8c3a-5b9e7f2a4d60",
            correlation="01890a61-2f10-7d11-8c3a-5b9e7f2a4d60",
        ),
    ]
    three = [
        draft(INTAKE, "registration.ToyOpened.v1", '{"quota":16}', **effect),
        draft(
            APPLICATION,
            "registration.ToyRegistered.v2",
            '{ "kecamatan" : "64.01.04",\n  "age_band": "21-25" }',
            fingerprint="",
        ),
        draft(
            "workshop/listrik",
            "registration.ToyEquipped.v1",
            '{"items":[{"item":"multimeter","quantity":9007199254740991}]}',
            **effect | {"cause": cause.replace(INTAKE, "workshop/listrik")},
        ),
    ]
    parked = f"parked/{MINISTRY}/{PROPOSAL}"
    timer = f"timer/{APPLICATION}/2023-07-06T16:00:00.000000Z"
    seven = [
        draft(
            APPLICATION,
            "registration.ToyLapsed.v1",
            "{}",
            at="2023-07-06T16:00:00.000001+00:00",
            sequence=2,
            cause=timer,
            fingerprint="",
            correlation="0189304b-7000-7a55-b1d3-4f6c8e9a0b12",
            causation=timer,
            actor="system",
        ),
        *(
            draft(
                INTAKE,
                "registration.ToyEntered.v1",
                f'{{"candidate":{number}}}',
                at="2023-07-06T16:00:01.500000+00:00",
                sequence=number,
                first=2,
                count=3,
                **effect | {"cause": cause.replace("/1/", "/2/")},
            )
            for number in (2, 3, 4)
        ),
        draft(
            parked,
            "registration.RecordParked.v1",
            f'{{"source":"{MINISTRY}","subject":"{PROPOSAL}","sequence":4,'
            '"topic":"equipment.events","partition":2,"offset":1187,"reason":"schema"}',
            cause=f"parked/{MINISTRY}/{PROPOSAL}/4",
            fingerprint="",
            actor="system",
        ),
        draft(
            "instructor/long-attributes",
            "registration.ToyAppointed.v1",
            '{"note":"a header of more than 512 bytes"}',
            cause="request/" + "long-" * 120 + "cause",
        ),
        draft(
            "consumer/equipment.events",
            "registration.EventsAcknowledged.v1",
            '{"topic":"equipment.events","offsets":{"0":12},"reactions":{},"parked":0}',
            fingerprint="",
            actor="system",
        ),
    ]
    other = [
        draft(
            PROPOSAL,
            "equipment.ToySubmitted.v1",
            '{"total":184500000}',
            source=MINISTRY,
            at="2023-10-14T08:30:00.123456+08:00",
        )
    ]
    return [
        ("a group of one: no proof", blk, None, chained(one, blk)),
        ("one commit of two events, their data not ASCII", blk, TRACE, chained(two, blk)),
        ("three streams, data with white space", blk, None, chained(three, blk)),
        ("a timer, a commit of three, a long header", blk, TRACE, chained(seven, blk)),
        ("another agency's key and topic", ministry, None, chained(other, ministry)),
    ]


def _group(about: str, signer: Signer, trace: str | None, drafts: list[Draft]) -> dict[str, Any]:
    hashes = [freeze(each, signer.keyid)[1] for each in drafts]
    tree = Tree([bytes.fromhex(h) for h in hashes])
    records = signed(drafts, signer, trace)
    return {
        "about": about,
        "keyid": signer.keyid,
        "size": len(drafts),
        "root": tree.root.hex(),
        "message": _group_message(len(drafts), tree.root).hex(),
        "signature": header(records[0], "ce_signature").decode(),
        "events": [
            {
                "draft": _draft(each) | {"traceparent": trace},
                "hash": hash_,
                "path": [node.hex() for node in tree.path(index)],
                "topic": TOPIC[each.source],
                "record": pack(record),
            }
            for index, (each, hash_, record) in enumerate(zip(drafts, hashes, records, strict=True))
        ],
    }


def _draft(each: Draft) -> dict[str, Any]:
    return asdict(each) | {"time": format_time(each.time), "data": _text(each.data)}


def _variants(single: Record, grouped: Record) -> list[dict[str, Any]]:
    """Records that are as authentic as those of the groups."""
    rows = [
        ("headers in another order", grouped._replace(headers=tuple(reversed(grouped.headers)))),
        ("another traceparent: it is not signed", with_more(single, ("ce_traceparent", b"00-0"))),
        (
            "headers that nobody signed: ignore them",
            with_more(single, ("ce_future", b"1"), ("ce_future", b"2"), ("x-note", None)),
        ),
    ]
    return [
        {"about": about, "topic": TOPIC[BLK], "record": pack(record), "hash": hash_of(record)}
        for about, record in rows
    ]


# -- what is not --------------------------------------------------------------------------------


def _forged(single: Record, grouped: Record, other: Record) -> list[tuple[str, str, Record]]:
    """What somebody without the owner's key can make of records: (code, reason, record)."""
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


def _malformed(single: Record) -> list[tuple[str, str, Record]]:
    """What the owner itself signed, but not in the form that everybody agreed on."""
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


# -- the file -----------------------------------------------------------------------------------


def document() -> dict[str, Any]:
    groups = _groups()
    records = [signed(drafts, signer, trace) for _, signer, trace, drafts in groups]
    single, grouped, other = records[0][0], records[2][1], records[4][0]
    first = groups[0][3][0]
    preimage = b"sinergi.event.v1\n" + b"".join(
        len(part).to_bytes(4, "big") + part
        for part in (*(header(single, name) for name in HASHED), first.data)
    )
    return {
        "about": "Test vectors of docs/integrators.md. Strings under key, value and headers stand "
        "for bytes, a character each (ISO 8859-1). Made by `python -m tests.contract.vectors`.",
        "keys": [
            {
                "agency": agency,
                "seed": SEEDS[agency].hex(),
                "public": signer.public.hex(),
                "keyid": signer.keyid,
            }
            for agency, signer in SIGNERS.items()
        ],
        "trust": {agency: [signer.public.hex()] for agency, signer in SIGNERS.items()},
        "topics": {topic: sorted(owners) for topic, owners in OWNERS.items()},
        "hashed": list(HASHED),
        "first_preimage": preimage.hex(),
        "groups": [_group(*group) for group in groups],
        "variants": _variants(single, grouped),
        "negative": [
            {
                "reason": reason,
                "code": code,
                "signed_by_owner": by_owner,
                "topic": TOPIC[BLK],
                "record": pack(record),
            }
            for by_owner, rows in (
                (False, _forged(single, grouped, other)),
                (True, _malformed(single)),
            )
            for code, reason, record in rows
        ],
    }


def text() -> str:
    return dumps(document())


if __name__ == "__main__":
    sys.stdout.write(text())
