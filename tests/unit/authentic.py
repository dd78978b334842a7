"""Authentic events: whatever the published schema of an event admits, sensible or not.

Made from a seed by a walk over the schema. A strategy of Hypothesis over the same schemas would
take thirty times as long: 150 types times their states are too many for that.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from random import Random
from typing import Any

import orjson
from jsonschema import Draft202012Validator

from shared.events.base import SAFE_INTEGER, Event
from shared.signing.cloudevents import Envelope
from tests.unit.given import NOW, envelope

Schema = Mapping[str, Any]

# The first are few and frequent, so that the events of a history speak of the same things.
_COMMON = 3
_CANDIDATES: Mapping[str, tuple[Any, ...]] = {
    "string": (
        "a", "b", "1", "a.a.1", "a/a", "a" * 63, "Z" * 100, "x" * 400, "teks é \x00 \U0001f6e0",
        "64.01.04", "٦٤.٠١.٠٤", "0" * 32, "f" * 64, "a" * 86 + "==", "application/pdf",
        "urn:sinergi:blk-paser", "urn:a:" + ":" * 80,
    ),
    "integer": (1, 2, 0, 3, 6, 17, 80, 100, 200, SAFE_INTEGER),
    "boolean": (True, False),
    "date": ("2026-08-17", "2026-08-18", "2024-02-29", "0001-01-01", "9999-12-31"),
    "date-time": (
        "2026-08-17T02:30:00Z", "2026-08-17T10:30:00.000001+08:00",
        "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999-12:00",
    ),
}  # fmt: skip
_IDS = ("a", "b", "a.a.1", "a" * 100, "a/a", "-", "")
_TIMES = (NOW, datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
_LONGEST = 8


class Author:
    """An author of authentic events who minds no rule of any decider."""

    def __init__(self, seed: int, about: str) -> None:
        self.random, self._seed = Random(f"{about} {seed}"), seed

    def event(self, kind: type[Event]) -> Event:
        """Return an event of this type, read from JSON as that of another agency is."""
        schema, named = _schema(kind)
        return kind.of(orjson.dumps(_value(schema, named, self.random)))

    def history(self, kinds: Sequence[type[Event]], last: type[Event] | None = None) -> list[Event]:
        """Return up to eight events of these types, then one of the last type if there is one."""
        types = self.random.choices(kinds, k=self.random.randint(0, _LONGEST))
        return [self.event(kind) for kind in (*types, *([last] if last else []))]

    def envelope(self, ids: Sequence[str] = _IDS) -> Envelope:
        """Return an envelope with one of these ids, at some time."""
        subject = f"application/{self.random.choice(ids)}"
        return replace(envelope(subject), time=self.random.choice(_TIMES))

    def time(self) -> datetime:
        return self.random.choice(_TIMES)

    @contextmanager
    def telling(self, *what: object) -> Iterator[None]:
        """Let a failure tell the seed and these things."""
        try:
            yield
        except Exception as error:
            error.add_note("\n".join((f"seed {self._seed}", *(f"  {each!r}" for each in what))))
            raise


@cache
def _schema(kind: type[Event]) -> tuple[Schema, Schema]:
    schema = kind.model_json_schema()
    return schema, schema.get("$defs", {})


def _value(schema: Schema, named: Schema, random: Random) -> Any:
    match schema:
        case {"$ref": name}:
            return _value(named[name.rpartition("/")[2]], named, random)
        case {"anyOf": options}:
            return _value(random.choice(options), named, random)
        case {"enum": options}:
            return random.choice(options)
        case {"type": "null"}:
            return None
        case {"type": "object", "additionalProperties": dict() as values}:
            names = _CANDIDATES["string"][: random.randrange(_COMMON)]
            return {name: _value(values, named, random) for name in names}
        case {"type": "object"}:
            required = schema.get("required", ())
            return {
                name: _value(each, named, random)
                for name, each in schema["properties"].items()
                if name in required or random.random() < 0.5
            }
        case {"type": "array", "items": items}:
            fewest, most = schema.get("minItems", 0), min(schema.get("maxItems", _COMMON), _COMMON)
            return [_value(items, named, random) for _ in range(random.randint(fewest, most))]
        case _:
            fitting = _fitting(orjson.dumps(schema))
            return random.choice(fitting[:_COMMON] if random.random() < 0.7 else fitting)


@cache
def _fitting(schema: bytes) -> tuple[Any, ...]:
    """Return the candidates that a schema of a text, a number or a flag admits."""
    parsed = orjson.loads(schema)
    valid = Draft202012Validator(parsed).is_valid
    found = tuple(c for c in _CANDIDATES[parsed.get("format", parsed["type"])] if valid(c))
    assert found, f"no candidate fits {parsed}: add one"
    return found
