"""JSON that readers would take differently is refused, and says what to mend."""

import json
import math
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.sentences import sentence
from shared.kernel.strict_json import NotStrict, loads

SMALL_A, RING = "a", "\u030a"  # together what NFC writes as one character

BAD = {
    "a name twice": (b'{"a":1,"a":2}', "'a' is there twice"),
    "a name twice, once escaped": (b'{"a":1,"\\u0061":1}', "'a' is there twice"),
    "a name twice, deep": (b'[{"b":{"a":1,"c":2,"a":1}}]', "'a' is there twice"),
    "NaN": (b'{"a":NaN}', "NaN is no JSON number"),
    "Infinity": (b"[Infinity]", "Infinity is no JSON number"),
    "-Infinity": (b"[-Infinity]", "-Infinity is no JSON number"),
    "1e400": (b'{"a":1e400}', "1e400 is more than a number can be"),
    "-1e400": (b'{"a":-1e400}', "-1e400 is more than a number can be"),
    "2^53": (b"9007199254740992", "beyond 2^53 - 1"),
    "2^53 + 1": (b'{"a":9007199254740993}', "beyond 2^53 - 1"),
    "-2^53": (b"[-9007199254740992]", "beyond 2^53 - 1"),
    "ten thousand digits": (b"9" * 10_000, "beyond 2^53 - 1"),
    "a high surrogate": (b'{"a":"\\ud83d"}', "half of a surrogate pair"),
    "a low surrogate": (b'{"a":"x\\udc00"}', "half of a surrogate pair"),
    "surrogates the wrong way round": (b'["\\udc00\\ud83d"]', "half of a surrogate pair"),
    "a surrogate in a name": (b'{"\\ud800":1}', "half of a surrogate pair"),
    "a raw surrogate": (b'{"a":"\xed\xa0\x80"}', "it is not UTF-8"),
    "NFD": (json.dumps({"a": SMALL_A + RING}, ensure_ascii=False).encode(), "NFC"),
    "NFD, escaped": (b'{"a":"a\\u030a"}', "NFC"),
    "NFD in a name": (b'{"a\\u030a":1}', "NFC"),
    "Latin-1": (b'{"a":"\xe5"}', "it is not UTF-8"),
    "a byte order mark": (b"\xef\xbb\xbf{}", "it is not JSON"),
    "nothing": (b"", "it is not JSON"),
    "two values": (b"{}{}", "it is not JSON"),
    "deep nesting": (b"[" * 100_000 + b"]" * 100_000, "nested more than 64 deep"),
    "deep nesting of names": (b'{"a":' * 65 + b"1" + b"}" * 65, "nested more than 64 deep"),
    "deep nesting after strings": (b'["[","\\"]","\\\\",' + b"[" * 64, "nested more than 64 deep"),
    "closed before it is opened": (b"]" + b"[" * 100, "it is not JSON"),
    "nothing but closed": (b"]" * 100 + b"{}" * 100, "it is not JSON"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_readers_would_take_differently_is_refused(name: str) -> None:
    raw, why = BAD[name]
    with pytest.raises(NotStrict) as refusal:
        loads(raw)
    assert why in str(refusal.value)
    code = f"not-strict.{refusal.value.code}"
    assert sentence(code, refusal.value.params, "id") != str(refusal.value)


@pytest.mark.parametrize(
    "raw",
    [
        b'{"a":9007199254740991,"b":-9007199254740991,"c":1e308,"d":-0,"e":0.1}',
        b'{"a":{"a":{"a":[]}},"b":[{"a":1},{"a":1}]}',
        '{"a":"\u00e5","\u00e5":"\U0001f600 \u4f60"}'.encode(),
        b'["\\ud83d\\ude00", "\\\\ud800"]',
        b' \n null\t',
        b"[" * 64 + b"]" * 64,
        b"[" + b",".join([b"[{}]"] * 100) + b"]",
        b'["' + b"[" * 100 + b'","\\"' + b"{" * 100 + b'\\\\","' + b"[" * 100 + b'"]',
    ],
)  # fmt: skip
def test_what_all_read_alike_is_read(raw: bytes) -> None:
    assert loads(raw) == json.loads(raw)


def test_a_repeated_name_is_found_in_one_pass() -> None:
    """Nothing but the time tells: counting each of 50,000 names takes 20 s."""
    names = b",".join(b'"%d":1' % number for number in range(50_000))
    started = time.process_time()
    with pytest.raises(NotStrict, match="'49999' is there twice"):
        loads(b"{" + names + b',"49999":1}')
    assert time.process_time() - started < 2


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(VALUES, st.booleans())
def test_any_value_comes_back_as_it_was_or_is_refused(value: Any, escaped: bool) -> None:
    raw = json.dumps(value, ensure_ascii=escaped).encode("utf-8", "surrogatepass")
    try:
        found = loads(raw)
    except NotStrict:
        return
    assert found == value
    assert json.dumps(found).encode("utf-8")
    assert not (isinstance(found, float) and not math.isfinite(found))
