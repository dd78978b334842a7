"""A signature by an agency holds for one event, at one place, as its body says, and no other."""

from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import orjson
import pytest

from shared.events.acts import ACTS, COMMENT_ALIGNMENT, OFFER_SUPPORT, SIGN_HANDOVER, ActRule
from shared.events.base import Event
from shared.events.equipment.consignment import HandoverSigned
from shared.events.partners.alignment import AlignmentCommented
from shared.events.partners.support import SupportOffered
from shared.events.values import Attestation, Signature
from shared.signing.attestation import (
    PAYLOAD_TYPE,
    Act,
    BadAct,
    act_of,
    check_body,
    check_event,
    check_signature,
    pre_authentication,
    sign,
)
from shared.signing.cloudevents import GENESIS, Envelope
from shared.signing.keys import Signer
from shared.signing.trust_store import TrustStore
from tests.contract.samples import SAMPLES
from tests.unit.given import BLK, MAKASSAR, MINISTRY, NOW, envelope

DESK, OTHER = Signer(b"d" * 32), Signer(b"o" * 32)
TRUST = TrustStore({MAKASSAR: [DESK.public], BLK: [OTHER.public]})
STREAM, PREVHASH = "alignment/1", "a" * 64
BODY = b'{ "comment": " Tambah jam praktik." }'
PLACE = replace(envelope(STREAM, MINISTRY, 5), first=5, prevhash=PREVHASH)
EVENT = AlignmentCommented(kejuruan="las", agency=MAKASSAR, comment="Tambah jam praktik.")


def act(body: bytes = BODY, **changes: Any) -> Act:
    said = {
        "act": "comment-alignment",
        "audience": MINISTRY,
        "stream": STREAM,
        "expected": 4,
        "prevhash": PREVHASH,
        "sha256": sha256(body).hexdigest(),
        "agency": MAKASSAR,
        "id": "key-1",
        "signer": "desk-7",
        "not_after": NOW + timedelta(minutes=5),
    }
    return Act(**{**said, **changes})


def attested(event: Event, attestation: Attestation | None) -> Event:
    return event.model_copy(update={"attestation": attestation})


def refused(
    event: Event = EVENT, at: Envelope = PLACE, rule: ActRule = COMMENT_ALIGNMENT, before: str = ""
) -> str:
    with pytest.raises(BadAct) as refusal:
        check_event(at, event, before or PREVHASH, rule)
    return refusal.value.code


SIGNED = sign(act(), BODY, DESK)


def test_dsse_s_own_example_of_what_is_signed() -> None:
    """https://github.com/secure-systems-lab/dsse/blob/master/protocol.md"""
    assert pre_authentication(b"hello world", "http://example.com/HelloWorld") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


def test_what_was_signed_is_found_and_holds() -> None:
    found = act_of(SIGNED)
    assert found == act()
    check_signature(SIGNED, found, TRUST)
    assert check_body(SIGNED, found) == BODY
    assert check_event(PLACE, attested(EVENT, SIGNED), PREVHASH, COMMENT_ALIGNMENT) == found


def test_nobody_signs_for_another_body() -> None:
    with pytest.raises(ValueError, match="another body"):
        sign(act(), BODY + b" ", DESK)


def test_every_event_with_an_attestation_is_an_act_s_and_names_who_acted() -> None:
    carriers = {
        type(s.event) for _, s in SAMPLES.values() if "attestation" in type(s.event).model_fields
    }  # fmt: skip
    assert carriers == set(ACTS)
    for event, rule in ACTS.items():
        assert {rule.agency, *rule.stated, *rule.filled} <= set(event.model_fields)
    assert len({rule.act for rule in ACTS.values()}) == len(ACTS) == 11


def encoded(payload: bytes) -> Attestation:
    return SIGNED.model_copy(update={"payload": b64encode(payload).decode()})


PAYLOAD = b64decode(SIGNED.payload)


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (SIGNED.model_copy(update={"payloadType": "text/plain"}), "text/plain is no act"),
        (SIGNED.model_copy(update={"payload": "e30=!"}), "the signed payload"),
        (encoded(b"{}"), "act: Field required"),
        (encoded(b"nothing"), "Invalid JSON"),
        (encoded(PAYLOAD[:-1] + b',"more":1}'), "more: Extra inputs"),
        (encoded(PAYLOAD[:-1] + b',"act":"comment-alignment"}'), "'act' is there twice"),
        (encoded(PAYLOAD.replace(b'"expected":4', b'"expected":-4')), "expected"),
    ],
)
def test_a_payload_that_is_no_act(bad: Attestation, why: str) -> None:
    with pytest.raises(BadAct) as refusal:
        act_of(bad)
    assert refusal.value.code == "form"
    assert why in str(refusal.value)


