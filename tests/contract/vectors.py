"""The wire format's test vectors: `python -m tests.contract.vectors > tests/contract/vectors.json`.

Nothing here is random: the same program writes the same bytes. docs/integrators.md says how to use
them. Every string under `key`, `value` and `headers` stands for bytes, a character each
(ISO 8859-1).
"""

import sys
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from shared.kernel.ports import Record
from shared.signing.cloudevents import GENESIS, HASHED, Draft, _group_message, format_time, freeze
from shared.signing.keys import Signer
from shared.signing.merkle import Tree
from tests.contract.forgeries import forged, malformed
from tests.contract.wire import (
    APPLICATION,
    BLK,
    INTAKE,
    MINISTRY,
    OWNERS,
    PROGRAMME,
    PROPOSAL,
    SEEDS,
    SIGNERS,
    TOPIC,
    TRACE,
    draft,
    dumps,
    hash_of,
    header,
    pack,
    signed,
    with_more,
)

FILE = Path(__file__).with_name("vectors.json")


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
    return asdict(each) | {"time": format_time(each.time), "data": each.data.decode("latin-1")}


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
                (False, forged(single, grouped, other)),
                (True, malformed(single)),
            )
            for code, reason, record in rows
        ],
    }


def text() -> str:
    return dumps(document())


if __name__ == "__main__":
    sys.stdout.write(text())
