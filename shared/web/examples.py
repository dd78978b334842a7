"""Examples of documents, composed of the examples that their fields' descriptions hold."""

from collections.abc import Mapping
from typing import Any

from pydantic import JsonValue

Schema = Mapping[str, Any]

_PREFIX = "#/components/schemas/"


def example_of(schema: Schema, schemas: Schema) -> JsonValue:
    """Return an example of the schema, whose references are to `schemas`; None without one.

    An object's example has all of its fields that have an example. A field that is not required
    and has none is left out; one that is required leaves the whole without an example.
    """
    return _example(schema, schemas, frozenset())


def _example(schema: Schema, schemas: Schema, within: frozenset[str]) -> JsonValue:
    if examples := schema.get("examples"):
        found: JsonValue = examples[0]
        return found
    if "const" in schema or schema.get("enum"):
        value: JsonValue = schema["const"] if "const" in schema else schema["enum"][0]
        return value
    if reference := schema.get("$ref"):
        name = reference.removeprefix(_PREFIX)
        if name in within:
            return None
        return _example(schemas[name], schemas, within | {name})
    for branch in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        if (found := _example(branch, schemas, within)) is not None:
            return found
    match schema.get("type"):
        case "boolean":
            return True
        case "array":
            return _array(schema, schemas, within)
        case "object":
            return _object(schema, schemas, within)
        case _:
            return None


def _array(schema: Schema, schemas: Schema, within: frozenset[str]) -> JsonValue:
    parts = schema.get("prefixItems") or [schema["items"]] if "items" in schema else []
    found = [_example(part, schemas, within) for part in parts]
    if None not in found and found:
        return found
    return None if schema.get("minItems") else []


def _object(schema: Schema, schemas: Schema, within: frozenset[str]) -> JsonValue:
    made: dict[str, JsonValue] = {}
    for name, each in schema.get("properties", {}).items():
        found = _example(each, schemas, within)
        if found is not None:
            made[name] = found
        elif name in schema.get("required", ()):
            return None
    return made