def test_the_acting_agency_s_own_key_has_signed_just_this() -> None:
    def code(bad: Attestation, claimed: Act) -> str:
        with pytest.raises(BadAct) as refusal:
            check_signature(bad, claimed, TRUST)
        return refusal.value.code

    assert code(sign(act(), BODY, OTHER), act()) == "key"
    assert code(sign(act(), BODY, Signer(b"x" * 32)), act()) == "key"
    assert code(encoded(PAYLOAD.replace(b"desk-7", b"desk-8")), act()) == "signature"
    (one,) = SIGNED.signatures
    bad = Signature(keyid=one.keyid, sig=b64encode(bytes(64)).decode())
    assert code(SIGNED.model_copy(update={"signatures": (bad,)}), act()) == "signature"
    plain = b64encode(DESK.sign(PAYLOAD)).decode()  # as if there were no DSSE
    bad = Signature(keyid=one.keyid, sig=plain)
    assert code(SIGNED.model_copy(update={"signatures": (bad,)}), act()) == "signature"


def test_the_body_is_the_one_that_was_signed() -> None:
    for body in ("!", b64encode(BODY + b" ").decode(), ""):
        with pytest.raises(BadAct) as refusal:
            check_body(SIGNED.model_copy(update={"body": body}), act())
        assert refusal.value.code == "body"


MOVES: dict[str, Callable[[Envelope], Envelope]] = {
    "another stream": lambda e: replace(e, subject="alignment/2"),
    "another agency": lambda e: replace(e, source=BLK),
    "later": lambda e: replace(e, first=6, sequence=6),
    "earlier": lambda e: replace(e, first=4, sequence=4),
}


@pytest.mark.parametrize("name", MOVES)
def test_an_act_is_good_for_one_place(name: str) -> None:
    assert refused(attested(EVENT, SIGNED), MOVES[name](PLACE)) == "moved"


def test_an_act_is_good_for_one_history_one_kind_one_agency_one_while() -> None:
    assert refused(attested(EVENT, SIGNED), before=GENESIS) == "moved"
    assert refused(attested(EVENT, sign(act(act="agree-alignment"), BODY, DESK))) == "moved"
    assert refused(EVENT) == "missing"
    other = EVENT.model_copy(update={"agency": BLK})
    assert refused(attested(other, SIGNED)) == "agency"
    late = replace(PLACE, time=act().not_after + timedelta(microseconds=1))
    assert refused(attested(EVENT, SIGNED), late) == "late"
    on_time = replace(PLACE, time=act().not_after)
    assert check_event(on_time, attested(EVENT, SIGNED), PREVHASH, COMMENT_ALIGNMENT) == act()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b'{"comment":"Kurangi jam praktik."}', "fields"),
        (b"{}", "fields"),
        (b"", "fields"),
        (b'{"comment":7}', "fields"),
        (b"[]", "body"),
        (b"null", "body"),
        (b"no JSON", "body"),
        (b'{"comment":"Kurangi.","comment":"Tambah jam praktik."}', "body"),
    ],
)
def test_the_event_says_what_the_signed_body_says(body: bytes, code: str) -> None:
    assert refused(attested(EVENT, sign(act(body), body, DESK))) == code


def test_what_the_body_leaves_out_the_event_does_not_say() -> None:
    sample = next(s for _, s in SAMPLES.values() if isinstance(s.event, SupportOffered))
    event = sample.event.model_copy(update={"note": "Boleh dicoba dulu."})
    assert isinstance(event, SupportOffered)
    at = replace(envelope(sample.subject, MINISTRY), time=NOW)
    said = orjson.loads(event.model_dump_json(include=set(OFFER_SUPPORT.stated)))

    def offered(body: dict[str, Any], told: Event) -> Event:
        raw = orjson.dumps(body)
        place = {"stream": sample.subject, "expected": 0, "prevhash": GENESIS}
        signed = act(raw, act="offer-support", agency=event.agency, **place)
        return attested(told, sign(signed, raw, DESK))

    check_event(at, offered(said, event), GENESIS, OFFER_SUPPORT)
    without = {name: value for name, value in said.items() if name != "note"}
    assert refused(offered(without, event), at, OFFER_SUPPORT, GENESIS) == "fields"
    silent = event.model_copy(update={"note": None})
    check_event(at, offered(without, silent), GENESIS, OFFER_SUPPORT)
    assert refused(offered(said, silent), at, OFFER_SUPPORT, GENESIS) == "fields"


def test_what_the_service_fills_in_is_free_only_where_the_body_leaves_it_out() -> None:
    sample = next(s for _, s in SAMPLES.values() if isinstance(s.event, HandoverSigned))
    event = sample.event
    assert isinstance(event, HandoverSigned)
    at = replace(envelope(sample.subject, MINISTRY), time=NOW)

    def signed(body: bytes, told: Event) -> Event:
        place = {"stream": sample.subject, "expected": 0, "prevhash": GENESIS}
        made = act(body, act="sign-handover", agency=event.agency, **place)
        return attested(told, sign(made, body, DESK))

    filled = event.model_copy(update={"bast": "BAST/7"})
    for body in (b"", b"{}", b'{"bast":null}', b'{"bast":"BAST/7"}'):
        check_event(at, signed(body, filled), GENESIS, SIGN_HANDOVER)
    assert refused(signed(b'{"bast":"BAST/8"}', filled), at, SIGN_HANDOVER, GENESIS) == "fields"


def test_an_act_s_payload_names_its_type() -> None:
    assert SIGNED.payloadType == PAYLOAD_TYPE == "application/vnd.sinergi.act.v1+json"
