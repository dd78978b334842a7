"""JSON that every reader understands alike (RFC 8259 with I-JSON's limits, RFC 7493)."""

import json
import math
from typing import Any
from unicodedata import is_normalized

from shared.events.base import SAFE_INTEGER


class NotStrict(ValueError):
    """JSON that readers would take differently; the message says where and how to mend it."""


def check(raw: bytes) -> None:
    """Raises NotStrict for repeated names, NaN and infinities, numbers that a double can't hold,
    lone surrogates, and text that is not in Unicode's composed form (NFC)."""
    try:
        text = raw.decode("utf-8")
        json.loads(
            text,
            object_pairs_hook=_pairs,
            parse_constant=_constant,
            parse_int=_integer,
            parse_float=_float,
        )
    except UnicodeDecodeError as error:
        raise NotStrict(f"it is not UTF-8: {error.reason} at byte {error.start}") from error
    except NotStrict:
        raise
    except (ValueError, RecursionError) as error:
        raise NotStrict(f"it is not JSON: {error}") from error
    if not text.isascii() and not is_normalized("NFC", text):
        raise NotStrict("its text is not in Unicode's composed form: normalise it to NFC")
    if "\\u" in text:
        _surrogates(json.loads(text))


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise NotStrict(f"the name {twice!r} is there twice: give each once")
    return found


def _constant(name: str) -> float:
    raise NotStrict(f"{name} is no JSON number")


def _integer(digits: str) -> int:
    if len(digits) > 17 or abs(int(digits)) > SAFE_INTEGER:
        raise NotStrict(f"{digits[:30]} is beyond 2^53 - 1, where readers round")
    return int(digits)


def _float(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise NotStrict(f"{digits[:30]} is more than a number can be")
    return value


def _surrogates(value: Any) -> None:
    match value:
        case str():
            if any("\ud800" <= c <= "\udfff" for c in value):
                raise NotStrict("half of a surrogate pair is no character")
            if not is_normalized("NFC", value):
                raise NotStrict("its text is not in Unicode's composed form: normalise it to NFC")
        case dict():
            for name, each in value.items():
                _surrogates(name)
                _surrogates(each)
        case list():
            for each in value:
                _surrogates(each)
