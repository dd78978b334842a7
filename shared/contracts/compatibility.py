"""Compatibility of a changed JSON Schema with those who still use the old one, by structure."""

import json
from collections.abc import Iterator
from typing import Any

from shared.events.described import INDONESIAN, UNIT

Schema = dict[str, Any]

# Prose that no program acts on; `default` is not among it.
_PROSE = frozenset(
    (
        "$id", "$schema", "$comment", "title", "description", "examples", "deprecated",
        INDONESIAN, UNIT,
    )
)  # fmt: skip
_SIZES = {"minLength": 0, "minItems": 0, "minProperties": 0}
_LOWER = ("minimum", "exclusiveMinimum", *_SIZES)
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_EQUAL = ("pattern", "format", "multipleOf", "uniqueItems")
_STRUCTURE = (
    "$defs", "default", "anyOf", "enum", "const", "type", "properties", "required",
    "additionalProperties", "items", "prefixItems",
)  # fmt: skip
_KNOWN = _PROSE.union(_LOWER, _UPPER, _EQUAL, _STRUCTURE)
_NO_RULES = _PROSE | {"$defs", "default"}
_TYPES = {
    bool: "boolean", int: "integer", float: "number", str: "string", list: "array", dict: "object",
    type(None): "null",
}  # fmt: skip


def rules(schema: Schema) -> str:
    """Return what a schema demands, without its prose: equal texts demand the same."""
    return _canonical(_stripped(schema))


def _stripped(node: Any, *, names: bool = False) -> Any:
    """`names`: the keys are fields' names, not keywords."""
    if isinstance(node, dict):
        return {
            key: _stripped(value, names=key in ("properties", "$defs") and not names)
            for key, value in node.items()
            if names or key not in _PROSE
        }
    return [_stripped(each) for each in node] if isinstance(node, list) else node


def as_written(node: Any) -> Any:
    """Return a published schema with what a writer never did taken away: an optional null.

    Schemas once let an absent field be null, `{"anyOf": [X, null], "default": null}`. Every writer
    leaves absent fields out (Event.data), so that this is X, and the field is not required.
    """
    if isinstance(node, list):
        return [as_written(each) for each in node]
    if not isinstance(node, dict):
        return node
    branches = [each for each in node.get("anyOf", ()) if each != {"type": "null"}]
    if "default" in node and node["default"] is None and len(branches) == 1:
        prose = {key: value for key, value in node.items() if key in _PROSE}
        return as_written({**branches[0], **prose})
    return {key: as_written(value) for key, value in node.items()}


def objections(reader: Schema, writer: Schema) -> list[str]:
    """Return why a document that the closed form of `writer` allows may be invalid for `reader`.

    Empty when every such document is valid: the reader's schema then subsumes the writer's.
    Structural and conservative, for the part of JSON Schema that pydantic emits: what it can't
    compare it objects to.
    """
    reading, writing = (_Side(schema, schema.get("$defs", {})) for schema in (reader, writer))
    return list(_objections(reading, writing, "", frozenset()))


class _Side:
    """A part of a schema, with the definitions that its references mean."""

    def __init__(self, schema: Any, definitions: Schema) -> None:
        if isinstance(schema, bool):
            schema = {} if schema else {"enum": []}
        self.schema: Schema = schema
        self.definitions = definitions

    def at(self, schema: Any) -> "_Side":
        return _Side(schema, self.definitions)

    def resolved(self) -> "_Side":
        schema = self.schema
        while ref := schema.get("$ref"):
            beside = {key: value for key, value in schema.items() if key != "$ref"}
            target = self.definitions.get(ref.removeprefix("#/$defs/"))
            if target is None or set(beside) - _NO_RULES:
                return self.at({"not compared": ref})
            schema = {**target, **beside}
        return self.at(schema)


_Pairs = frozenset[tuple[str, str]]


def _objections(reader: _Side, writer: _Side, path: str, seen: _Pairs) -> Iterator[str]:
    # A recursive model comes back to the same pair: it holds if nothing else is found.
    pair = (_canonical(reader.schema), _canonical(writer.schema))
    if pair in seen:
        return
    seen |= {pair}
    reader, writer = reader.resolved(), writer.resolved()
    r, w = reader.schema, writer.schema
    if rules({**r, "$defs": reader.definitions}) == rules({**w, "$defs": writer.definitions}):
        return
    if "anyOf" in w:
        for branch in w["anyOf"]:
            yield from _objections(reader, writer.at(branch), path, seen)
    elif (values := _values(w)) is not None:
        for value in values:
            yield from _compare(reader, writer.at({**w, **_only(value)}), path, seen)
    else:
        yield from _compare(reader, writer, path, seen)


