"""Whose a key is, for what it speaks, and from where to where."""

from pathlib import Path

import pytest

from shared.events.keys import KeyAuthorised, KeyRetired, KeyRevoked, Sizes, Use
from shared.signing.keys import BadKey, Signer
from shared.signing.trust_store import TrustStore, Untrusted, read_roots

A, B = "urn:sinergi:a", "urn:sinergi:b"
ROOT, KEY, NEXT = (Signer(bytes([n]) * 32) for n in (1, 2, 3))
SIZES = {"t": {"0": 10, "1": 20}}


def authorised(key: Signer, use: Use = "events", since: Sizes | None = None) -> KeyAuthorised:
    return KeyAuthorised(keyid=key.keyid, public=key.public.hex(), use=use, since=since or {})


@pytest.fixture
def trust() -> TrustStore:
    trust = TrustStore({A: [ROOT.public]})
    trust.apply(A, authorised(KEY))
    return trust


def judged(
    trust: TrustStore, key: Signer, offset: int, partition: int = 0, topic: str = "t"
) -> str:
    """Whom the key speaks for there, or why it does not."""
    try:
        return trust.speaker(key.keyid, "events", topic, partition, offset)
    except Untrusted as error:
        return error.code


def test_a_key_that_nobody_announced_speaks_for_nobody(trust: TrustStore) -> None:
    assert judged(trust, NEXT, 0) == "key"
    assert trust.agency(NEXT.keyid) is None
    assert not trust.verify(NEXT.keyid, b"x", NEXT.sign(b"x"))


def test_a_key_speaks_for_one_use_only(trust: TrustStore) -> None:
    assert trust.speaker(KEY.keyid, "events", "t", 0, 5) == A
    with pytest.raises(Untrusted, match="is for events, not acts") as refusal:
        trust.speaker(KEY.keyid, "acts", "t", 0, 5)
    assert refusal.value.code == "key-use"
    assert trust.speaker(ROOT.keyid, "acts", "t", 0, 5) == A  # a pinned one is for everything


def test_a_retired_key_speaks_up_to_the_tree_size_and_its_follower_from_there(
    trust: TrustStore,
) -> None:
    trust.apply(A, KeyRetired(keyid=KEY.keyid, until=SIZES))
    trust.apply(A, authorised(NEXT, since=SIZES))
    assert [judged(trust, KEY, n) for n in (0, 9, 10, 11)] == [A, A, "key-retired", "key-retired"]
    assert [judged(trust, NEXT, n) for n in (0, 9, 10, 11)] == ["key-early", "key-early", A, A]
    assert [judged(trust, KEY, n, 1) for n in (19, 20)] == [A, "key-retired"]
    assert [judged(trust, NEXT, n, 1) for n in (19, 20)] == ["key-early", A]


def test_where_a_size_is_not_named_there_was_nothing(trust: TrustStore) -> None:
    trust.apply(A, KeyRetired(keyid=KEY.keyid, until=SIZES))
    trust.apply(A, authorised(NEXT, since=SIZES))
    for partition, topic in ((2, "t"), (0, "other")):
        assert judged(trust, KEY, 0, partition, topic) == "key-retired"
        assert judged(trust, NEXT, 0, partition, topic) == A


def test_a_revoked_key_says_why(trust: TrustStore) -> None:
    trust.apply(A, KeyRevoked(keyid=KEY.keyid, until=SIZES, reason="The laptop was stolen."))
    assert judged(trust, KEY, 9) == A
    with pytest.raises(Untrusted, match="revoked at offset 10: The laptop was stolen") as refusal:
        trust.speaker(KEY.keyid, "events", "t", 0, 10)
    assert refusal.value.code == "key-revoked"


def test_a_retired_key_can_be_revoked_and_never_lives_longer_by_it(trust: TrustStore) -> None:
    trust.apply(A, KeyRetired(keyid=KEY.keyid, until=SIZES))
    later = {"t": {"0": 15, "1": 15}}
    trust.apply(A, KeyRevoked(keyid=KEY.keyid, until=later, reason="Found on a disk."))
    assert [judged(trust, KEY, n) for n in (9, 10, 14)] == [A, "key-revoked", "key-revoked"]
    assert [judged(trust, KEY, n, 1) for n in (14, 15)] == [A, "key-revoked"]


def test_what_a_key_event_cannot_do(trust: TrustStore) -> None:
    with pytest.raises(BadKey, match="was authorised before"):
        trust.apply(A, authorised(KEY))
    with pytest.raises(BadKey, match="is not the id of the key"):
        trust.apply(A, KeyAuthorised(keyid="0" * 32, public=NEXT.public.hex(), use="acts"))
    with pytest.raises(BadKey, match="has no key"):
        trust.apply(B, KeyRetired(keyid=KEY.keyid, until={}))
    with pytest.raises(BadKey, match="has no key"):
        trust.apply(A, KeyRevoked(keyid=NEXT.keyid, until={}, reason="x"))
    trust.apply(A, KeyRetired(keyid=KEY.keyid, until=SIZES))
    with pytest.raises(BadKey, match="has ended before"):
        trust.apply(A, KeyRetired(keyid=KEY.keyid, until={"t": {"0": 99}}))
    assert judged(trust, KEY, 10) == "key-retired"


def test_two_agencies_cannot_have_one_key(trust: TrustStore) -> None:
    with pytest.raises(BadKey, match="can't have one key"):
        TrustStore({A: [KEY.public], B: [KEY.public]})
    with pytest.raises(BadKey, match="was authorised before"):
        trust.apply(B, authorised(KEY))


def test_a_signature_fits_one_message_of_one_key(trust: TrustStore) -> None:
    signature = KEY.sign(b"message")
    assert trust.verify(KEY.keyid, b"message", signature)
    assert not trust.verify(KEY.keyid, b"massage", signature)
    assert not trust.verify(ROOT.keyid, b"message", signature)
    assert not trust.verify(KEY.keyid, b"message", signature[:-1])


def test_the_pinned_list(tmp_path: Path) -> None:
    file = tmp_path / "trust.json"
    file.write_text(f'{{"{A}": ["{ROOT.public.hex()}"]}}')
    assert read_roots(file).agency(ROOT.keyid) == A
    with pytest.raises(BadKey, match="cannot read the trust list"):
        read_roots(tmp_path / "nowhere")
    for text in ("[]", f'{{"{A}": "x"}}', f'{{"{A}": [1]}}', "{", "é"):
        file.write_text(text)
        with pytest.raises(BadKey, match="must map agency URNs to lists of root keys"):
            read_roots(file)
