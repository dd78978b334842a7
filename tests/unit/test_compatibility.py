"""Contracts may grow; they may not break those who read or wrote earlier revisions."""

import json
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import Field

from shared.contracts.compatibility import Schema, as_written, objections
from shared.contracts.generation import reader_schema
from shared.events.base import Code, Count, Event, Instant, Positive, Text, Value


class Part(Value):
    item: Code
    quantity: Positive


class Shipped(Event):
    """Goods are on their way."""

    field: Code
    parts: tuple[Part, ...]
    kind: Literal["grant", "loan"]
    weight: Annotated[int, Field(ge=0, le=100)]
    note: Text | None = None
    label: Text = "none"
    offsets: dict[str, Count]
    pair: tuple[int, Text]
    due: Instant


BASE = reader_schema(Shipped)


def changed(**fields: Any) -> Schema:
    """The schema of Shipped with fields replaced or added; `...` takes one away."""
    annotations = {**Shipped.__annotations__, **fields}
    kept = {name: kind for name, kind in annotations.items() if kind is not ...}
    defaults = {"note": None, "label": "none", "extra": None}
    body: dict[str, Any] = {"__annotations__": kept, "__module__": __name__}
    body |= {name: default for name, default in defaults.items() if name in kept}
    return reader_schema(type("Shipped", (Event,), body))


class NarrowPart(Value):
    item: Code
    quantity: Annotated[int, Field(ge=1, le=10)]


class LargerPart(Part):
    serial: Text


class OptionalPart(Part):
    serial: Text | None = None


class RenamedPart(Value):
    item: Code
    number: Positive


class SmallerPart(Value):
    item: Code


def both_ways(schema: Schema) -> list[str]:
    return [*objections(schema, BASE), *objections(BASE, schema)]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"extra": Text | None},
        {"extra": OptionalPart | None},
        {"parts": tuple[OptionalPart, ...]},
        {"note": ...},
        {"label": ...},
        {"kind": Literal["loan", "grant"]},
    ],
    ids=str,
)
def test_compatible_changes(fields: dict[str, Any]) -> None:
    assert both_ways(changed(**fields)) == []


@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"field": ...}, "field may be absent"),
        ({"serial": Text}, "serial may be absent"),
        ({"field": ..., "kejuruan": Code}, "kejuruan may be absent"),
        ({"field": int}, "field may be"),
        ({"field": Text}, "field has pattern"),
        ({"field": Code | None}, "field may be null"),
        ({"note": Text}, "note means null when absent"),
        ({"note": Annotated[str, Field(max_length=10)] | None}, "note has maxLength"),
        ({"label": int}, "label may be"),
        ({"kind": Literal["grant"]}, 'kind may be "loan"'),
        ({"kind": Literal["grant", "loan", "gift"]}, 'kind may be "gift"'),
        ({"kind": str}, "kind may be other than"),
        ({"weight": Annotated[int, Field(ge=0, le=99)]}, "weight has maximum 100"),
        ({"weight": Annotated[int, Field(ge=0, le=101)]}, "weight has maximum 101"),
        ({"weight": Annotated[int, Field(ge=1, le=100)]}, "weight has minimum 0"),
        ({"weight": Annotated[int, Field(ge=0)]}, "weight has maximum None"),
        ({"weight": Annotated[float, Field(ge=0, le=100)]}, "weight may be"),
        ({"weight": Annotated[int, Field(ge=0, le=100, multiple_of=5)]}, "multipleOf"),
        ({"parts": tuple[NarrowPart, ...]}, "parts[].quantity has maximum"),
        ({"parts": tuple[LargerPart, ...]}, "parts[].serial may be absent"),
        ({"parts": tuple[RenamedPart, ...]}, "parts[].number may be absent"),
        ({"parts": tuple[SmallerPart, ...]}, "parts[].quantity may be absent"),
        ({"parts": Annotated[tuple[Part, ...], Field(max_length=3)]}, "parts has maxItems"),
        ({"parts": Part}, "parts may be"),
        ({"offsets": dict[str, Text]}, "offsets.* may be"),
        ({"offsets": dict[Code, Count]}, "offsets"),
        ({"pair": tuple[int, int]}, "pair[1] may be"),
        ({"pair": tuple[int, Text, int]}, "pair has"),
        ({"due": str}, "due has format None"),
        ({"due": Any}, "due may be anything"),
    ],
    ids=str,
)
def test_incompatible_changes(fields: dict[str, Any], place: str) -> None:
    assert place in "\n".join(both_ways(changed(**fields)))


def test_a_changed_default_changes_what_absence_means() -> None:
    schema = json.loads(json.dumps(BASE))
    schema["properties"]["label"]["default"] = "other"
    assert both_ways(schema)


def test_a_removed_field_may_not_come_back_as_something_else() -> None:
    assert objections(changed(note=...), BASE) == []
    assert objections(changed(note=int), BASE)