def _compare(reader: _Side, writer: _Side, path: str, seen: _Pairs) -> Iterator[str]:
    """Objections where the writer is one type or one value."""
    r, w, here = reader.schema, writer.schema, path or "the document"
    if not set(r) - _NO_RULES:
        return
    if "anyOf" in r and all(
        any(_compare(reader.at(branch).resolved(), writer, path, seen)) for branch in r["anyOf"]
    ):
        yield f"{here} may be something that fits none of the reader's alternatives"
    given = _types(w)
    if not given <= _types(r):
        yield f"{here} may be {_listed(given)}, the reader takes {_listed(_types(r))}"
        return
    if (accepted := _values(r)) is not None:
        values = _values(w)
        if values is None:
            yield f"{here} may be other than {_canonical(accepted)}"
        elif not set(map(_canonical, values)) <= set(map(_canonical, accepted)):
            yield f"{here} may be {_canonical(values[0])}, which the reader does not know"
    for keyword in sorted(set(r) - _NO_RULES - set(_STRUCTURE)):
        ours, theirs = r[keyword], w.get(keyword, _SIZES.get(keyword))
        if not _at_least_as_tight(keyword, ours, theirs):
            yield f"{here} has {keyword} {theirs}, the reader's is {ours}"
    if "object" in given:
        yield from _object(reader, writer, path, seen)
    if "array" in given:
        yield from _array(reader, writer, path, seen)


def _at_least_as_tight(keyword: str, ours: Any, theirs: Any) -> bool:
    if theirs is None:
        return False
    if keyword in _LOWER:
        return bool(theirs >= ours)
    if keyword in _UPPER:
        return bool(theirs <= ours)
    return keyword in _EQUAL and _canonical(ours) == _canonical(theirs)


def _object(reader: _Side, writer: _Side, path: str, seen: _Pairs) -> Iterator[str]:
    r, w = reader.schema, writer.schema
    ours, theirs = r.get("properties", {}), w.get("properties", {})
    written = w.get("required", [])
    others = r.get("additionalProperties", True)
    # A writer's model is closed; a dict, or what is not understood, is not.
    closed = "properties" in w and set(w) <= _KNOWN
    extra = w.get("additionalProperties", not closed)
    for name in r.get("required", []):
        if name not in written:
            yield f"{_below(path, name)} may be absent, the reader requires it"
    for name in {**theirs, **ours}:
        reading, writing = ours.get(name, others), theirs.get(name, extra)
        here = _below(path, name)
        if name in ours and name in theirs and name not in written:
            read, meant = _default(reading), _default(writing)
            if read != meant:
                yield f"{here} means {meant} when absent, to the reader {read}"
        yield from _objections(reader.at(reading), writer.at(writing), here, seen)
    yield from _objections(reader.at(others), writer.at(extra), _below(path, "*"), seen)


def _array(reader: _Side, writer: _Side, path: str, seen: _Pairs) -> Iterator[str]:
    r, w = reader.schema, writer.schema
    ours, theirs = r.get("prefixItems", []), w.get("prefixItems", [])
    rest = max(len(ours), len(theirs))
    for index in range(min(rest + 1, w.get("maxItems", rest + 1))):
        reading = ours[index] if index < len(ours) else r.get("items", True)
        writing = theirs[index] if index < len(theirs) else w.get("items", True)
        here = f"{path}[{index if index < rest else ''}]"
        yield from _objections(reader.at(reading), writer.at(writing), here, seen)


def _default(schema: Schema) -> str:
    return _canonical(schema["default"]) if "default" in schema else "nothing"


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _types(schema: Schema) -> frozenset[str]:
    named = schema.get("type", list(_TYPES.values()))
    types = {named} if isinstance(named, str) else set(named)
    return frozenset(types | {"integer"} if "number" in types else types)


def _values(schema: Schema) -> list[Any] | None:
    """Return the only values that the schema allows, where it lists them."""
    found: list[Any] | None = [schema["const"]] if "const" in schema else schema.get("enum")
    return found


def _only(value: Any) -> Schema:
    """Return what can be said of one value in the words of a schema."""
    said: Schema = {"const": value, "type": _TYPES[type(value)]}
    if isinstance(value, str):
        said |= {"minLength": len(value), "maxLength": len(value)}
    elif said["type"] in ("integer", "number"):
        said |= {"minimum": value, "maximum": value}
    return said


def _listed(types: frozenset[str]) -> str:
    return "anything" if len(types) == len(_TYPES) else " or ".join(sorted(types))


def _canonical(node: Any) -> str:
    # Python takes 1, 1.0 and true for equal; their texts differ.
    return json.dumps(node, sort_keys=True)
