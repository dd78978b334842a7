"""JSON that every reader understands alike (RFC 8259 with I-JSON's limits, RFC 7493)."""

import json
import math
from collections import Counter
from unicodedata import is_normalized

from pydantic import JsonValue

from shared.events.base import SAFE_INTEGER
from shared.kernel.sentences import sentence

# No body or event of ours is a tenth as deep; readers of other makes stop at different depths.
MOST_DEEP = 64
_BRACKETS = b"[]{}"
_OTHERS = bytes(set(range(256)) - set(_BRACKETS))


class NotStrict(ValueError):
    """JSON that readers would take differently.

    `code` and `params` are of the sentence `not-strict.<code>`, which says what to mend; as text
    it is the English one.
    """

    def __init__(self, code: str, /, **params: str) -> None:
        super().__init__(code)
        self.code, self.params = code, params

    def __str__(self) -> str:
        return sentence(f"not-strict.{self.code}", self.params, "en")


def loads(raw: bytes) -> JsonValue:
    """Return the value.

    Raises NotStrict for repeated names, NaN and infinities, numbers that a double can't hold, lone
    surrogates, text that is not in Unicode's composed form (NFC), what is nested deeper than
    MOST_DEEP, and for what is no JSON.
    """
    check_depth(raw)
    try:
        text = raw.decode("utf-8")
        value: JsonValue = json.loads(
            text,
            object_pairs_hook=_pairs,
            parse_constant=_constant,
            parse_int=_integer,
            parse_float=_float,
        )
    except UnicodeDecodeError as error:
        where = f"{error.reason}, {error.start}"
        raise NotStrict("not-utf-8", why=where) from error
    except NotStrict:
        raise
    except ValueError as error:
        raise NotStrict("not-json", why=str(error)) from error
    if not (text.isascii() or is_normalized("NFC", text)):
        raise _decomposed()
    if "\\u" in text:
        _characters(value)
    return value


def check_depth(raw: bytes) -> None:
    """Raise NotStrict for what is nested deeper than MOST_DEEP, without parsing it."""
    if raw.count(b"[") + raw.count(b"{") <= MOST_DEEP:
        return
    # Without escapes, every second part between quotes is outside of strings.
    outside = raw.replace(b"\\\\", b"").replace(b'\\"', b"").split(b'"')[::2]
    depth = 0
    for bracket in b"".join(outside).translate(None, _OTHERS):
        depth += 1 if bracket in b"[{" else -1
        if depth > MOST_DEEP:
            raise NotStrict("too-deep", most=str(MOST_DEEP))
        if depth < 0:
            return  # no JSON, as the parser will say


def _pairs(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    found = dict(pairs)
    if len(found) < len(pairs):
        ((twice, _),) = Counter(name for name, _ in pairs).most_common(1)
        raise NotStrict("repeated-name", name=ascii(twice[:100]))
    return found


def _constant(name: str) -> float:
    raise NotStrict("constant", name=name)


def _integer(digits: str) -> int:
    if len(digits) > 17 or abs(int(digits)) > SAFE_INTEGER:
        raise NotStrict("integer", digits=digits[:30])
    return int(digits)


def _float(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise NotStrict("number", digits=digits[:30])
    return value


def _characters(value: JsonValue) -> None:
    match value:
        case str():
            if any("\ud800" <= c <= "\udfff" for c in value):
                raise NotStrict("surrogate")
            if not is_normalized("NFC", value):
                raise _decomposed()
        case dict():
            for name, each in value.items():
                _characters(name)
                _characters(each)
        case list():
            for each in value:
                _characters(each)


def _decomposed() -> NotStrict:
    return NotStrict("decomposed")