class Tree(Event):
    label: Text
    children: tuple["Tree", ...]


def test_what_is_absent_is_left_out_and_never_null() -> None:
    note = BASE["properties"]["note"]
    assert note["type"] == "string"
    assert "default" not in note
    assert "note" not in BASE["required"]


def test_a_published_optional_null_was_never_written() -> None:
    published = json.loads(json.dumps(BASE))
    note = published["properties"]["note"]
    published["properties"]["note"] = {"anyOf": [note, {"type": "null"}], "default": None}
    assert objections(BASE, published)
    assert as_written(published) == BASE
    # One that is required may be null, and stays so.
    both = {"anyOf": [{"type": "string"}, {"type": "null"}]}
    assert as_written(both) == both


def test_recursive_models_are_compared() -> None:
    schema = reader_schema(Tree)
    assert objections(schema, schema) == []
    other = json.loads(json.dumps(schema))
    other["$defs"]["Tree"]["properties"]["label"]["maxLength"] = 5
    assert "label has maxLength 500" in "\n".join(objections(other, schema))
    assert objections(schema, other) == []


class Circle(Value):
    kind: Literal["circle"]
    radius: Count


class Square(Value):
    kind: Literal["square"]
    side: Count


class Drawn(Event):
    shape: Annotated[Circle | Square, Field(discriminator="kind")]


def test_what_cannot_be_compared_is_refused_unless_it_is_the_same() -> None:
    schema = reader_schema(Drawn)
    assert objections(schema, schema) == []
    other = json.loads(json.dumps(schema))
    other["$defs"]["Circle"]["properties"]["radius"]["maximum"] = 5
    assert objections(schema, other)


def test_a_writer_whose_fields_are_not_all_known_is_not_taken_for_closed() -> None:
    writer = {"type": "object", "properties": {}, "patternProperties": {"^e": {"type": "null"}}}
    reader = {"type": "object", "properties": {"extra": {"type": "string"}}}
    assert objections(reader, writer)
    assert objections(reader, {"type": "object", "properties": {}}) == []


def test_fields_may_be_called_as_keywords_are() -> None:
    class Titled(Event):
        title: Text
        description: Count

    schema = reader_schema(Titled)
    other = json.loads(json.dumps(schema))
    other["properties"]["title"]["maxLength"] = 5
    assert objections(other, schema)


LEAVES = st.one_of(
    st.builds(
        lambda low, high: {"type": "integer", "minimum": low, "maximum": high},
        st.integers(0, 2),
        st.integers(1, 3),
    ),
    st.builds(lambda n: {"type": "string", "maxLength": n}, st.integers(0, 2)),
    st.sampled_from(
        [
            {},
            {"type": "null"},
            {"type": "boolean"},
            {"type": "number"},
            {"const": 1},
            {"type": "string", "pattern": "^a"},
        ]
    ),
    st.lists(st.sampled_from([1, 2, True, "a", "", None]), min_size=1, max_size=3, unique_by=repr)
    .map(lambda values: {"enum": values}),
)  # fmt: skip
NAMES = st.sampled_from(["p", "q"])
SCHEMAS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(
            lambda properties, required: {
                "type": "object", "properties": properties, "required": required
            },
            st.dictionaries(NAMES, inner, max_size=2),
            st.lists(NAMES, unique=True, max_size=1),
        ),
        inner.map(lambda each: {"type": "object", "additionalProperties": each}),
        inner.map(lambda each: {"type": "array", "items": each, "maxItems": 2}),
        st.lists(inner, min_size=1, max_size=2).map(
            lambda each: {"type": "array", "prefixItems": each, "minItems": len(each)}
        ),
        st.lists(inner, min_size=2, max_size=2).map(lambda each: {"anyOf": each}),
    ),
    max_leaves=4,
)  # fmt: skip
VALUES = st.recursive(
    st.sampled_from([0, 1, 2, 3, 1.5, True, False, None, "", "a", "bb"]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["p", "q", "r"]), inner)
    ),
    max_leaves=4,
)


def closed(node: Any) -> Any:
    if isinstance(node, list):
        return [closed(each) for each in node]
    if not isinstance(node, dict):
        return node
    made = {key: closed(value) for key, value in node.items()}
    return {"additionalProperties": False, **made} if "properties" in node else made


@settings(max_examples=300, deadline=None)
@given(st.tuples(SCHEMAS, SCHEMAS), st.lists(VALUES, min_size=5, max_size=20))
def test_no_objection_means_that_every_document_fits(
    pair: tuple[Schema, Schema], values: list[Any]
) -> None:
    one, other = pair
    for reader, writer in ((one, other), (other, one), (one, {"anyOf": [one, one]})):
        if objections(reader, writer):
            continue
        written = Draft202012Validator(closed(writer))
        for value in values:
            if written.is_valid(value):
                assert Draft202012Validator(reader).is_valid(value), (reader, writer, value)
