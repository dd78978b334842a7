"""Nothing of an event can be changed without its record ceasing to be authentic."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.kernel.ports import Record
from shared.signing.cloudevents import (
    GENESIS,
    HASHED,
    MAX_DATA,
    Draft,
    TooLarge,
    _hash,
    format_time,
    freeze,
    read,
    sign_group,
)
from shared.signing.keys import Signer, key_id
from tests.placed import authenticated
from tests.unit.envelopes import (
    BOTH,
    DRAFT,
    GROUPED,
    LISTED,
    NEXT,
    OURS,
    OWNERS,
    PRINTABLE,
    SINGLE,
    THEIRS,
    THEM,
    TRUST,
    US,
    altered,
    group,
    one,
    refused,
    value_of,
)

# -- what is written is what is read ---------------------------------------------------------------


def test_an_authentic_record_says_all_that_its_draft_said() -> None:
    record, hash_ = freeze(DRAFT, OURS.keyid)
    (signed,) = sign_group(OURS, [record], [hash_])
    found = authenticated(signed, OWNERS, TRUST)
    assert found.hash == hash_
    assert found == read(record)
    assert found.id == "toy/1/7"
    assert found.ref == "urn:sinergi:blk-paser/toy/1/7"
    for name in Draft.__dataclass_fields__:
        assert getattr(found, name) == getattr(DRAFT, name)


@settings(deadline=None)
@given(
    st.builds(
        replace,
        st.just(DRAFT),
        type=PRINTABLE,
        subject=PRINTABLE,
        cause=PRINTABLE.filter(lambda text: ";" not in text),
        fingerprint=st.text("0123456789abcdef"),
        correlation=PRINTABLE,
        causation=PRINTABLE,
        actor=PRINTABLE,
        data=st.binary(max_size=2000),
        time=st.datetimes(datetime(1000, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    ),
    st.integers(1, 10**15),
    st.integers(1, 10**5),
)
def test_whatever_can_be_frozen_is_read_back(draft: Draft, sequence: int, count: int) -> None:
    draft = replace(draft, sequence=sequence, first=max(1, sequence - count + 1), count=count)
    found = authenticated(one(draft), OWNERS, TRUST)
    assert all(getattr(found, n) == getattr(draft, n) for n in Draft.__dataclass_fields__)


def test_a_time_is_always_utc_with_six_decimals() -> None:
    wita = datetime(2023, 7, 4, 8, 0, tzinfo=timezone(timedelta(hours=8)))
    assert format_time(wita) == "2023-07-04T00:00:00.000000Z"


@pytest.mark.parametrize("bad", ["", "é", "a\nb", "a\x00b", "\x7f"])
@pytest.mark.parametrize("name", ["type", "subject", "cause", "correlation", "causation", "actor"])
def test_an_attribute_that_is_not_printable_ascii_is_never_frozen(name: str, bad: str) -> None:
    if (name, bad) == ("cause", ""):
        bad = "\t"  # an empty cause still has its fingerprint behind it
    changed: dict[str, Any] = {name: bad}
    with pytest.raises(ValueError, match="printable ASCII"):
        freeze(replace(DRAFT, **changed), OURS.keyid)


@pytest.mark.parametrize("size", range(1, 65))
def test_every_event_of_a_group_verifies(size: int) -> None:
    records = group(size)
    assert len({value_of(r, "ce_signature") for r in records}) == 1
    for number, record in enumerate(records):
        assert authenticated(record, OWNERS, TRUST).subject == f"toy/{number}"
        assert ("ce_proof" in dict(record.headers)) == (size > 1)


def test_every_key_of_an_agency_counts() -> None:
    assert authenticated(one(signer=NEXT), OWNERS, TRUST).source == US


def test_the_order_of_headers_and_those_that_nobody_listed_do_not_matter() -> None:
    hash_ = read(GROUPED).hash
    turned = GROUPED._replace(headers=tuple(reversed(GROUPED.headers)))
    more = GROUPED._replace(
        headers=(("ce_traceparent", b"x"), *GROUPED.headers, ("ce_traceparent", None))
    )
    assert authenticated(turned, OWNERS, TRUST).hash == hash_
    assert authenticated(more, OWNERS, TRUST).hash == hash_


# -- mutations ----------------------------------------------------------------------------------


def _mutations(value: bytes) -> Iterator[bytes]:
    """Every single bit flipped, every byte left out or doubled, and something at either end."""
    for place, byte in enumerate(value):
        for bit in range(8):
            yield value[:place] + bytes([byte ^ 1 << bit]) + value[place + 1 :]
        yield value[:place] + value[place + 1 :]
        yield value[: place + 1] + value[place:]
    for more in (b" ", b"\n", b"\x00", b"=", b"0", b"A", b":", b";"):
        yield value + more
        yield more + value
    yield b""
    yield value * 2
    yield value.swapcase()


@BOTH
def test_any_change_of_any_listed_header_is_seen(record: Record) -> None:
    for name in LISTED:
        if name not in dict(record.headers):
            continue
        value = value_of(record, name)
        for changed in _mutations(value):
            if changed != value:
                refused(altered(record, name, changed))


@BOTH
def test_any_change_of_the_data_is_seen(record: Record) -> None:
    assert record.value is not None
    for changed in _mutations(record.value):
        if changed != record.value:
            refused(record._replace(value=changed), "signature")
    refused(record._replace(value=None), "data")


@BOTH
def test_any_change_of_the_key_is_seen(record: Record) -> None:
    assert record.key is not None
    for changed in _mutations(record.key):
        refused(record._replace(key=changed), "key")
    refused(record._replace(key=None), "key")


@BOTH
@pytest.mark.parametrize("name", LISTED)
def test_a_listed_header_is_there_exactly_once_and_not_null(record: Record, name: str) -> None:
    if name not in dict(record.headers):
        return
    value = value_of(record, name)
    refused(record._replace(headers=tuple(h for h in record.headers if h[0] != name)))
    refused(altered(record, name, None), "header")
    for again in (value, value + b"x", b"", None):
        refused(record._replace(headers=(*record.headers, (name, again))), "header")
        refused(record._replace(headers=((name, again), *record.headers)), "header")


@BOTH
@pytest.mark.parametrize("name", LISTED)
def test_a_header_in_capitals_is_another_header(record: Record, name: str) -> None:
    if name not in dict(record.headers):
        return
    renamed = tuple((n.upper() if n == name else n, v) for n, v in record.headers)
    refused(record._replace(headers=renamed))


@settings(deadline=None)
@given(st.sampled_from(HASHED), st.sampled_from(HASHED))
def test_bytes_do_not_move_from_one_attribute_to_another(left: str, right: str) -> None:
    if left == right:
        return
    moved = altered(GROUPED, left, value_of(GROUPED, left)[:-1])
    moved = altered(moved, right, value_of(GROUPED, left)[-1:] + value_of(GROUPED, right))
    refused(moved)


@settings(deadline=None)
@given(st.binary(max_size=600))
def test_no_bytes_make_a_signature(noise: bytes) -> None:
    refused(altered(SINGLE, "ce_signature", noise))
    refused(altered(GROUPED, "ce_proof", noise))


# -- keys and owners ----------------------------------------------------------------------------


def test_another_agencys_key() -> None:
    refused(one(signer=THEIRS), "agency")
    refused(one(signer=THEIRS, keyid=OURS.keyid), "signature")
    refused(altered(SINGLE, "ce_keyid", THEIRS.keyid.encode()), "agency")
    refused(altered(SINGLE, "ce_keyid", NEXT.keyid.encode()), "signature")


def test_a_key_that_nobody_listed() -> None:
    refused(one(signer=Signer(b"\x09" * 32)), "key")


def test_another_agencys_own_event_does_not_belong_on_this_topic() -> None:
    record = one(replace(DRAFT, source=THEM), THEIRS)
    assert authenticated(record, {US, THEM}, TRUST).source == THEM
    refused(record, "source")


def test_a_key_id_is_half_of_the_keys_hash() -> None:
    assert OURS.keyid == key_id(OURS.public)
    assert len(OURS.keyid) == 32


# -- limits and chains --------------------------------------------------------------------------


def test_the_most_data_that_an_event_may_have() -> None:
    full = replace(DRAFT, data=b"x" * MAX_DATA)
    assert MAX_DATA == 262_144
    assert len(authenticated(one(full), OWNERS, TRUST).data) == MAX_DATA
    with pytest.raises(TooLarge, match="262145 bytes of data, at most 262144"):
        freeze(replace(full, data=full.data + b"x"), OURS.keyid)


def test_a_record_with_too_much_data_is_refused_even_when_its_owner_signed_it() -> None:
    record, _ = freeze(DRAFT, OURS.keyid)
    record = record._replace(value=b"x" * (MAX_DATA + 1))
    hash_ = _hash([value_of(record, name) for name in HASHED], record.value or b"")
    refused(sign_group(OURS, [record], [hash_])[0], "data")


@settings(deadline=None)
@given(st.integers(1, 20))
def test_each_prevhash_is_the_hash_before(length: int) -> None:
    prevhash = GENESIS
    for sequence in range(1, length + 1):
        draft = replace(DRAFT, sequence=sequence, first=sequence, count=1, prevhash=prevhash)
        found = authenticated(one(draft), OWNERS, TRUST)
        assert found.prevhash == prevhash
        assert found.hash != prevhash
        prevhash = found.hash


def test_long_attributes_have_their_length_in_four_bytes() -> None:
    for length in (510, 511, 512, 513, 70_000):
        draft = replace(DRAFT, actor="a" * length)
        found = authenticated(one(draft), OWNERS, TRUST)
        assert len(found.actor) == length
        assert found.hash != read(one(replace(DRAFT, actor="a" * (length + 1)))).hash
