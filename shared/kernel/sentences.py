"""Sentences by their codes: what rules and tasks say to people, from gettext catalogues.

Each package with sentences of its own has `locale/<language>.po`; a further language is a further
file. A message's id is a code, its text a sentence with named placeholders. A placeholder shows a
parameter as it is, or as its format says:

- `{status:term application-status}`: the text of the message `application-status.<status>`, which
  may have placeholders of its own; without the prefix, of the message that the parameter names.
- `{items:list}`, `{allowed:or application-status}`: a list, put together with the text of the
  message `join.list` or `join.or`; with a prefix, each of the list is a term.
"""

import functools
import string
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from babel.messages.pofile import read_po

DEFAULT = "id"
_ROOT = Path(__file__).parents[2]
_ROOMS = ("shared", "services", "apps")

Param = str | int | Sequence[str]
Params = Mapping[str, Param]


class NoSentence(LookupError):
    """The catalogues have no such message, or it mentions what the parameters do not have."""


def catalogue_files() -> Sequence[Path]:
    """Return every catalogue of every package, `<package>/locale/<language>.po`."""
    return sorted(file for room in _ROOMS for file in (_ROOT / room).glob("*/locale/*.po"))


def read(files: Sequence[Path]) -> Mapping[str, Mapping[str, str]]:
    """Return the sentences of these catalogues: by language, by code.

    Raises ValueError when two catalogues of a language have the same code.
    """
    found: dict[str, dict[str, str]] = {}
    for path in files:
        texts = found.setdefault(path.stem, {})
        with path.open("rb") as file:
            for message in read_po(file):
                if not message.id:
                    continue
                code, text = str(message.id), str(message.string)
                if code in texts:
                    raise ValueError(f"{path}: {code} has a sentence in another catalogue")
                if text:
                    texts[code] = text
    return MappingProxyType(found)


@functools.cache
def catalogues() -> Mapping[str, Mapping[str, str]]:
    """Return the sentences that this program comes with, read at the first use."""
    return read(catalogue_files())


def languages() -> Sequence[str]:
    """Return the languages that there are catalogues in."""
    return tuple(sorted(catalogues()))


def is_known(code: str) -> bool:
    """Return True when the default language has a sentence for the code."""
    return code in catalogues()[DEFAULT]


def sentence(code: str, params: Params, language: str, version: int | None = None) -> str:
    """Return the sentence for a code. Raises NoSentence.

    With the version of the rule that gave the code, the message `<code>@<version>` comes first:
    the wording of a rule that says something else by now.
    """
    texts = catalogues()[language]
    text = texts.get(f"{code}@{version}") or texts.get(code)
    if text is None:
        raise NoSentence(code)
    return _Sentence(texts, params).vformat(text, (), params)


def told(code: str, params: Params, language: str, version: int | None = None) -> str:
    """Return the sentence for a code; for one of foreign or old events, a text that names code and
    parameters.
    """
    try:
        return sentence(code, params, language, version)
    except NoSentence:
        about = ", ".join(f"{name} {value}" for name, value in params.items())
        return sentence("no-sentence", {"code": code, "about": about or "-"}, language)


def in_all(code: str, params: Params, version: int | None = None) -> dict[str, str]:
    """Return the sentence in every language, by language; with the fallback of `told`."""
    return {language: told(code, params, language, version) for language in languages()}


class _Sentence(string.Formatter):
    def __init__(self, texts: Mapping[str, str], params: Params) -> None:
        self._texts, self._params = texts, params

    def get_value(
        self, key: int | str, args: Sequence[object], kwargs: Mapping[str, object]
    ) -> object:
        if key not in kwargs:
            raise NoSentence(f"no parameter {key}")
        return kwargs[str(key)]

    def format_field(self, value: object, format_spec: str) -> str:
        if not format_spec:
            return str(value)
        kind, _, prefix = format_spec.partition(" ")
        if kind == "term":
            return self._term(prefix, value)
        if isinstance(value, str) or not isinstance(value, Sequence):
            raise NoSentence(f"{value} is no list")
        each = [self._term(prefix, one) if prefix else str(one) for one in value]
        return self._text(f"join.{kind}").join(each)

    def _term(self, prefix: str, value: object) -> str:
        name = str(value).lower() if isinstance(value, bool) else str(value)
        text = self._text(f"{prefix}.{name}" if prefix else name)
        return self.vformat(text, (), self._params)

    def _text(self, code: str) -> str:
        text = self._texts.get(code)
        if text is None:
            raise NoSentence(code)
        return text
