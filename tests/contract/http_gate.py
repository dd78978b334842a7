"""Find what an OpenAPI operation still lacks for people and programs to use it."""

from collections.abc import Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator

from shared.events.described import INDONESIAN, UNIT
from shared.web.examples import example_of

Schema = Mapping[str, Any]

_PREFIX = "#/components/schemas/"
_METHODS = ("get", "put", "post", "delete", "patch")
_DESCRIBED = ("description", INDONESIAN)
# Open by RFC 9457: a problem may have further members.
_OPEN = ("Problem",)


def operations(document: Schema) -> Iterator[tuple[str, Schema]]:
    """Yield each operation by its method and path."""
    for path, methods in document["paths"].items():
        for method in _METHODS:
            if method in methods:
                yield f"{method.upper()} {path}", methods[method]


def lacking(document: Schema, operation: Schema) -> list[str]:
    """Return what the operation lacks, a line each; empty when it is typed and described."""
    return sorted(set(_lacking(document, operation)))


def _lacking(document: Schema, operation: Schema) -> Iterator[str]:
    for key in ("summary", "tags", *_DESCRIBED):
        if not operation.get(key):
            yield f"no {key}"
    tags = {tag["name"]: tag for tag in document.get("tags", ())}
    for name in operation.get("tags", ()):
        yield from (
            f"tag {name}: no {key}" for key in _DESCRIBED if not tags.get(name, {}).get(key)
        )
    for each in operation.get("parameters", ()):
        parameter = _resolved(document, each)
        for key in (*_DESCRIBED, "example", "schema"):
            if key == "example" and example_of(parameter["schema"], {}) is not None:
                continue
            if key not in parameter:
                yield f"parameter {parameter['name']}: no {key}"
    if "requestBody" in operation:
        yield from _content(document, "body", operation["requestBody"]["content"])
    for code, each in operation["responses"].items():
        answer = _resolved(document, each)
        if not answer.get("content"):
            yield f"answer {code}: no schema"
        yield from _content(document, f"answer {code}", answer.get("content", {}))


def _content(document: Schema, where: str, content: Schema) -> Iterator[str]:
    schemas = document["components"]["schemas"]
    for each in content.values():
        schema = each.get("schema", {})
        if schema.get("format") == "binary":
            continue
        if "$ref" not in schema:
            yield f"{where}: any"
            continue
        if not where.endswith("XX"):
            if "example" not in each:
                yield f"{where}: no example"
            else:
                whole = {**schema, "components": document["components"]}
                errors = Draft202012Validator(whole).iter_errors(each["example"])
                yield from (f"{where}: its example: {error.message}" for error in errors)
        for name in _reached(schemas, schema):
            model = schemas[name]
            if model.get("additionalProperties") is True and name not in _OPEN:
                yield f"{name}: any field"
            for field, told in model.get("properties", {}).items():
                yield from (f"{name}.{field}: {why}" for why in _field(told, schemas))


def _field(told: Schema, schemas: Schema) -> Iterator[str]:
    inner = next(_alternatives(told))
    for key in _DESCRIBED:
        if not (told.get(key) or inner.get("items", {}).get(key)):
            yield f"no {key}"
    if example_of(told, schemas) in (None, [], {}):
        yield "no example"
    if _is_number(told) and not _has_unit(told):
        yield f"no {UNIT}"


def _is_number(node: Schema) -> bool:
    return any(each.get("type") in ("integer", "number") for each in _within(node))


def _has_unit(node: Schema) -> bool:
    return any(UNIT in each for each in _within(node))


def _within(node: Schema) -> Iterator[Schema]:
    """Yield a schema and those of its alternatives, items and values."""
    yield node
    for each in (node.get("items"), node.get("additionalProperties")):
        if isinstance(each, dict):
            yield from _within(each)
    for each in (*node.get("anyOf", ()), *node.get("prefixItems", ())):
        yield from _within(each)


def _alternatives(node: Schema) -> Iterator[Schema]:
    """Yield what a field may be beside null."""
    yield from (each for each in node.get("anyOf", [node]) if each.get("type") != "null")


def _reached(schemas: Schema, node: Any) -> set[str]:
    """Return the names of all schemas that a schema refers to."""
    found: set[str] = set()
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            name = str(each.get("$ref", "")).removeprefix(_PREFIX)
            if name and name not in found:
                found.add(name)
                waiting.append(schemas[name])
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
    return found


def _resolved(document: Schema, node: Schema) -> Schema:
    if "$ref" not in node:
        return node
    found: Any = document
    for part in node["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    resolved: Schema = found
    return resolved
