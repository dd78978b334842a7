"""JSON that every reader understands alike (RFC 8259 with I-JSON's limits, RFC 7493)."""

import json
import math
from typing import Any
from unicodedata import is_normalized

from shared.events.base import SAFE_INTEGER


class NotStrict(ValueError):
    """JSON that readers would take differently; `en` and `id` say what to mend."""

    def __init__(self, en: str, id: str) -> None:
        super().__init__(en)
        self.en, self.id = en, id


def loads(raw: bytes) -> Any:
    """The value.

    Raises NotStrict for repeated names, NaN and infinities, numbers that a double can't hold, lone
    surrogates, text that is not in Unicode's composed form (NFC), and for what is no JSON.
    """
    try:
        text = raw.decode("utf-8")
        value = json.loads(
            text,
            object_pairs_hook=_pairs,
            parse_constant=_constant,
            parse_int=_integer,
            parse_float=_float,
        )
    except UnicodeDecodeError as error:
        where = f"{error.reason}, {error.start}"
        raise NotStrict(f"it is not UTF-8: {where}", f"bukan UTF-8: {where}") from error
    except NotStrict:
        raise
    except (ValueError, RecursionError) as error:
        raise NotStrict(f"it is not JSON: {error}", f"bukan JSON: {error}") from error
    if not (text.isascii() or is_normalized("NFC", text)):
        raise _decomposed()
    if "\\u" in text:
        _characters(value)
    return value


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise NotStrict(
            f"the name {twice!a} is there twice: give each once",
            f"nama {twice!a} ada dua kali: tulis masing-masing sekali",
        )
    return found


def _constant(name: str) -> float:
    raise NotStrict(f"{name} is no JSON number", f"{name} bukan angka JSON")


def _integer(digits: str) -> int:
    if len(digits) > 17 or abs(int(digits)) > SAFE_INTEGER:
        raise NotStrict(
            f"{digits[:30]} is beyond 2^53 - 1, where readers round",
            f"{digits[:30]} melebihi 2^53 - 1, sehingga bisa dibulatkan",
        )
    return int(digits)


def _float(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise NotStrict(
            f"{digits[:30]} is more than a number can be",
            f"{digits[:30]} melebihi batas angka",
        )
    return value


def _characters(value: Any) -> None:
    match value:
        case str():
            if any("\ud800" <= c <= "\udfff" for c in value):
                raise NotStrict(
                    "half of a surrogate pair is no character",
                    "separuh pasangan surrogate bukan karakter",
                )
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
    return NotStrict(
        "its text is not in Unicode's composed form: normalise it to NFC",
        "teksnya bukan bentuk gabungan Unicode: ubah menjadi NFC",
    )
